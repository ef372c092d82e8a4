"""Who trains, who validates, who is tested: subject-exclusive splits, and leakage refused.

Assignment depends on names and seed alone (through SHA-256), not on the order of a listing, the
machine or the NumPy version.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final, Literal

import numpy as np
from jaxtyping import Int, Shaped

from mien.errors import MienError

Part = Literal["train", "validation", "test"]
"""The parts of a split."""
PARTS: Final[tuple[Part, ...]] = ("train", "validation", "test")
"""The parts in order."""


@dataclass(frozen=True, kw_only=True)
class Split:
    """Subjects of the three parts; no subject is in two of them.

    Raises:
        MienError: a subject is in two parts; the message names those subjects.
    """

    train: tuple[str, ...]
    """Subjects to train on."""
    validation: tuple[str, ...] = ()
    """Subjects to choose epochs and thresholds on."""
    test: tuple[str, ...] = ()
    """Subjects to report on, and for nothing else."""
    name: str = ""
    """Name of the test part, such as "P1"."""

    def __post_init__(self) -> None:
        """Refuse leakage."""
        for one, other in combinations(PARTS, 2):
            shared = sorted(set(getattr(self, one)) & set(getattr(self, other)))
            if shared:
                raise MienError(
                    f"{one} and {other} share subjects: {', '.join(shared)}",
                    remedy="give every subject to one part only",
                )

    def __repr__(self) -> str:
        sizes = ", ".join(f"{part} {len(getattr(self, part))}" for part in PARTS)
        return f"Split({self.name + ': ' if self.name else ''}{sizes})"

    def rows(self, subjects: Shaped[np.ndarray, "row"], part: Part) -> Int[np.ndarray, "rows"]:
        """Rows of a table whose subject is in `part`, ascending.

        Args:
            subjects: the subject of each row.
            part: which part.
        """
        return np.flatnonzero(np.isin(subjects, list(getattr(self, part))))

    def check(self, subjects: Iterable[str]) -> None:
        """Compare with the subjects a corpus holds.

        Raises:
            MienError: a subject of the split is not in the corpus; the message names it.
        """
        there = set(subjects)
        named = (each for part in PARTS for each in getattr(self, part))
        missing = sorted(each for each in named if each not in there)
        if missing:
            raise MienError(
                f"the corpus lacks subjects of the split: {', '.join(missing)}",
                remedy="check that the corpus is complete, or make a split from its subjects",
            )


def folds(
    subjects: Iterable[str], count: int, *, seed: int = 0, validation: float = 0.2
) -> tuple[Split, ...]:
    """Subject-exclusive k-fold: each subject is tested once, and validation comes out of train.

    Args:
        subjects: subject names; duplicates count once.
        count: how many folds (k), at least 2.
        seed: another seed, another assignment.
        validation: share of each fold's training subjects set aside to validate (at least one
            subject, unless it is 0).

    Returns:
        One split per fold, named "K1" to "Kk" by test part; test parts differ by at most one.

    Raises:
        MienError: too few subjects for so many folds.
    """
    names = shuffled(subjects, seed=seed)
    if count < 2 or len(names) < count or len(names) - -(-len(names) // count) < 2:
        raise MienError(
            f"{len(names)} subjects are too few for {count} folds with validation subjects"
            if count >= 2
            else f"{count} is not a number of folds",
            remedy="use fewer folds (at least 2) or more subjects",
        )
    tests = {f"K{fold + 1}": tuple(names[fold::count]) for fold in range(count)}
    return splits(tests, seed=seed, validation=validation)


def splits(
    parts: dict[str, tuple[str, ...]], *, seed: int = 0, validation: float = 0.2
) -> tuple[Split, ...]:
    """One split per named test part: it is tested, the others train and validate.

    Args:
        parts: subjects of each part, which must not overlap.
        seed: choice of the validation subjects.
        validation: as in `folds`.

    Raises:
        MienError: two parts share a subject.
    """
    for one, other in combinations(parts, 2):
        Split(train=parts[one], test=parts[other], name=f"{one} and {other}")
    made = []
    for name, test in parts.items():
        rest = [each for other, part in parts.items() if other != name for each in part]
        made.append(_with_validation(name, rest, test, seed, validation))
    return tuple(made)


def few(split: Split, count: int, *, seed: int = 0) -> Split:
    """Keep the labels of `count` training subjects only; with one seed, fewer is a subset of more.

    Raises:
        MienError: there are fewer training subjects than that, or `count` is not positive.
    """
    if not 1 <= count <= len(split.train):
        raise MienError(
            f"cannot keep {count} of {len(split.train)} training subjects",
            remedy=f"ask for 1 to {len(split.train)}",
        )
    return replace(split, train=tuple(sorted(shuffled(split.train, seed=seed, salt="few")[:count])))


def shuffled(subjects: Iterable[str], *, seed: int, salt: str = "") -> list[str]:
    """Distinct subjects in an order that depends on their names, seed and salt only."""

    def key(name: str) -> tuple[bytes, str]:
        return hashlib.sha256(f"{salt}|{seed}|{name}".encode()).digest(), name

    return sorted(set(subjects), key=key)


def _with_validation(
    name: str, rest: Sequence[str], test: Sequence[str], seed: int, validation: float
) -> Split:
    order = shuffled(rest, seed=seed, salt=f"validation {name}")
    size = max(1, round(validation * len(order))) if validation > 0 else 0
    if size >= len(order):
        raise MienError(
            f"{len(order)} training subjects are too few for validation",
            remedy="lower the share of validation subjects or use more subjects",
        )
    return Split(
        train=tuple(sorted(order[size:])),
        validation=tuple(sorted(order[:size])),
        test=tuple(sorted(test)),
        name=name,
    )
