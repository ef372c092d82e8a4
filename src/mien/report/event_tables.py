"""Events of a face as tables: one by one, by unit, and as rows for a file."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from mien.facs import intensity_column
from mien.report.face import Face
from mien.report.page import Block, Table, Text
from mien.report.wording import figure_text, unit_name
from mien.study.events import Event

COLUMNS: Final = (
    *("source", "face", "unit", "onset", "apex", "offset", "duration", "peak", "mean"),
    *("intensity_at_apex", "frames", "begins_open", "ends_open"),
)
"""Columns of `event_rows`."""
_ALWAYS: Final = 0.9
"""Share of the scored frames from which a unit is said to be there all the time."""
_LONG: Final = 2.0
"""Seconds of a face below which that says nothing."""


def event_blocks(face: Face, *, most: int) -> tuple[Block, ...]:
    """The table of events in order of onset; of more than `most`, the highest."""
    events = _all(face)
    if not events:
        return (Text(paragraphs=("No unit reaches its threshold for long enough.",)),)
    kept = sorted(events, key=lambda pair: -pair[1].peak)[:most]
    kept.sort(key=lambda pair: (pair[1].onset, pair[0]))
    graded = any(unit in face.readings.intensities for unit in face.scores)
    header = ("unit", "onset", "apex", "offset", "duration", "peak", "mean")
    caption = f"{len(events):,} events; times in seconds"
    if len(kept) < len(events):
        caption = (
            f"The {len(kept)} highest of {len(events):,} events; times in seconds. "
            "“mien report --events FILE” writes all."
        )
    return (
        Table(
            header=(*header, *(("intensity",) if graded else ()), "open"),
            rows=tuple(_row(face, unit, event, graded=graded) for unit, event in kept),
            caption=caption,
            prose=(len(header) + graded,),
        ),
    )


def always_there(face: Face) -> tuple[Block, ...]:
    """A note on units at or above their threshold nearly all the time: a face's rest, perhaps."""
    if face.scored_seconds < _LONG:
        return ()
    found = []
    for unit, values in face.scores.items():
        known = values[np.isfinite(values)]
        if len(known) and np.mean(known >= face.rules[unit].high) >= _ALWAYS:
            found.append(f"AU{unit}")
    if not found:
        return ()
    said = (
        f"At or above the threshold in nine frames of ten: {', '.join(found)}. Either the face did "
        "this throughout, or to the model it looks so at rest. If the clip has seconds at rest, "
        "read it with “--baseline 0-5” (those seconds); else “mien report --rise 3” counts only "
        "what rises above the face's own level."
    )
    return (Text(paragraphs=(said,), kind="note"),)


def unit_table(face: Face) -> Table:
    """How often and how long each unit is there: what the figures show, in numbers."""
    minutes = face.scored_seconds / 60
    rows = []
    for unit, events in face.events.items():
        values = face.scores[unit][np.isfinite(face.scores[unit])]
        lasts = [event.duration for event in events]
        level = face.rules[unit].high
        rows.append(
            (
                unit_name(unit),
                figure_text(level, digits=2),
                f"{float(np.mean(values >= level)):.0%}" if len(values) else figure_text(None),
                f"{len(events):,}",
                figure_text(len(events) / minutes if minutes else None, digits=1),
                figure_text(float(np.median(lasts)) if lasts else None, digits=2),
                figure_text(max(lasts, default=None), digits=2),
                figure_text(float(np.mean(values)) if len(values) else None, digits=2),
                figure_text(float(np.max(values)) if len(values) else None, digits=2),
            )
        )
    return Table(
        header=(
            *("unit", "threshold", "frames present", "events", "a minute"),
            *("median s", "longest s", "mean", "highest"),
        ),
        rows=tuple(rows),
        caption="Each unit over the frames that were scored",
    )


def event_rows(face: Face) -> Iterator[dict[str, object]]:
    """Every event of a face as a row of `COLUMNS`, in order of onset; None where unknown."""
    for unit, event in _all(face):
        strength = face.at(intensity_column(unit), event.apex)
        yield {
            "source": face.track.source.name,
            "face": face.track.face,
            "unit": unit,
            "onset": event.onset,
            "apex": event.apex,
            "offset": event.offset,
            "duration": event.duration,
            "peak": event.peak,
            "mean": event.mean,
            "intensity_at_apex": None if np.isnan(strength) else strength,
            "frames": event.frames,
            "begins_open": event.begins_open,
            "ends_open": event.ends_open,
        }


def _all(face: Face) -> list[tuple[int, Event]]:
    pairs = [(unit, event) for unit, events in face.events.items() for event in events]
    return sorted(pairs, key=lambda pair: (pair[1].onset, pair[0]))


def _row(face: Face, unit: int, event: Event, *, graded: bool) -> tuple[str, ...]:
    spans = (event.onset, event.apex, event.offset, event.duration, event.peak, event.mean)
    strength = face.at(intensity_column(unit), event.apex)
    shown = figure_text(None if np.isnan(strength) else strength, digits=1)
    ends = ("begins", event.begins_open), ("ends", event.ends_open)
    opened = " and ".join(name for name, is_open in ends if is_open)
    return (
        unit_name(unit),
        *(figure_text(value, digits=2) for value in spans),
        *((shown,) if graded else ()),
        opened and f"{opened} where nothing is known",
    )
