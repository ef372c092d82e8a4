"""Who is shown: people told apart by the cosine, and every second clip of theirs kept back."""

import numpy as np
from jaxtyping import Bool, Float32, Int64

from mien.data.store import Store
from mien.metrics.auc import auc

PAIRS = 20_000
"""Pairs of pictures of two people, for the AUC of telling one person from two."""


def clips_of(store: Store) -> tuple[Int64[np.ndarray, " row"], Bool[np.ndarray, " row"]]:
    """Number of each picture's person, and whether its clip is an even one of theirs."""
    _, people = np.unique(store.column("subject"), return_inverse=True)
    _, first, clips = np.unique(store.column("clip"), return_index=True, return_inverse=True)
    seen: dict[int, int] = {}
    place = np.zeros(len(first), np.int64)
    for clip in np.argsort(first):
        person = int(people[first[clip]])
        place[clip] = seen.get(person, 0)
        seen[person] = int(place[clip]) + 1
    return people.astype(np.int64), (place % 2 == 1)[clips]


def same_person(
    features: Float32[np.ndarray, "row dim"],
    people: Int64[np.ndarray, " row"],
    second: Bool[np.ndarray, " row"],
) -> float:
    """AUC by which the cosine tells two pictures of one person from pictures of two; chance 0.5.

    The two pictures of a pair come from clips of different halves.
    """
    generator = np.random.default_rng(0)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    ones, others = np.flatnonzero(~second), np.flatnonzero(second)
    left = generator.choice(ones, PAIRS)
    right = generator.choice(others, PAIRS)
    order = others[np.argsort(people[others], kind="stable")]
    low, high = (np.searchsorted(people[order], people[left], side=s) for s in ("left", "right"))
    own = order[np.minimum(low + generator.integers(0, 2**31, PAIRS) % (high - low), high - 1)]
    apart = people[left] != people[right]
    near = np.concatenate([(unit[left] * unit[own]).sum(1), (unit[left] * unit[right]).sum(1)])
    same = np.concatenate([np.ones(PAIRS), np.zeros(PAIRS)])
    kept = np.concatenate([np.ones(PAIRS, bool), apart])
    return float(
        auc(near[kept, None].astype(np.float64), same[kept, None].astype(np.float64)).values[0]
    )
