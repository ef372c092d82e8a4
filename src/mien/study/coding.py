"""What one coder said of one clip, whoever it was: rows at moments, or events on a clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from mien.study import events
from mien.study.follow import Followed
from mien.study.tables import Floats, Whole


@dataclass(frozen=True, kw_only=True, eq=False)
class RowCodes:
    """Codes at moments of a clip: a human's frame by frame, or a reading."""

    source: str
    """The clip, as the coder names it."""
    subject: str
    """Who is seen; empty if the coder does not say."""
    units: tuple[int, ...]
    """Units that were coded."""
    frames: Whole | None = field(repr=False)
    """(rows,) frame numbers from 0; None if only times are known."""
    times: Floats | None = field(repr=False)
    """(rows,) seconds, rising; None if only frames are known."""
    present: Floats = field(repr=False)
    """(rows, units) 1, 0, or NaN: not coded."""
    intensity: Floats = field(repr=False)
    """(rows, units) 0 to 5, or NaN: not coded, or present without an intensity."""
    curve: Floats | None = field(default=None, repr=False)
    """(rows, units) what events are found in; `present` if None."""
    thresholds: Floats | None = field(default=None, repr=False)
    """(units,) level of `curve` that an event must reach."""


@dataclass(frozen=True, kw_only=True)
class CodedEvent:
    """One event that a coder marked."""

    unit: int
    start: float
    """Seconds."""
    end: float
    """Seconds."""
    level: float
    """Intensity 1 to 5; NaN if none was given."""
    codable: bool = True
    """False where the coder says that the unit could not be coded."""


@dataclass(frozen=True, kw_only=True)
class EventCodes:
    """Codes as events; a coded unit is absent wherever it has none."""

    source: str
    subject: str
    units: tuple[int, ...]
    events: tuple[CodedEvent, ...]


Codes = RowCodes | EventCodes


def of_reading(followed: Followed, *, subject: str = "") -> RowCodes:
    """A reading as one more coder."""
    nothing = np.full(followed.probability.shape, np.nan)
    return RowCodes(
        source=followed.source,
        subject=subject,
        units=followed.units,
        frames=followed.frames,
        times=followed.times,
        present=followed.present,
        intensity=nothing if followed.intensity is None else followed.intensity,
        curve=followed.probability,
        thresholds=followed.thresholds,
    )


def at(
    codes: Codes, frames: Whole | None, times: Floats | None, *, level: float = 1.0
) -> tuple[Floats, Floats]:
    """Presence and intensity at given moments; NaN where the coder says nothing of them.

    Of codes in rows the row of the same frame is taken where both count frames and one of them has
    no times, else the row nearest in time, up to three quarters of the coder's typical step away.

    Args:
        codes: one coder's.
        frames: (moments,) frame numbers, if known.
        times: (moments,) seconds, if known.
        level: intensity of a coded event from which the unit counts as present.
    """
    if isinstance(codes, EventCodes):
        if times is None:
            raise ValueError("events can only be asked for by time")
        return _events_at(codes, times, level)
    if times is not None and codes.times is not None:
        place, good = _nearest(codes.times, times)
    elif frames is not None and codes.frames is not None:
        place, good = _same(codes.frames, frames)
    else:
        raise ValueError("one coder counts frames, the other seconds")
    keep = good[:, None]
    return (
        np.where(keep, codes.present[place], np.nan),
        np.where(keep, codes.intensity[place], np.nan),
    )


def spans(codes: Codes, unit: int, *, level: float = 1.0, rise: float | None = None) -> Floats:
    """(events, 2) onset and offset of one unit's events, in order and without overlap, seconds.

    A reading's are found by `events.find` with its threshold (and `rise`); a human's rows are an
    event from halfway before its first row to halfway after its last.
    """
    if isinstance(codes, EventCodes):
        marked = [
            (each.start, each.end)
            for each in codes.events
            if each.unit == unit and each.codable and not each.level < level
        ]
        return _merged(sorted(marked))
    if codes.times is None or unit not in codes.units:
        return np.zeros((0, 2))
    column = codes.units.index(unit)
    if codes.curve is not None and codes.thresholds is not None:
        curve = codes.curve[:, column]
        rule = events.rule_for(float(codes.thresholds[column]), rise=rise, values=curve)
        found = events.find(codes.times, curve, rule)
    else:
        rule = events.Rule(high=0.5, low=0.5, shortest=0.0, join=0.0, bridge=0.0)
        found = events.find(codes.times, codes.present[:, column], rule)
    return _merged([(each.onset, each.offset) for each in found])


def _events_at(codes: EventCodes, times: Floats, level: float) -> tuple[Floats, Floats]:
    present = np.zeros((len(times), len(codes.units)))
    intensity = np.zeros_like(present)
    hidden = np.zeros(present.shape, np.bool_)
    for each in codes.events:
        column = codes.units.index(each.unit)
        inside = (times >= each.start) & (times < each.end)
        if not each.codable:
            hidden[inside, column] = True
            continue
        if not each.level < level:
            present[inside, column] = 1.0
        intensity[inside, column] = np.fmax(intensity[inside, column], each.level)
    intensity[:, ~_graded(codes)] = np.nan
    return np.where(hidden, np.nan, present), np.where(hidden, np.nan, intensity)


def _graded(codes: EventCodes) -> npt.NDArray[np.bool_]:
    """Units whose intensity is known: the coder gives some, and to every event of the unit.

    Else absence would be known and presence not, and what is left would be all zeros.
    """
    marked = [each for each in codes.events if each.codable]
    bare = {each.unit for each in marked if np.isnan(each.level)}
    some = any(not np.isnan(each.level) for each in marked)
    return np.array([some and unit not in bare for unit in codes.units], np.bool_)


def _nearest(known: Floats, asked: Floats) -> tuple[Whole, np.ndarray]:
    if len(known) == 0:
        return np.zeros(len(asked), np.int64), np.zeros(len(asked), np.bool_)
    after = np.clip(np.searchsorted(known, asked), 0, len(known) - 1)
    before = np.maximum(after - 1, 0)
    place = np.where(asked - known[before] <= known[after] - asked, before, after)
    place = np.where(asked >= known[after], after, place)
    step = float(np.median(np.diff(known))) if len(known) > 1 else np.inf
    return place.astype(np.int64), np.abs(known[place] - asked) <= 0.75 * step


def _same(known: Whole, asked: Whole) -> tuple[Whole, np.ndarray]:
    order = np.argsort(known, kind="stable")
    place = np.clip(np.searchsorted(known[order], asked), 0, max(len(known) - 1, 0))
    if len(known) == 0:
        return np.zeros(len(asked), np.int64), np.zeros(len(asked), np.bool_)
    return order[place], known[order[place]] == asked


def _merged(marked: Sequence[tuple[float, float]]) -> Floats:
    """Spans in order; those that overlap or touch become one."""
    merged: list[tuple[float, float]] = []
    for start, end in marked:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return np.asarray(merged, np.float64).reshape(-1, 2)
