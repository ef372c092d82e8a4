"""`mien summarise`: readings and stimulus markers into a table for statistics."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from mien.cli.command import Command


@dataclass(frozen=True, kw_only=True)
class Summarise(Command):
    """Turn a reading and stimulus markers into a table for statistics.

    A row for each subject, condition, trial and unit: mean, maximum, share of time present, events,
    intensity, frames scored and lost. Markers are CSV (source, start, end, condition, subject) or
    BIDS events. Beside the table, STEM.about.json says how it was made.

    Example: mien summarise reading --markers markers.csv --baseline rest --out table.csv
    """

    reading: Annotated[Path, tyro.conf.Positional]
    """What `mien predict` wrote."""
    markers: Path
    """A CSV, TSV or Parquet file, or a folder of BIDS *_events.tsv."""
    out: Path
    """The table to write: .csv or .parquet; neither it nor STEM.about.json may exist."""
    form: Literal["long", "wide"] = "long"
    """A row for each unit too, or a column for each unit and measure."""
    per: Literal["trial", "condition"] = "trial"
    """A row for each trial, or a subject's trials of one condition taken together."""
    baseline: str | None = None
    """Condition of which each subject's mean is taken off (columns ..._change)."""
    before: float | None = None
    """Seconds before each window of which the mean is taken off instead."""
    window: tuple[float, float] | None = None
    """Seconds from each marker's start to the ends of its window, such as 0 2."""
    rise: float | None = None
    """Count only events whose odds reach so many times those of the face's own level, such as 3; by
    default the threshold alone counts."""
    face: int | None = None
    """Number of the face; by default the largest of each frame."""

    def run(self) -> int:
        """Measure, write, and say what was lost."""
        from mien import atomic
        from mien.study import summary, tables
        from mien.study.markers import load_markers

        atomic.refuse_ending(self.out, summary.SUFFIXES, what="a summary")
        atomic.refuse_existing(self.out, summary.about_file(self.out))
        readings = tables.load(self.reading)
        names = [source.name for source in tables.sources(readings)]
        markers = load_markers(self.markers, names, window=self.window)
        layout = summary.Layout(
            form=self.form, per=self.per, baseline=self.baseline, before=self.before,
            rise=self.rise,
        )  # fmt: skip
        found = summary.summarise(readings, markers, layout=layout, face=self.face)
        beside = summary.write(found, self.out)
        people, conditions = ({getattr(m, k) for m in markers} for k in ("subject", "condition"))
        print(
            f"{self.out}: {found.table.num_rows} rows of {len(people)} subjects and "
            f"{len(conditions)} conditions; {beside.name} says how they were made"
        )
        empty = found.table["scored"].to_pylist().count(0)
        if empty:
            print(f"  {empty} rows without one scored frame: their values are empty")
        return 0
