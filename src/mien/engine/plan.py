"""The data side of a run: which rows of the store it trains on, validates by and tests on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.data.loader import Labelled
from mien.data.store import Store
from mien.engine.checkpoint import Json
from mien.engine.ranks import Ranks
from mien.errors import MienError
from mien.methods.activities import listed
from mien.methods.clef_stage1 import ClefPretrain
from mien.methods.labels import LabelledMethod
from mien.metrics.protocol import PARTS, Part, Split, few, folds
from mien.recipes.run import DataPlan, Run


@dataclass(frozen=True, kw_only=True, eq=False)
class RunData:
    """What a run reads."""

    store: Store
    """The images."""
    split: Split
    """Who is in which part."""
    parts: Mapping[Part, Labelled]
    """The rows of each part with their labels."""
    named: bool = True
    """Whether the store says who is on its images; else each image was dealt by itself."""

    @property
    def kind(self) -> str:
        """What the parts have in common, for reports; follows the number of folds."""
        return "subject-exclusive" if self.named else "by image, subjects unknown"

    def record(self) -> dict[str, Json]:
        """What `split.json` says."""
        subjects: dict[str, Json] = {part: list(getattr(self.split, part)) for part in PARTS}
        return {
            "store": self.store.facts.name,
            "digest": self.store.digest,
            "template": self.store.facts.template,
            "template_digest": self.store.facts.template_digest,
            "name": self.split.name,
            "subjects": subjects,
            "rows": {part: len(self.parts[part]) for part in PARTS},
        }


@dataclass(frozen=True)
class Length:
    """How long a run is, in optimiser steps."""

    per_epoch: int
    steps: int

    def place(self, step: int) -> tuple[int, int]:
        """The epoch of a step, and the step's number in it."""
        return divmod(step, self.per_epoch)

    def ends_epoch(self, step: int) -> bool:
        """Whether an epoch, or the run, has ended once `step` steps are taken."""
        return step % self.per_epoch == 0 or step == self.steps


def prepare(run: Run, store: Store) -> RunData:
    """Deal the store's subjects by the run's plan and read their labels.

    Raises:
        MienError: too few subjects or rows for the plan, texts of other activities, or a task
            that no training row is labelled for.
    """
    _check_texts(run)
    subjects, named = people(store)
    split = deal(run.data, set(subjects) - {""})
    method = run.method
    aus, expressions = (), ()
    if isinstance(method, LabelledMethod):
        aus, expressions = method.aus, method.expressions
    parts: dict[Part, Labelled] = {
        part: Labelled.of(
            store,
            split.rows(subjects, part).astype(np.int64),
            aus=aus,
            expressions=expressions,
            activities=_activities(run.data),
            threshold=run.data.threshold,
        )
        for part in PARTS
    }
    _check_labels(run, parts["train"])
    return RunData(store=store, split=split, parts=parts, named=named)


def people(store: Store) -> tuple[npt.NDArray[np.object_], bool]:
    """Who is on each image, and whether the store says so.

    Where it names nobody (a folder of expressions), every image stands for a person of its own:
    then nothing can keep a person out of both training and test.
    """
    subjects = store.column("subject")
    named = bool((subjects != "").any())
    return (subjects if named else store.column("sample_id")), named


def refuse_leakage(data: RunData, before: Mapping[str, Json], *, source: str) -> None:
    """See that the run whose weights we inherit has not met the subjects we test on.

    Args:
        data: our data.
        before: that run's `split.json`.
        source: that run's folder, for the message.

    Raises:
        MienError: it learned from our validation or test subjects, on the same store or on one of
            the same name: a store that was rendered at another size, or that has forgotten
            somebody, shows the same people.
    """
    subjects = before["subjects"]
    assert isinstance(subjects, dict)
    known = subjects["train"]
    assert isinstance(known, list)
    shared = set(known) & {*data.split.test, *data.split.validation}
    same = before["digest"] == data.store.digest or before.get("store") == data.store.facts.name
    if same and shared:
        raise MienError(
            f"the run in {source} learned from subjects that are held out here: "
            + ", ".join(sorted(map(str, shared))),
            remedy="train both with the same folds, fold, split_seed and validation share; if "
            "these are other people of the same names, give their store another name",
        )


def length(run: Run, data: RunData, ranks: Ranks) -> Length:
    """How many steps a run takes.

    Raises:
        MienError: a batch does not divide evenly among processes and micro-batches, or there
            are too few rows to fill one.
    """
    share = ranks.size * run.accumulation
    codes, sampler = data.parts["train"].codes, run.data.sampler
    per_epoch = sampler.steps(codes, size=run.batch)
    last = sampler.batch(codes, seed=run.seed, epoch=0, step=per_epoch - 1, size=run.batch)
    for size in {run.batch, len(last)} if share > 1 else ():
        if size % share:
            raise MienError(
                f"a batch of {size} does not divide among {ranks.size} processes with "
                f"{run.accumulation} micro-batches each",
                remedy=f"make the batch a multiple of {share}, and drop short batches",
            )
    steps = run.steps if run.epochs is None else run.epochs * per_epoch
    return Length(per_epoch, steps or 0)


def deal(plan: DataPlan, subjects: set[str]) -> Split:
    """The split of a plan over the subjects that a store holds.

    Raises:
        MienError: the fold does not exist, or there are too few subjects.
    """
    if not 0 <= plan.fold < plan.folds:
        raise MienError(
            f"there is no fold {plan.fold} among {plan.folds}",
            remedy=f"folds count from 0: choose 0 to {plan.folds - 1}",
        )
    made = folds(subjects, plan.folds, seed=plan.split_seed, validation=plan.validation)
    split = made[plan.fold]
    if plan.label_subjects is None:
        return split
    return few(split, plan.label_subjects, seed=plan.split_seed)


def _activities(plan: DataPlan) -> tuple[str, ...] | None:
    if plan.activities is None:
        return None
    codes = tuple(activity.code for activity in listed(plan.activities))
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise MienError(
            f"in the activities {plan.activities} the code {twice[0]} means two things",
            remedy="name one corpus: a store's codes do not say which corpus they are from",
        )
    return codes


def _check_labels(run: Run, train: Labelled) -> None:
    """See that every task has something to learn from: else its outputs would be noise."""
    if not isinstance(run.method, LabelledMethod):
        return
    targets = train.targets
    known = {
        "au": bool((~np.isnan(targets.occurrence)).any()),
        "intensity": bool((~np.isnan(targets.intensity)).any()),
        "expression": bool((targets.expression >= 0).any()),
        "affect": bool((~np.isnan(targets.affect)).any()),
    }
    missing = [task for task in run.method.labels if not known[task]]
    if missing:
        raise MienError(
            f"{run.name} is to learn {', '.join(missing)}, but no training row has such a label",
            remedy=f"label some rows, or leave the task out: --method.weights.{missing[0]} 0",
            path=train.store.path,
        )


def _check_texts(run: Run) -> None:
    """See that the texts of stage 1 are those of the activities that batches are numbered by."""
    method = run.method
    if not isinstance(method, ClefPretrain) or not (method.texts or method.merge != "none"):
        return
    if run.data.activities != method.activities:
        raise MienError(
            f"batches number the activities of {run.data.activities}, texts those of "
            f"{method.activities}",
            remedy="give data.activities and method.activities the same name",
        )
