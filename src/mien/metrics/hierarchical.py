"""Runs of several seeds, each tested on people of its own: intervals over both.

A draw takes as many seeds as there are, with replacement, and of each seed a draw over its people.
So an interval is wide where runs differ, and where people do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

POWER = 1.959964 + 0.841621
"""Standard errors that an effect must have to be seen in four of five trials, two-sided at 5 %."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A mean over seeds, or a mean difference, with what can be said of it."""

    value: float
    """Mean over seeds."""
    low: float
    """Lower end of the interval; NaN where nothing was drawn."""
    high: float
    """Upper end."""
    p: float
    """Two-sided: how often draws lie on the other side of 0, twice; 1 / draws at least."""
    visible: float
    """Smallest effect that would have been seen four times in five, at 5 %, by the spread of the
    draws and without correction for many comparisons."""


def over_seeds(
    draws: Sequence[Float[np.ndarray, "draw"]],
    values: Sequence[float],
    *,
    seed: int = 0,
    level: float = 0.95,
) -> Effect:
    """The mean over seeds and its interval.

    Args:
        draws: of each seed, the score (or difference) in each draw over people.
        values: the score of each seed on all its people.
        seed: of the draws over seeds.
        level: coverage aimed at.

    Raises:
        ValueError: no seed, or another number of values than of draws.
    """
    if not draws or len(draws) != len(values):
        raise ValueError("every seed needs its draws and its value, and there must be one seed")
    generator = np.random.default_rng(seed)
    table = np.stack(draws)
    seeds, count = table.shape
    taken = generator.integers(0, seeds, (count, seeds))
    # A seed taken twice in a draw brings two independent draws of its people.
    means = table[taken, generator.integers(0, count, (count, seeds))].mean(axis=1)
    known = means[~np.isnan(means)]
    if not known.size:
        return Effect(value=float(np.mean(values)), low=np.nan, high=np.nan, p=np.nan,
                      visible=np.nan)  # fmt: skip
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(known, [tail, 1.0 - tail])
    beyond = min(float((known <= 0.0).mean()), float((known >= 0.0).mean()))
    return Effect(
        value=float(np.mean(values)),
        low=float(low),
        high=float(high),
        p=min(1.0, max(2.0 * beyond, 1.0 / known.size)),
        visible=float(POWER * known.std()),
    )
