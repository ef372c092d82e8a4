"""Who trains, validates and is tested in a run: dealt into folds, or as the store itself says."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from mien.data.store import Store
from mien.errors import MienError
from mien.metrics.protocol import PARTS, Part, Split, few, folds
from mien.recipes.run import DataPlan

NAMES: Final[Mapping[str, Part]] = {
    "train": "train",
    "validation": "validation",
    "val": "validation",
    "test": "test",
}
"""What the store's column `split` may say, and which part it means."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Parts:
    """The parts of a run, as subjects and as rows."""

    split: Split
    """Who is in which part."""
    rows: Mapping[Part, npt.NDArray[np.int64]]
    """The rows of each part, ascending."""
    kind: str
    """How they came about, and what they have in common, for reports."""


def parts(plan: DataPlan, store: Store) -> Parts:
    """The parts of a store by a plan.

    Rows of unknown subject are left out where others name theirs.

    Raises:
        MienError: the fold does not exist; there are too few subjects; the store names no rows
            to train on or to test on, or has a subject in two parts.
    """
    subjects, named = people(store)
    if plan.parts == "store":
        marks = np.array([NAMES.get(mark, "") for mark in store.column("split")], dtype=object)
        marks[subjects == ""] = ""
        split, kind = _stored(plan, store, subjects, marks), "the store's own parts"
    else:
        marks, split = None, _dealt(plan, set(subjects) - {""})
        kind = f"{plan.folds}-fold"
    rows: dict[Part, npt.NDArray[np.int64]] = {}
    for part in PARTS:
        found = split.rows(subjects, part).astype(np.int64)
        rows[part] = found if marks is None else found[marks[found] == part]
    common = "subject-exclusive" if named else "by image, subjects unknown"
    return Parts(split=split, rows=rows, kind=f"{kind}, {common}")


def people(store: Store) -> tuple[npt.NDArray[np.object_], bool]:
    """Who is on each image, and whether the store says so.

    Where it names nobody (a folder of expressions), every image stands for a person of its own:
    then nothing can keep a person out of both training and test.
    """
    subjects = store.column("subject")
    named = bool((subjects != "").any())
    return (subjects if named else store.column("sample_id")), named


def _dealt(plan: DataPlan, subjects: set[str]) -> Split:
    if not 0 <= plan.fold < plan.folds:
        raise MienError(
            f"there is no fold {plan.fold} among {plan.folds}",
            remedy=f"folds count from 0: choose 0 to {plan.folds - 1}",
        )
    made = folds(subjects, plan.folds, seed=plan.split_seed, validation=plan.validation)
    return _labelled(plan, made[plan.fold])


def _stored(
    plan: DataPlan,
    store: Store,
    subjects: npt.NDArray[np.object_],
    marks: npt.NDArray[np.object_],
) -> Split:
    who = {part: tuple(sorted(set(subjects[marks == part]))) for part in PARTS}
    missing = [part for part in ("train", "test") if not who[part]]
    if missing:
        counts = Counter(str(mark) or "nothing" for mark in store.column("split"))
        said = ", ".join(f"{mark} ({count})" for mark, count in sorted(counts.items()))
        raise MienError(
            f"no row of a known subject is marked {' or '.join(missing)}; the column split "
            f"says: {said}",
            remedy="mark rows as train, validation (or val) and test when you make the store, or "
            "have mien deal the subjects: --data.parts folds",
            path=store.path,
        )
    return _labelled(plan, Split(name="store", **who))


def _labelled(plan: DataPlan, split: Split) -> Split:
    if plan.label_subjects is not None:
        return few(split, plan.label_subjects, seed=plan.split_seed)
    if plan.label_share < 1:
        count = max(1, round(plan.label_share * len(split.train)))
        return few(split, count, seed=plan.split_seed)
    return split
