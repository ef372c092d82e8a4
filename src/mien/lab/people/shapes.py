"""Drawing the local shapes of a head: noses, mouths, eyes, brows, chins, and how far they vary.

The spreads are ours; the middles were moved to where photographed adults have them.
"""

from functools import cache

import numpy as np

from mien.lab.anatomy import head as heads
from mien.lab.chance.middles import middle
from mien.lab.chance.pools import OPPOSITES, Pool, shape_pool

_SHAPE_SPREAD: tuple[tuple[str, float], ...] = (
    ("eye-scale", 0.22),
    ("eye-push", 0.15),
    ("eye-trans", 0.14),
    ("eye-height", 0.22),
    ("eye-bag", 0.25),
    ("eye-eyefold", 0.30),
    ("eye-", 0.24),
    ("eyebrows-trans-down", 0.40),
    ("eyebrows-angle", 0.22),
    ("eyebrows-", 0.25),
    ("nose-trans-in", 0.03),
    ("nose-trans", 0.12),
    ("nose-scale", 0.22),
    ("nose-", 0.17),
    ("mouth-scale-depth", 0.12),
    ("mouth-trans-in", 0.04),
    ("mouth-trans", 0.10),
    ("mouth-angles", 0.25),
    ("mouth-upperlip-height", 0.28),
    ("mouth-lowerlip-height", 0.28),
    ("mouth-scale-vert", 0.28),
    ("mouth-", 0.22),
    ("chin-", 0.22),
    ("cheek-", 0.25),
    ("forehead-", 0.26),
    ("ear-", 0.20),
    ("head-age", 0.0),
    ("head-angle", 0.0),
    ("head-trans", 0.0),
    ("head-scale", 0.14),
    ("head-", 0.15),
    ("neck-double", 0.15),
    ("neck-", 0.0),
)
"""Standard deviation of a pair of local shapes by the beginning of its name; first match wins."""

_ONE_SIDED_SHARE = 0.28
"""How far left and right may differ, as a share of a shape's own spread."""


def draw_shape(generator: np.random.Generator, pool: Pool) -> tuple[tuple[str, float], ...]:
    """Local shapes: pairs of opposites drawn about their middles; left follows right but a little.

    A face that falls into the other pool is turned into its opposite about the middle one; the
    few that this does not take across are drawn again.
    """
    while True:
        deviations = _deviations(generator)
        for sign in (1.0, -1.0):
            found = _weights(deviations, sign)
            if shape_pool(found) == pool:
                return found


def _deviations(generator: np.random.Generator) -> list[float]:
    """How far from its middle each pair lies, in the order of `_pairs`."""
    drawn: dict[str, float] = {}
    values = []
    for name, _, spread in _pairs():
        value = float(generator.normal())
        shared = name[2:] if name.startswith(("l-", "r-")) else name
        if shared in drawn:
            value = drawn[shared] + value * _ONE_SIDED_SHARE
        else:
            drawn[shared] = value
        values.append(value * spread)
    return values


def _weights(deviations: list[float], sign: float) -> tuple[tuple[str, float], ...]:
    weights: dict[str, float] = {}
    for (name, other, _), deviation in zip(_pairs(), deviations, strict=True):
        value = float(np.clip(sign * deviation + middle(name, other), -0.95, 0.95))
        if not other:
            weights[name] = max(0.0, value)
        else:
            weights[other if value > 0 else name] = abs(value)
    return tuple(sorted((name, round(w, 4)) for name, w in weights.items() if w > 0.02))


@cache
def _pairs() -> tuple[tuple[str, str, float], ...]:
    """(one shape, its opposite or "", spread) of every local shape that varies."""
    names = [name.removeprefix("local/") for name in heads.head().names if "local/" in name]
    found, taken = [], set()
    for name in names:
        spread = _spread(name)
        if name in taken or spread == 0.0:
            continue
        other = ""
        for low, high in OPPOSITES:
            if name.endswith(f"-{low}") and f"{name.removesuffix(low)}{high}" in names:
                other = f"{name.removesuffix(low)}{high}"
        taken.update((name, other))
        found.append((name, other, spread))
    return tuple(found)


def _spread(name: str) -> float:
    bare = name.removeprefix("l-").removeprefix("r-")
    return next((spread for start, spread in _SHAPE_SPREAD if bare.startswith(start)), 0.0)
