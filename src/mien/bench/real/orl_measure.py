"""What a reader of units says of the ORL photographs, beside our codes and the blendshapes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from jaxtyping import Bool, Float, Float64

from mien.bench.real.orl_codes import CREDIT, UNITS
from mien.bench.real.orl_photos import Photos
from mien.faces.counterparts import COUNTERPARTS
from mien.metrics.auc import auc, average_ranks
from mien.metrics.bootstrap import intervals, resample
from mien.metrics.resampled import auc_draws

BROWS: Final = (1, 2, 4)
DRAWS: Final = 2000
NOTES: Final = (
    CREDIT + " The codes are ours (see docs/real.md), for development: nothing is trained on them "
    "and no threshold is fitted on them.",
    f"Intervals are 95 %, {DRAWS} draws of people; AU43 rests on 11 photographs with shut eyes.",
)
"""Whose the photographs and codes are, and what an interval is."""


@dataclass(frozen=True, kw_only=True)
class Area:
    """AUC of one unit on the consensus codes."""

    unit: int
    value: float
    low: float
    """Ends of the 95 % interval over people."""
    high: float
    positives: int
    negatives: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}-{self.high:.3f})"

    def brief(self) -> str:
        """The value, and of how many positives."""
        return f"{self.value:.3f} ({self.positives})"

    def under(self, show: "Callable[[Area], str]") -> list[str]:
        """A cell for each of `UNITS`: shown under its own, empty elsewhere."""
        return [show(self) if self.unit == unit else "" for unit in UNITS]

    def record(self) -> dict[str, Any]:
        """For JSON; what is undefined is None."""
        return _record(self)


@dataclass(frozen=True, kw_only=True)
class Ranks:
    """Spearman's correlation of a unit's scores with its blendshape."""

    unit: int
    counterpart: str
    value: float
    """Over all photographs."""
    within: float
    """Over all photographs after each person's median is taken off both."""
    low: float
    """Ends of the 95 % interval of `within` over people."""
    high: float


def area(
    scores: Float[np.ndarray, " photo"],
    photos: Photos,
    unit: int,
    *,
    among: Bool[np.ndarray, " photo"] | None = None,
) -> Area:
    """AUC of scores for one of `UNITS`, with an interval by resampling people.

    Args:
        scores: higher where the unit is more likely.
        photos: with their codes.
        unit: which unit.
        among: photographs to look at; all by default.
    """
    truth = photos.codes.truth[:, [UNITS.index(unit)]].copy()
    if among is not None:
        truth[~among] = np.nan
    column = scores[:, None].astype(np.float64)
    subjects = np.array(photos.codes.subjects)
    span = intervals(auc_draws(column, truth, subjects, draws=DRAWS))
    return Area(
        unit=unit,
        value=float(auc(column, truth).values[0]),
        low=float(span.low[0]),
        high=float(span.high[0]),
        positives=int((truth == 1.0).sum()),
        negatives=int((truth == 0.0).sum()),
    )


def less_median(
    scores: Float[np.ndarray, " photo"], photos: Photos, unit: int, *, probability: bool
) -> Area:
    """AUC after each person's median is taken off the scores, or off their log odds.

    Args:
        scores: higher where the unit is more likely.
        photos: with their codes.
        unit: which unit.
        probability: scores lie in 0 to 1, and the median is taken off their log odds.
    """
    values = scores.astype(np.float64)
    if probability:
        values = np.log(np.clip(values, 1e-6, 1 - 1e-6) / np.clip(1 - values, 1e-6, 1 - 1e-6))
    return area(centred(values, np.array(photos.codes.subjects)), photos, unit)


def ranks(scores: Float[np.ndarray, " photo"], photos: Photos, unit: int) -> Ranks:
    """Rank correlation of a unit's scores with its counterpart, over all and within people."""
    name = COUNTERPARTS[unit]
    other = photos.blendshape(name).astype(np.float64)
    subjects = np.array(photos.codes.subjects)
    one, two = centred(scores.astype(np.float64), subjects), centred(other, subjects)
    span = intervals(
        resample(lambda rows: np.array([spearman(one[rows], two[rows])]), subjects, draws=DRAWS)
    )
    return Ranks(
        unit=unit,
        counterpart=name,
        value=spearman(scores.astype(np.float64), other),
        within=spearman(one, two),
        low=float(span.low[0]),
        high=float(span.high[0]),
    )


def spearman(one: Float64[np.ndarray, " photo"], two: Float64[np.ndarray, " photo"]) -> float:
    """Pearson's correlation of average ranks; NaN where one of them is constant."""
    first, second = (average_ranks(values) for values in (one, two))
    first, second = first - first.mean(), second - second.mean()
    scale = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second) / scale if scale > 0.0 else float("nan")


def centred(
    values: Float64[np.ndarray, " photo"], subjects: np.ndarray
) -> Float64[np.ndarray, " photo"]:
    """Values less the median of each person's."""
    result = values.copy()
    for subject in np.unique(subjects):
        mine = subjects == subject
        result[mine] -= np.median(values[mine])
    return result


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Everything measured of one reader."""

    areas: tuple[Area, ...]
    with_glasses: tuple[Area, ...]
    without_glasses: tuple[Area, ...]
    correlations: tuple[Ranks, ...]

    def record(self) -> dict[str, Any]:
        """For JSON; what is undefined is None."""
        return {
            name: [_record(each) for each in getattr(self, name)]
            for name in ("areas", "with_glasses", "without_glasses", "correlations")
        }


def judge(scores: Mapping[int, Float[np.ndarray, " photo"]], photos: Photos) -> Judged:
    """Judge scores by unit; the three coded units must be among them."""
    worn = photos.codes.glasses
    return Judged(
        areas=tuple(area(scores[unit], photos, unit) for unit in UNITS),
        with_glasses=tuple(area(scores[unit], photos, unit, among=worn) for unit in UNITS),
        without_glasses=tuple(area(scores[unit], photos, unit, among=~worn) for unit in UNITS),
        correlations=tuple(
            ranks(scores[unit], photos, unit) for unit in COUNTERPARTS if unit in scores
        ),
    )


def _record(measured: Area | Ranks) -> dict[str, Any]:
    return {
        name: None if isinstance(value, float) and not np.isfinite(value) else value
        for name, value in vars(measured).items()
    }
