"""How coders write units and intensities: AU12, 12, L12C, 6B+12C, A to E, 0 to 5."""

import re
from dataclasses import dataclass
from math import nan
from typing import Final, Literal

from mien.facs import ACTION_UNITS, INTENSITY_LETTERS

UNKNOWN: Final = frozenset({"", "nan", "na", "n/a", "null", "none", "9", "?", "uncodable", "-"})
"""Cells that say "not coded", in lower case; 9 is the mark of several published corpora."""
_COLUMN = re.compile(
    r"(?:(?P<before>[lr])_?)?(?:au)?[ _-]?0*(?P<unit>\d{1,2})"
    r"(?:_?(?P<side>left|right|(?<=\d)[lr](?![a-z])))?(?:_(?P<kind>intensity|c|r))?"
)
_CODE = re.compile(
    r"(?P<side>[LRlr])?(?:[Aa][Uu])?\s*0*(?P<unit>\d{1,2})(?P<after>[LRlr])?(?P<level>[A-Ea-e])?"
)


@dataclass(frozen=True, kw_only=True)
class CodeColumn:
    """What a column of codes is about."""

    unit: int
    kind: Literal["any", "present", "intensity"]
    """What its numbers are; "any" where the name does not say."""


def read_heading(text: str) -> CodeColumn | None:
    """Read a column or tier name; None if it names no unit.

    AU12, au12, 12, AU12L, L12, AU12_left; AU12_intensity or AU12_r (intensity), AU12_c (presence).
    What follows an "@" is somebody's name and left out.
    """
    found = _COLUMN.fullmatch(text.partition("@")[0].strip().lower())
    if found is None or int(found["unit"]) not in ACTION_UNITS:
        return None
    kinds: dict[str | None, Literal["any", "present", "intensity"]]
    kinds = {None: "any", "c": "present", "r": "intensity", "intensity": "intensity"}
    return CodeColumn(unit=int(found["unit"]), kind=kinds[found["kind"]])


def read_code(text: str) -> list[tuple[int, float]] | None:
    """Read a FACS code such as "L12C" or "6B+12C" into (unit, level); None if it is none.

    A level that is not given is NaN.
    """
    found = []
    for part in text.split("+"):
        match = _CODE.fullmatch(part.strip())
        if match is None or int(match["unit"]) not in ACTION_UNITS:
            return None
        found.append((int(match["unit"]), read_level(match["level"]) if match["level"] else nan))
    return found


def read_level(text: str) -> float:
    """Intensity of a letter A to E or a number; NaN for a cell that says "not coded".

    Raises:
        ValueError: it is neither.
    """
    cell = text.strip()
    if cell.lower() in UNKNOWN:
        return nan
    if cell.upper() in INTENSITY_LETTERS:
        return float(INTENSITY_LETTERS.index(cell.upper()))
    number = float(cell.replace(",", "."))
    if number == 9:
        return nan
    if not 0 <= number <= 5:
        raise ValueError(f"{cell!r} is no intensity")
    return number
