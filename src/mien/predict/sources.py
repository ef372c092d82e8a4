"""What a user points at, as an ordered list of photos and clips."""

import glob
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mien.errors import MienError
from mien.faces import image as photos
from mien.predict import clip as clips


@dataclass(frozen=True, kw_only=True)
class Source:
    """One photo or clip."""

    path: Path
    kind: Literal["photo", "clip"]


def expand(paths: Sequence[Path | str]) -> list[Source]:
    """Files for photos, clips, folders (searched through, sorted) and glob patterns; each once.

    In folders and patterns only files with a known suffix are taken; a file named outright is
    taken for a clip if its suffix says so, else for a photo.

    Raises:
        MienError: a path does not exist, or nothing is found in it.
    """
    if not paths:
        raise MienError(
            "no photo, clip or folder was named", remedy="name at least one file or folder"
        )
    found: dict[Path, Source] = {}
    for entry in paths:
        for source in _expand_one(entry):
            found.setdefault(source.path.resolve(), source)
    return list(found.values())


def _expand_one(entry: Path | str) -> list[Source]:
    path = Path(entry)
    if path.is_file():
        kind = "clip" if path.suffix.lower() in clips.SUFFIXES else "photo"
        return [Source(path=path, kind=kind)]
    if path.is_dir():
        inside = sorted(member for member in path.rglob("*") if not _hidden(member, path))
    elif glob.has_magic(str(entry)):
        names = glob.glob(str(entry), recursive=True)  # noqa: PTH207 - absolute patterns too
        inside = sorted(map(Path, names))
    else:
        raise MienError("there is no such file or folder", remedy="check the path", path=path)
    sources = [source for source in map(_known, inside) if source is not None]
    if not sources:
        raise MienError(
            "no photo or clip is in it",
            remedy="name the files one by one if their names have other endings",
            path=path,
        )
    return sources


def _known(path: Path) -> Source | None:
    suffix = path.suffix.lower()
    if not path.is_file():
        return None
    if suffix in photos.SUFFIXES:
        return Source(path=path, kind="photo")
    return Source(path=path, kind="clip") if suffix in clips.SUFFIXES else None


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)
