"""Intervals by resampling subjects, for frames of one person are no independent samples.

A draw takes as many subjects as there are, with replacement, and all their rows. Draws depend on
the set of subjects and the seed only, so two systems scored on the same subjects share them, and
their difference is paired.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Shaped


@dataclass(frozen=True, kw_only=True)
class Intervals:
    """Percentile intervals of each label and of the mean over labels."""

    low: Float[np.ndarray, "label"]
    """Lower ends; NaN for a label undefined in every draw."""
    high: Float[np.ndarray, "label"]
    """Upper ends."""
    mean_low: float
    """Lower end of the mean over the labels defined in a draw."""
    mean_high: float
    """Upper end of it."""
    level: float
    """Coverage aimed at, such as 0.95."""
    draws: int
    """How many draws."""
    incomplete: int
    """Draws in which at least one label was undefined."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A paired difference of two mean scores, first minus second."""

    value: float
    """Difference on all subjects."""
    low: float
    """Lower end of its interval."""
    high: float
    """Upper end of its interval."""
    share_above: float
    """Share of draws in which the first is better (a tie counts half)."""


def subject_codes(
    subjects: Shaped[np.ndarray, "sample"],
) -> tuple[Int[np.ndarray, "sample"], int]:
    """Number the subjects of the rows 0 to n - 1 in sorted order; returns codes and n."""
    names, codes = np.unique(subjects, return_inverse=True)
    return codes.astype(np.int64), len(names)


def draw_weights(subjects: int, *, draws: int, seed: int) -> Int[np.ndarray, "draw subject"]:
    """How often each draw takes each subject; every row sums to `subjects`.

    Raises:
        ValueError: there is no subject.
    """
    if subjects < 1:
        raise ValueError("resampling needs at least one subject")
    share = np.full(subjects, 1 / subjects)
    return np.random.default_rng(seed).multinomial(subjects, share, size=draws)


def resample(
    statistic: Callable[[Int[np.ndarray, "row"]], Float[np.ndarray, "label"]],
    subjects: Shaped[np.ndarray, "sample"],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> Float[np.ndarray, "draw label"]:
    """Evaluate any statistic of rows on each draw: general and slow.

    Args:
        statistic: takes row indices (with repeats), gives one value per label.
        subjects: the subject of each row.
        draws: how many draws.
        seed: seed of the draws.

    Raises:
        ValueError: there is no row.
    """
    codes, size = subject_codes(subjects)
    order = np.argsort(codes, kind="stable")
    rows = np.split(order, np.cumsum(np.bincount(codes, minlength=size))[:-1])
    values = []
    for weights in draw_weights(size, draws=draws, seed=seed):
        taken = np.repeat(np.arange(size), weights)
        values.append(statistic(np.concatenate([rows[each] for each in taken])))
    return np.stack(values)


def intervals(draws: Float[np.ndarray, "draw label"], *, level: float = 0.95) -> Intervals:
    """Percentile intervals from the values of the draws; undefined (NaN) ones are left out."""
    undefined = np.isnan(draws)
    ends = [_percentiles(draws[:, label], level) for label in range(draws.shape[1])]
    mean_low, mean_high = _percentiles(mean_of_defined(draws), level)
    return Intervals(
        low=np.asarray([low for low, _ in ends], dtype=np.float64),
        high=np.asarray([high for _, high in ends], dtype=np.float64),
        mean_low=mean_low,
        mean_high=mean_high,
        level=level,
        draws=draws.shape[0],
        incomplete=int(undefined.any(axis=1).sum()),
    )


def difference(
    first: Float[np.ndarray, "draw label"],
    second: Float[np.ndarray, "draw label"],
    *,
    value: float,
    level: float = 0.95,
) -> Difference:
    """Compare two systems by their draws over the same subjects, made with the same seed.

    A label undefined in either is left out of both in that draw, so that means are over the same
    labels.

    Args:
        first: draws of the first system.
        second: draws of the second.
        value: difference of the two means on all subjects.
        level: coverage aimed at.
    """
    gap = mean_of_defined(first - second)
    known = gap[~np.isnan(gap)]
    low, high = _percentiles(gap, level)
    above = float(np.mean((known > 0) + 0.5 * (known == 0))) if known.size else float("nan")
    return Difference(value=value, low=low, high=high, share_above=above)


def mean_of_defined(draws: Float[np.ndarray, "draw label"]) -> Float[np.ndarray, "draw"]:
    """Mean over the labels defined in each draw; NaN where none is."""
    known = ~np.isnan(draws)
    size = known.sum(axis=1)
    total = np.where(known, draws, 0).sum(axis=1)
    return np.where(size > 0, total / np.maximum(size, 1), np.nan)


def _percentiles(values: Float[np.ndarray, "draw"], level: float) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if known.size == 0:
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)
