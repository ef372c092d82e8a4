"""A table for statistics: a row for each subject, condition and trial, long or wide."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from math import inf, nan
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from mien import __version__, atomic
from mien.errors import MienError
from mien.facs import au_column
from mien.study import tables
from mien.study.follow import OK, follow
from mien.study.markers import Marker
from mien.study.tables import Floats, Readings
from mien.study.windows import MEASURES, Curves, Measured, curves, measure

SUFFIXES = (".csv", ".parquet")
_CORRECTED = ("mean", "present", "intensity")
"""Measures of which a baseline is taken off."""
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What a row is.

    Raises:
        MienError: two baselines, or one of no length.
    """

    form: Literal["long", "wide"] = "long"
    """A row for each unit too, or a column for each unit and measure."""
    per: Literal["trial", "condition"] = "trial"
    """A row for each trial, or the trials of a subject and condition taken together."""
    baseline: str | None = None
    """Condition of which each subject's mean is taken off."""
    before: float | None = None
    """Seconds before each window of which the mean is taken off instead."""
    rise: float | None = None
    """Of the events that are counted, as of `events.rule_for`; None for the threshold alone."""

    def __post_init__(self) -> None:
        """Check that the fields fit together."""
        if self.baseline is not None and self.before is not None:
            raise MienError(
                "two baselines were named", remedy="name a condition or a time before, not both"
            )
        if self.before is not None and not 0 < self.before < inf:
            raise MienError(
                f"a baseline of {self.before} s was named", remedy="give a time above 0 seconds"
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class Summary:
    """A table for statistics, and how it was made."""

    table: pa.Table = field(repr=False)
    """Columns as in `docs/study.md`; null where nothing was scored."""
    about: dict[str, Any] = field(repr=False)

    def __repr__(self) -> str:
        return f"Summary({self.table.num_rows} rows, {self.table.num_columns} columns)"


@dataclass(frozen=True, kw_only=True)
class _Group:
    """What becomes one row (or one a unit)."""

    subject: str
    condition: str
    markers: tuple[Marker, ...]


def summarise(
    readings: Readings,
    markers: Sequence[Marker],
    *,
    layout: Layout | None = None,
    face: int | None = None,
) -> Summary:
    """Measure what each face did in each marked window.

    Args:
        readings: from `tables.load`.
        markers: from `markers.load_markers`.
        layout: rows, columns and baseline.
        face: number of the face; by default the largest of each frame.

    Raises:
        MienError: a baseline condition that a subject does not have, or no such face.
    """
    layout = layout or Layout()
    wanted = {marker.source for marker in markers}
    clips = {
        source.name: curves(follow(readings, source, face=face), rise=layout.rise)
        for source in tables.sources(readings)
        if source.name in wanted
    }
    lost = sorted({str(each) for clip in clips.values() for each in clip.followed.status} - {OK})
    rows: list[Row] = []
    for group in _groups(markers, layout.per):
        found = measure([(clips[m.source], m.start, m.end) for m in group.markers])
        row = _head(group, found, lost, layout.per)
        values = dict(found.values)
        base = _baseline(group, markers, clips, layout)
        if base is not None:
            kept = (name for name in _CORRECTED if name in values)
            values |= {f"{name}_change": found.values[name] - base.values[name] for name in kept}
            row["baseline_seconds"] = base.seconds
        rows += _shaped(row, readings.units, values, layout.form)
    return Summary(table=_table(rows), about=_about(readings, layout, face, len(markers)))


def about_file(out: Path | str) -> Path:
    """Where it is said how the table `out` was made."""
    path = Path(out)
    return path.with_name(f"{path.stem}.about.json")


def write(summary: Summary, out: Path | str) -> Path:
    """Write the table as CSV or Parquet by its ending, and beside it `STEM.about.json`.

    Returns:
        The path of the second file.

    Raises:
        MienError: another ending.
    """
    path = Path(out)
    atomic.refuse_ending(path, SUFFIXES, what="a summary")
    beside = about_file(path)
    with atomic.file(path) as temporary:
        if path.suffix.lower() == ".csv":
            pa_csv.write_csv(summary.table, temporary)
        else:
            pq.write_table(summary.table, temporary)
    atomic.write_text(beside, json.dumps(summary.about, indent=2, ensure_ascii=False) + "\n")
    return beside


def _shaped(row: Row, units: Sequence[int], values: dict[str, Floats], form: str) -> list[Row]:
    """A row for each unit, or one with all units' values side by side."""
    if form == "long":
        return [
            {**row, "unit": unit, **{name: float(each[at]) for name, each in values.items()}}
            for at, unit in enumerate(units)
        ]
    wide = {
        f"{au_column(unit)}_{name}": float(each[at])
        for at, unit in enumerate(units)
        for name, each in values.items()
    }
    return [{**row, **wide}]


def _groups(markers: Sequence[Marker], per: str) -> list[_Group]:
    if per == "trial":
        return [_Group(subject=m.subject, condition=m.condition, markers=(m,)) for m in markers]
    gathered: dict[tuple[str, str], list[Marker]] = {}
    for marker in markers:
        gathered.setdefault((marker.subject, marker.condition), []).append(marker)
    return [
        _Group(subject=subject, condition=condition, markers=tuple(each))
        for (subject, condition), each in gathered.items()
    ]


def _head(group: _Group, found: Measured, statuses: Sequence[str], per: str) -> Row:
    row: Row = {"subject": group.subject, "condition": group.condition}
    if per == "trial":
        marker = group.markers[0]
        row |= {"trial": marker.trial, "source": marker.source}
        row |= {"start": _finite(marker.start), "end": _finite(marker.end)}
    else:
        row["trials"] = len(group.markers)
    row |= {"frames": found.frames, "scored": found.frames - sum(found.lost.values())}
    row |= {f"lost_{status.replace(' ', '_')}": found.lost.get(status, 0) for status in statuses}
    row["seconds"] = found.seconds
    return row


def _baseline(
    group: _Group, markers: Sequence[Marker], clips: dict[str, Curves], layout: Layout
) -> Measured | None:
    if layout.before is not None:
        return measure([(clips[m.source], m.start - layout.before, m.start) for m in group.markers])
    if layout.baseline is None:
        return None
    calm = [m for m in markers if (m.subject, m.condition) == (group.subject, layout.baseline)]
    if not calm:
        raise MienError(
            f"subject {group.subject} has no condition {layout.baseline}",
            remedy="mark a baseline for every subject, or take one before each window (--before)",
        )
    return measure([(clips[m.source], m.start, m.end) for m in calm])


def _table(rows: list[Row]) -> pa.Table:
    """Rows as columns; NaN becomes null, which every statistics package reads as missing."""
    columns = {name: pa.array([row[name] for row in rows], from_pandas=True) for name in rows[0]}
    floats = {
        name: column.cast(pa.float64()) if pa.types.is_null(column.type) else column
        for name, column in columns.items()
    }
    return pa.table(floats)


def _about(readings: Readings, layout: Layout, face: int | None, markers: int) -> dict[str, Any]:
    return {
        "mien": __version__,
        "reading": str(readings.path),
        "model": readings.provenance.get("model", {}).get("name"),
        "thresholds": {au_column(unit): value for unit, value in readings.thresholds().items()},
        "face": face,
        "markers": markers,
        "layout": asdict(layout),
        "measures": {**MEASURES, "..._change": "the measure minus its baseline"},
    }


def _finite(value: float) -> float:
    return value if abs(value) < inf else nan
