"""Third-party files: what may be used, where it comes from, and proof that it is that file."""

from mien.assets.cached import default_cache, intact, locate
from mien.assets.fetching import Progress, fetch
from mien.assets.listing import GROUPS, Asset, Member, asset, manifest, resolve

__all__ = [
    "GROUPS",
    "Asset",
    "Member",
    "Progress",
    "asset",
    "default_cache",
    "fetch",
    "intact",
    "locate",
    "manifest",
    "resolve",
]
