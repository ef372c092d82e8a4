"""Where fetched assets lie, and whether they are what the manifest says."""

import hashlib
import os
import sys
from pathlib import Path

from mien.assets.listing import Asset, Member, asset
from mien.errors import MienError


def default_cache() -> Path:
    """The cache folder: `$MIEN_CACHE`, or `mien` in the platform's user cache."""
    chosen = os.environ.get("MIEN_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "mien"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "mien" / "cache"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "mien"


def folder_of(name: str, *, cache: Path | None = None) -> Path:
    """The folder in which an asset's files lie, whether or not they are there."""
    return (default_cache() if cache is None else cache) / "assets" / name


def locate(name: str, *, cache: Path | None = None) -> Path:
    """Path of a fetched asset: its file, or its folder if it holds several.

    Presence and size are checked, the hash is not (see `intact`): this is called on every start.

    Raises:
        MienError: no such asset, or it is not (wholly) in the cache.
    """
    wanted = asset(name)
    folder = folder_of(name, cache=cache)
    for member in wanted.members:
        path = folder / member.name
        if not path.is_file() or path.stat().st_size != member.bytes:
            raise MienError(
                f"the asset {name} is not in the cache",
                remedy=f"mien assets fetch {name}",
                path=path,
            )
    return folder / wanted.members[0].name if len(wanted.members) == 1 else folder


def sha256_of(path: Path) -> str:
    """Hash of a file's content, read in pieces."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def member_intact(path: Path, member: Member) -> bool:
    """Whether `path` holds exactly the content the manifest promises."""
    if not path.is_file() or path.stat().st_size != member.bytes:
        return False
    return sha256_of(path) == member.sha256


def intact(wanted: Asset, *, cache: Path | None = None) -> bool:
    """Whether every file of an asset is in the cache with the right hash."""
    folder = folder_of(wanted.name, cache=cache)
    return all(member_intact(folder / member.name, member) for member in wanted.members)
