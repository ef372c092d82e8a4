"""Codes from disk, and which of two coders' clips are the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from pathlib import Path, PurePosixPath

from mien.errors import MienError
from mien.study import sheet, tables
from mien.study.code_sheet import Habits, codes_of_sheet
from mien.study.coding import Codes, of_reading
from mien.study.elan import codes_of_elan
from mien.study.follow import follow

_ELAN = ".eaf"


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """Clips that both coders have, and those that only one has."""

    both: tuple[tuple[Codes, Codes], ...] = field(repr=False)
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def load_reading(path: Path | str, *, face: int | None = None) -> list[Codes]:
    """Every photo and clip of a reading as one coder's codes.

    Raises:
        MienError: no reading, or a source without that face.
    """
    readings = tables.load(path)
    return [of_reading(follow(readings, source, face=face)) for source in tables.sources(readings)]


def load_codes(path: Path | str, habits: Habits | None = None) -> list[Codes]:
    """Human codes of a file (CSV, TSV, Parquet, EAF), or of every such file of a folder.

    A sheet without a column for the clip is about the clip that is named as the file is.

    Raises:
        MienError: nothing there, or a file that holds no codes.
    """
    habits = habits or Habits()
    named = Path(path)
    files = [named]
    if named.is_dir():
        known = sheet.SUFFIXES | {_ELAN}
        files = sorted(each for each in named.iterdir() if each.suffix.lower() in known)
        if not files:
            raise MienError(
                "no file of codes is in the folder", remedy="name CSV or EAF files", path=named
            )
    found: list[Codes] = []
    for file in files:
        if file.suffix.lower() == _ELAN:
            found.append(codes_of_elan(file, habits))
        else:
            found += codes_of_sheet(sheet.read(file), habits)
        for at, each in enumerate(found):
            if not each.source:
                found[at] = with_changes(each, source=file.stem)
    coded = sorted({unit for each in found for unit in each.units})
    if not coded:
        raise MienError(
            "the codes hold no event and name no unit",
            remedy="name the coded units with --units",
            path=named,
        )
    return found


def is_reading(path: Path | str) -> bool:
    """Whether a folder or file is a table of readings rather than somebody's codes."""
    named = Path(path)
    if named.is_dir():
        return any((named / name).is_file() for name in tables.NAMES)
    if named.suffix.lower() in {".jsonl", ".ndjson"}:
        return True
    if named.suffix.lower() not in sheet.SUFFIXES or not named.is_file():
        return False
    return {"source", "frame", "status"} <= set(sheet.heading(named))


def pair(first: Sequence[Codes], second: Sequence[Codes]) -> Pairs:
    """Find each clip of `second` in `first`: by the whole name, the file name, or its stem.

    One clip each is a pair whatever they are called.

    Raises:
        MienError: a name fits several clips, a clip is coded twice, or no clip is in both.
    """
    if len(first) == len(second) == 1:
        return Pairs(both=((first[0], second[0]),), only_first=(), only_second=())
    taken: dict[int, Codes] = {}
    names = [each.source for each in first]
    missing: list[str] = []
    for each in second:
        at = find_clip(each.source, names)
        if at is None:
            missing.append(each.source)
        elif at in taken:
            raise MienError(
                f"{first[at].source} is coded twice, as {taken[at].source} and {each.source}",
                remedy="give the codes of one coder at a time",
            )
        else:
            taken[at] = each
    if not taken:
        raise MienError(
            f"no clip is in both: {_some(first)} against {_some(second)}",
            remedy="let a column source (or the file's name) hold the clip's file name",
        )
    return Pairs(
        both=tuple((first[at], taken[at]) for at in sorted(taken)),
        only_first=tuple(one.source for at, one in enumerate(first) if at not in taken),
        only_second=tuple(missing),
    )


def find_clip(name: str, names: Sequence[str]) -> int | None:
    """Place of a clip among `names`: by the whole name, the file name, or its stem.

    Raises:
        MienError: it fits several.
    """
    ways: tuple[Callable[[str], str], ...] = (str, file_name, stem)
    for way in ways:
        fitting = [at for at, each in enumerate(names) if way(each) == way(name)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise MienError(
                f"{name} fits several clips, such as {names[fitting[0]]} and {names[fitting[1]]}",
                remedy="name the clip with its folder",
            )
    return None


def file_name(source: str) -> str:
    """Name of a source's file, in lower case, with either kind of slash."""
    return PurePosixPath(source.replace("\\", "/")).name.lower()


def stem(source: str) -> str:
    """The same without its ending."""
    return PurePosixPath(file_name(source)).stem


def _some(codes: Sequence[Codes]) -> str:
    names = [each.source for each in codes]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
