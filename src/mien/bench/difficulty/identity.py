"""How well identity can be read from frozen features: the strongest thing in the pictures."""

from typing import Any, Literal

import numpy as np

from mien.bench.difficulty.plan import Plan, frozen_features
from mien.bench.questions.linear import ridge_guess, standardised
from mien.bench.questions.people import clips_of, same_person

Halves = Literal["clips", "frames"]
"""What is learnt from and what is tried: every second clip of each person, or every second frame of
each clip."""


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
