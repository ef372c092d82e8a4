"""Held-out pools: people, lights and cameras that one set of pictures has and the other never.

A pool is one of two disjoint parts of what the lab can draw. Identities lie on either side of a
plane in the space of local shapes, skins have even or odd texture seeds, and light rigs, cameras,
frames of glasses, hair styles and covers are catalogues whose entries belong to a pool or to both.
`person_pool` and `world_pool` read the pool back from what was drawn.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final, Literal
from zlib import crc32

import numpy as np
from jaxtyping import Float64

from mien.errors import MienError
from mien.lab.chance.middles import MIDDLES

Pool = Literal["train", "test"]
"""Which part of what the lab can draw."""

POOLS: Final[tuple[Pool, ...]] = ("train", "test")

OPPOSITES: Final = (
    *(("decr", "incr"), ("down", "up"), ("in", "out"), ("backward", "forward")),
    *(("concave", "convex"), ("compress", "uncompress")),
)
"""Ends of the names of two local shapes that undo each other."""


def opposite(name: str) -> str:
    """Name of the local shape that undoes one, "" if its name does not tell."""
    for low, high in OPPOSITES:
        if name.endswith(f"-{low}"):
            return f"{name.removesuffix(low)}{high}"
        if name.endswith(f"-{high}"):
            return f"{name.removesuffix(high)}{low}"
    return ""


def lean(shape: Sequence[tuple[str, float]]) -> float:
    """Signed distance of a face's local shapes from the plane between the pools.

    Every pair of opposite shapes counts with a sign of its own, fixed by its name.
    """
    total = 0.0
    for name, weight in shape:
        other = opposite(name)
        if other:
            first = min(name, other)
            bare = first[2:] if first.startswith(("l-", "r-")) else first
            side = 1.0 if crc32(bare.encode()) % 2 else -1.0
            total += side * weight * (1.0 if name == first else -1.0)
    return total


@cache
def _centre() -> float:
    """Where the plane lies: through the lab's middle face."""
    total = 0.0
    for name, weight in MIDDLES.items():
        sides = ("l-", "r-") if name.startswith(("eye-", "cheek-", "ear-")) else ("",)
        total += lean([(side + name, weight) for side in sides])
    return total


def shape_pool(shape: Sequence[tuple[str, float]]) -> Pool:
    """Which side of the plane an identity lies on."""
    return "train" if lean(shape) >= _centre() else "test"


def seed_pool(seed: int) -> Pool:
    """Even seeds of textures and backgrounds are for training, odd ones for testing."""
    return "train" if seed % 2 == 0 else "test"


def pooled_seed(generator: np.random.Generator, pool: Pool) -> int:
    """A seed of the pool."""
    return 2 * int(generator.integers(2**30)) + POOLS.index(pool)


def known(pool: str) -> None:
    """Let only pools pass.

    Raises:
        MienError: it is none.
    """
    if pool not in POOLS:
        raise MienError(f"there is no pool {pool!r}", remedy=f"choose one of {', '.join(POOLS)}")


def choose(
    generator: np.random.Generator,
    names: Sequence[str],
    weights: Sequence[float] | Float64[np.ndarray, " name"],
) -> str:
    """One of the names by weights that need not sum to 1."""
    bounds = np.cumsum(np.asarray(weights, np.float64))
    place = int(np.searchsorted(bounds, generator.random() * bounds[-1], side="right"))
    return names[min(place, len(names) - 1)]
