"""Label sets of the corpora, column names of the house, and how intensity becomes occurrence."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from mien.errors import MienError
from mien.facs.units import ACTION_UNITS, LAB_AUS, SIDES

Threshold: TypeAlias = int | float
"""Lowest intensity (0 to 5) that counts as occurrence."""


@dataclass(frozen=True, kw_only=True)
class LabelSet:
    """The units a corpus is scored on, in the order its tables use."""

    name: str
    """Lower-case name of the set, such as "disfa-8"."""
    aus: tuple[int, ...]
    """Unit numbers, in order."""
    threshold: Threshold = 1
    """Lowest intensity that counts as occurrence where only intensity is given."""
    coded: bool = False
    """Occurrence is coded in the corpus itself, so the threshold is not used on its own labels."""


BP4D: Final = LabelSet(name="bp4d", aus=(1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24), coded=True)
BP4D_PLUS: Final = LabelSet(name="bp4d-plus", aus=BP4D.aus, coded=True)
DISFA8: Final = LabelSet(name="disfa-8", aus=(1, 2, 4, 6, 9, 12, 25, 26), threshold=2)
DISFA12: Final = LabelSet(
    name="disfa-12", aus=(1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26), threshold=2
)
GFT: Final = LabelSet(name="gft", aus=(1, 2, 4, 6, 10, 12, 14, 15, 23, 24), coded=True)
LAB: Final = LabelSet(name="lab", aus=LAB_AUS)

LABEL_SETS: Final[Mapping[str, LabelSet]] = MappingProxyType(
    {each.name: each for each in (BP4D, BP4D_PLUS, DISFA8, DISFA12, GFT, LAB)}
)
"""Every label set by name."""

DEMO_AUS: Final[tuple[int, ...]] = BP4D.aus
"""The units that `make demo` learns and reports: BP4D's twelve."""

BP4D_PLUS_COLUMNS: Final[tuple[int, ...]] = (
    *(1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 23, 24),
    *range(27, 40),
)
"""Units of a BP4D+ occurrence file in column order, after the frame number (no 25, no 26)."""

_COLUMN = re.compile(r"AU(\d{2})(?:(_left|_right)?_intensity)?")


@dataclass(frozen=True, kw_only=True)
class Column:
    """What a column name of the house says."""

    au: int
    """Unit number."""
    intensity: bool
    """True: intensity 0 to 5; False: occurrence 0 or 1."""
    side: str | None = None
    """"left", "right" (the subject's), or None for the unsided value."""


def au_column(au: int) -> str:
    """Column of a unit's occurrence: `au_column(12)` is `"AU12"`."""
    return f"AU{au:02d}"


def intensity_column(au: int) -> str:
    """Column of a unit's intensity: `intensity_column(12)` is `"AU12_intensity"`."""
    return f"AU{au:02d}_intensity"


def sided_column(au: int, side: str) -> str:
    """Column of one side: `sided_column(12, "left")` is `"AU12_left_intensity"`.

    Raises:
        ValueError: `side` is neither "left" nor "right".
    """
    if side not in SIDES:
        raise ValueError(f"side is {side!r}, not one of {SIDES}")
    return f"AU{au:02d}_{side}_intensity"


def read_column(name: str) -> Column | None:
    """Read a column name back; None if it is not one of the three forms or no known unit."""
    match = _COLUMN.fullmatch(name)
    if match is None or int(match[1]) not in ACTION_UNITS:
        return None
    side = match[2][1:] if match[2] else None
    return Column(au=int(match[1]), intensity=name.endswith("_intensity"), side=side)


def occurrence(intensity: float | int, threshold: Threshold = 1) -> float:
    """Occurrence (1.0 or 0.0) of an intensity on the scale 0 to 5; unknown (NaN) stays NaN."""
    if math.isnan(intensity):
        return math.nan
    return 1.0 if intensity >= threshold else 0.0


def label_set(name: str) -> LabelSet:
    """Look a label set up by name.

    Raises:
        MienError: there is no such set; the message lists those there are.
    """
    if name not in LABEL_SETS:
        raise MienError(
            f"there is no label set {name!r}", remedy=f"choose one of {', '.join(LABEL_SETS)}"
        )
    return LABEL_SETS[name]
