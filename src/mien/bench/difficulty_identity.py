"""How well identity can be read from frozen features: the strongest thing in the pictures."""

from typing import Any, Literal

import numpy as np
from jaxtyping import Bool, Float32, Int64

from mien.bench.difficulty_plan import Plan, frozen_features
from mien.bench.linear import ridge_guess, standardised
from mien.data.store import Store
from mien.metrics.auc import auc

Halves = Literal["clips", "frames"]
"""What is learnt from and what is tried: every second clip of each person, or every second frame of
each clip."""
PAIRS = 20_000
"""Pairs of pictures of two people, for the AUC of telling one person from two."""


def identity(plan: Plan, part: str, net: str, *, halves: Halves = "clips") -> dict[str, Any]:
    """Share of pictures whose person is guessed, from pictures of the same people elsewhere.

    Trained on every second clip of each person, tested on the others: other activities in
    `interview`, other places in `wild` and `talking`. Every second frame of each clip instead is
    the easy question that corpora with one room a person ask.
    """
    features = frozen_features(plan, part, net)
    with plan.open_store(part) as store:
        people, second = clips_of(store)
    if halves == "frames":
        second = np.arange(len(people)) % 2 == 1
    rows = np.flatnonzero(~second)
    known = standardised(features, rows)
    said = ridge_guess(known[rows], people[rows], known[second])
    return {
        "accuracy": float((said == people[second]).mean()),
        "chance": 1.0 / (int(people.max()) + 1),
        "same_person_auc": same_person(known, people, second),
        "people": int(people.max()) + 1,
        "pictures": len(people),
    }


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
