"""`mien agree`: how well a reading and a human coder agree, or two human coders."""

from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import tyro

from mien.cli.command import Command

if TYPE_CHECKING:
    from mien.study.agreement import Agreement


_WIDE: Final = 240
"""Columns of text that the table may take: a narrow terminal breaks its lines, and cuts nothing."""


@dataclass(frozen=True, kw_only=True)
class Agree(Command):
    """Compare a reading with a human coder's FACS codes, or two coders with each other.

    Codes are CSV, TSV or Parquet (a row a frame with a column a unit, or columns unit, start, end)
    or ELAN files with a tier a unit; a folder holds a file a clip. Writes a row a unit: kappa, F1,
    ICC, prevalence, and the agreement of events, with intervals over subjects or clips.

    Example: mien agree reading --codes codes.csv --out agreement.csv
    """

    reading: Annotated[Path, tyro.conf.Positional]
    """What `mien predict` wrote, or another coder's codes."""
    codes: Path
    """The codes to compare with: a file, or a folder of them."""
    out: Path
    """The file to write: .csv, .parquet, or .json, which also holds the settings and clips; it must
    not exist."""
    tolerance: float = 0.5
    """Seconds by which two events may differ and still be one."""
    rule: Literal["onset", "both", "overlap"] = "onset"
    """What must lie within the tolerance: the onsets, onsets and offsets, or any part of both."""
    rise: float | None = None
    """Of a reading, count only events whose odds reach so many times those of the face's own level,
    such as 3; by default the threshold alone counts."""
    level: float = 1.0
    """Intensity from which a coded unit counts as present (1 is A, 2 is B)."""
    first_frame: int = 0
    """Number of a clip's first frame in the codes."""
    shift: float = 0.0
    """Seconds to add to the codes' times."""
    units: tuple[int, ...] = ()
    """Units that were coded even where the codes hold no event of them."""
    face: int | None = None
    """Number of the face in the reading; by default the largest of each frame."""
    draws: int = 1000
    """Draws of subjects or clips for the intervals."""
    seed: int = 0
    """Of the draws."""

    def run(self) -> int:
        """Compare, write, and print the main columns."""
        from mien import atomic
        from mien.errors import MienError
        from mien.study import agreement, pairing
        from mien.study.alignment import Matching
        from mien.study.code_sheet import Habits

        atomic.refuse_ending(self.out, agreement.SUFFIXES, what="an agreement")
        atomic.refuse_existing(self.out)
        if self.draws < 1:
            raise MienError(f"draws is {self.draws}", remedy="give a number of 1 or more")
        habits = Habits(
            level=self.level, first_frame=self.first_frame, shift=self.shift, units=self.units
        )
        if pairing.is_reading(self.reading):
            first = pairing.load_reading(self.reading, face=self.face)
        else:
            first = pairing.load_codes(self.reading, habits)
        pairs = pairing.pair(first, pairing.load_codes(self.codes, habits))
        found = agreement.agree(
            pairs,
            how=Matching(
                tolerance=self.tolerance, rule=self.rule, level=self.level, rise=self.rise
            ),
            resampling=agreement.Resampling(draws=self.draws, seed=self.seed),
        )
        agreement.write(found, self.out)
        _show(found)
        print(f"{self.out}: {found.table.num_rows} units of {len(pairs.both)} clips")
        for name in (*pairs.only_first, *pairs.only_second):
            print(f"  {name}: in one of both only, left out")
        return 0


def _show(found: "Agreement") -> None:
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=None, header_style="bold")
    for name in ("unit", "kappa", "PABAK", "F1", "ICC(3,1)", "event F1", "events"):
        shown.add_column(name, justify="right", no_wrap=True)
    for row in found.table.to_pylist():
        shown.add_row(
            f"AU{row['unit']:02d}",
            *(_number(row, name) for name in ("kappa", "kappa_adjusted", "f1", "icc_3_1")),
            _number(row, "event_f1"),
            "{events_matched} of {events_first}, {events_second}".format(**row),
        )
    Console(width=_WIDE).print(shown)


def _number(row: dict[str, Any], name: str) -> str:
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if isnan(value):
        return "-"
    plain = f"{value + 0.0:.2f}".replace("-0.00", "0.00")
    return plain if isnan(low) else f"{plain} [{low:.2f}, {high:.2f}]"
