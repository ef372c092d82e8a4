"""What a user points at, as an ordered list of photos, clips and cameras."""

import glob
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mien.errors import MienError
from mien.faces import image as photos
from mien.predict import frames as clips
from mien.predict.camera import PREFIX, camera_number

LIST = "-"
"""Stands for a list of paths on standard input."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One photo, clip or camera."""

    path: Path
    """The file; `webcam:0` for a camera."""
    kind: Literal["photo", "clip", "camera"]


def expand(paths: Sequence[Path | str], *, lines: Iterable[str] | None = None) -> list[Source]:
    """Files for photos, clips, folders (searched through, sorted) and glob patterns; each once.

    In folders and patterns only files with a known suffix are taken; a file named outright is
    taken for a clip if its suffix says so, else for a photo. `webcam` and `webcam:1` are cameras,
    unless a file is called so; `-` is a list of all these, one a line.

    Args:
        paths: what to read.
        lines: the list that `-` stands for; standard input by default.

    Raises:
        MienError: a path does not exist, or nothing is found in it.
    """
    if not paths:
        raise MienError(
            "no photo, clip or folder was named", remedy="name at least one file or folder"
        )
    found: dict[Path, Source] = {}
    for entry in paths:
        for one in _listed(lines) if str(entry) == LIST else [entry]:
            for source in _expand_one(one):
                found.setdefault(source.path.resolve(), source)
    return list(found.values())


def _listed(lines: Iterable[str] | None) -> list[str]:
    named = [line.rstrip("\r\n") for line in (sys.stdin if lines is None else lines)]
    named = [line for line in named if line.strip()]
    if not named:
        raise MienError(
            "the list on standard input is empty", remedy="pipe paths into it, one a line"
        )
    if LIST in named:
        raise MienError(f"the list names {LIST!r}", remedy="name files or folders in it")
    return named


def _expand_one(entry: Path | str) -> list[Source]:
    path = Path(entry)
    number = camera_number(str(entry))
    if number is not None and not path.exists():
        return [Source(path=Path(f"{PREFIX}:{number}"), kind="camera")]
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
