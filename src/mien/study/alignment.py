"""Two coders' codes of the same clips, laid on common moments."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from jaxtyping import Shaped

from mien.errors import MienError
from mien.metrics.matching import Rule, match
from mien.study.coding import Codes, EventCodes, RowCodes, at, spans
from mien.study.tables import Floats

KINDS = ("matched", "first", "second", "onset", "onset_abs", "offset", "offset_abs")
"""Rows of `Aligned.events`: pairs, either coder's events, and over the pairs the sums of first
minus second and of its size, seconds."""
_MOST = 1e7
"""Moments of one clip: days of film."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Aligned:
    """All clips together: what both said at the same moments, and their events, matched."""

    units: tuple[int, ...]
    """Units that both coded in at least one clip."""
    who: Shaped[np.ndarray, "moments"] = field(repr=False)
    """(moments,) what intervals resample: the subject, or the clip where none is named."""
    present: Floats = field(repr=False)
    """(2, moments, units) 1, 0 or NaN."""
    intensity: Floats = field(repr=False)
    """(2, moments, units) 0 to 5 or NaN."""
    events: dict[str, Floats] = field(repr=False)
    """By `who`: (kinds, units), rows as in `KINDS`."""
    unseen: npt.NDArray[np.int64] = field(repr=False)
    """(2, units) events of either coder left out because the other has no code for most of them."""


@dataclass(frozen=True, kw_only=True)
class Matching:
    """How two codings are laid on each other.

    Raises:
        MienError: a tolerance or rate that is not above 0.
    """

    tolerance: float = 0.5
    """Seconds by which two events' onsets may differ and still be one."""
    rule: Rule = "onset"
    """`mien.metrics.matching.Rule`."""
    level: float = 1.0
    """Intensity from which a coded event counts."""
    rate: float = 25.0
    """Moments a second where both coders marked events only."""
    rise: float | None = None
    """Of a reading's events, as of `events.rule_for`; None for the threshold alone."""

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name, value in (("tolerance", self.tolerance), ("rate", self.rate)):
            if not 0 < value < np.inf:
                raise MienError(f"the {name} is {value}", remedy="give a number above 0")


def align(pairs: Sequence[tuple[Codes, Codes]], how: Matching) -> Aligned:
    """Lay both codings of every clip on common moments.

    The moments are the second coder's rows, else the first's, else `how.rate` a second.

    Raises:
        MienError: two coders of a clip share no unit or no clock.
    """
    units = tuple(sorted({u for one, two in pairs for u in set(one.units) & set(two.units)}))
    if not units:
        raise MienError("no unit was coded by both", remedy="compare codes of the same units")
    present, intensity, who = [], [], []
    events: dict[str, Floats] = {}
    unseen = np.zeros((2, len(units)), np.int64)
    for one, two in pairs:
        first, second = _timed(one, two), _timed(two, one)
        frames, times = _moments(first, second, how.rate)
        said = [_on(each, frames, times, units, how.level) for each in (first, second)]
        name = second.subject or first.subject or first.source
        present.append(np.stack([each[0] for each in said]))
        intensity.append(np.stack([each[1] for each in said]))
        who.append(np.full(present[-1].shape[1], name))
        counted = events.setdefault(name, np.zeros((len(KINDS), len(units))))
        if times is not None:
            sums, lost = _events((first, second), times, present[-1], units, how)
            counted += sums
            unseen += lost
    return Aligned(
        units=units, who=np.concatenate(who), present=np.concatenate(present, axis=1),
        intensity=np.concatenate(intensity, axis=1), events=events, unseen=unseen,
    )  # fmt: skip


def _timed(codes: Codes, other: Codes) -> Codes:
    """Codes by frame, with the other's times where it has both."""
    if isinstance(codes, EventCodes) or codes.times is not None or codes.frames is None:
        return codes
    if isinstance(other, EventCodes):
        raise MienError(
            f"{codes.source}: one coder counts frames, the other seconds",
            remedy="add a column time, in seconds",
        )
    if other.times is None or other.frames is None:
        return codes
    known = dict(zip(other.frames.tolist(), other.times.tolist(), strict=True))
    rows = np.array([frame in known for frame in codes.frames.tolist()], np.bool_)
    if not rows.any():
        raise MienError(
            f"{codes.source}: none of the coded frames was read",
            remedy="say where frames count from with --first-frame",
        )
    frames = codes.frames[rows]
    return replace(
        codes, frames=frames, times=np.array([known[frame] for frame in frames.tolist()]),
        present=codes.present[rows], intensity=codes.intensity[rows],
    )  # fmt: skip


def _moments(
    first: Codes, second: Codes, rate: float
) -> tuple[npt.NDArray[np.int64] | None, Floats | None]:
    for codes in (second, first):
        if isinstance(codes, RowCodes):
            return codes.frames, codes.times
    ends = [
        each.end for one in (first, second) if isinstance(one, EventCodes) for each in one.events
    ]
    last = max(ends, default=0.0)
    if last * rate > _MOST:
        raise MienError(
            f"{first.source}: an event ends at {last:.0f} s",
            remedy="give times in seconds, or name columns in milliseconds start_ms and end_ms",
        )
    return None, np.arange(0.0, last + 1 / rate, 1 / rate)


def _on(
    codes: Codes,
    frames: npt.NDArray[np.int64] | None,
    times: Floats | None,
    units: Sequence[int],
    level: float,
) -> tuple[Floats, Floats]:
    """Presence and intensity with a column for each of `units`; NaN for those not coded."""
    try:
        found = at(codes, frames, times, level=level)
    except ValueError as problem:
        raise MienError(f"{codes.source}: {problem}", remedy="add a column time") from None
    columns = [codes.units.index(unit) if unit in codes.units else -1 for unit in units]
    good = np.array(columns) >= 0
    return (
        np.where(good, found[0][:, columns], np.nan),
        np.where(good, found[1][:, columns], np.nan),
    )


def _events(
    both: tuple[Codes, Codes], times: Floats, present: Floats, units: Sequence[int], how: Matching
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Sums of one clip as `KINDS`, and events that the other coder could not see."""
    sums = np.zeros((len(KINDS), len(units)))
    unseen = np.zeros((2, len(units)), np.int64)
    for column, unit in enumerate(units):
        if any(unit not in each.units for each in both):
            continue
        kept = []
        for coder, codes in enumerate(both):
            marked = spans(codes, unit, level=how.level, rise=how.rise)
            seen = _seen(marked, times, ~np.isnan(present[1 - coder, :, column]))
            unseen[coder, column] = int((~seen).sum())
            kept.append(marked[seen])
        matched = match(kept[0], kept[1], tolerance=how.tolerance, rule=how.rule)
        apart = kept[0][matched[:, 0]] - kept[1][matched[:, 1]]
        far = np.abs(apart)
        sums[:, column] = [
            len(matched), len(kept[0]), len(kept[1]),
            apart[:, 0].sum(), far[:, 0].sum(), apart[:, 1].sum(), far[:, 1].sum(),
        ]  # fmt: skip
    return sums, unseen


def _seen(marked: Floats, times: Floats, known: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether at least half of the moments in each event are known; of none in it, the next one."""
    if len(times) == 0:
        return np.zeros(len(marked), np.bool_)
    total = np.concatenate([[0], np.cumsum(known)])
    begin = np.minimum(np.searchsorted(times, marked[:, 0]), len(times) - 1)
    end = np.maximum(np.searchsorted(times, marked[:, 1], side="right"), begin + 1)
    return 2 * (total[end] - total[begin]) >= end - begin
