"""The data side of a run: which rows of the store it trains on, validates by and tests on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from mien.data.loader import Labelled
from mien.data.store import Store
from mien.data.tables import read_table
from mien.data.tuples import Tuples
from mien.engine.checkpoint import Json
from mien.engine.grouped import check_groups, check_memory
from mien.engine.parts import parts
from mien.engine.ranks import Ranks
from mien.engine.taught import activities, check_taught
from mien.errors import MienError
from mien.methods.labels import LabelledMethod
from mien.methods.supcon import SupCon
from mien.metrics.protocol import PARTS, Part, Split
from mien.recipes.run import Run


@dataclass(frozen=True, kw_only=True, eq=False)
class RunData:
    """What a run reads."""

    store: Store
    """The images."""
    split: Split
    """Who is in which part."""
    parts: Mapping[Part, Labelled]
    """The rows of each part with their labels."""
    kind: str
    """How the parts came about, for reports."""
    clips: tuple[int, int] | None = None
    """Training clips that SSLFER's tuples are drawn from, and those too short for them; None where
    no tuples are drawn."""

    def record(self) -> dict[str, Json]:
        """What `split.json` says."""
        subjects: dict[str, Json] = {part: list(getattr(self.split, part)) for part in PARTS}
        found: dict[str, Json] = {
            "store": self.store.facts.name,
            "digest": self.store.digest,
            "template": self.store.facts.template,
            "template_digest": self.store.facts.template_digest,
            "name": self.split.name,
            "subjects": subjects,
            "rows": {part: len(self.parts[part]) for part in PARTS},
        }
        if self.clips is not None:
            found["clips"] = {"kept": self.clips[0], "dropped": self.clips[1]}
        return found


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
    """Part the store's subjects by the run's plan and read their labels.

    Raises:
        MienError: too few subjects or rows for the plan, texts of other activities, or something
            to learn that no training row tells.
    """
    numbered = activities(run, store)
    found = parts(run.data, store)
    method = run.method
    aus, expressions = (), ()
    if isinstance(method, LabelledMethod):
        aus, expressions = method.aus, method.expressions
    elif isinstance(method, SupCon):
        expressions = method.expressions
    labelled: dict[Part, Labelled] = {
        part: Labelled.of(
            store,
            rows,
            aus=aus,
            expressions=expressions,
            activities=numbered,
            threshold=run.data.threshold,
        )
        for part, rows in found.rows.items()
    }
    if isinstance(method, LabelledMethod) and method.tables:
        labelled = {part: _with_tables(each, method.tables) for part, each in labelled.items()}
    check_taught(run, labelled["train"])
    sampler = run.data.sampler
    clips = sampler.kept(labelled["train"].codes) if isinstance(sampler, Tuples) else None
    return RunData(store=store, split=found.split, parts=labelled, kind=found.kind, clips=clips)


def _with_tables(part: Labelled, wanted: Mapping[str, str]) -> Labelled:
    """A part with its rows of the tables beside the store.

    Raises:
        MienError: a table is missing or another store's.
    """
    found = {
        name: np.ascontiguousarray(read_table(part.store, name, kind=kind)[part.rows])
        for name, kind in wanted.items()
    }
    return replace(part, tables=found)


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
            remedy="train both with the same data.parts, folds, fold, split_seed and validation "
            "share; if these are other people of the same names, give their store another name",
        )


def length(run: Run, data: RunData, ranks: Ranks) -> Length:
    """How many steps a run takes.

    Raises:
        MienError: a batch does not divide evenly among processes and micro-batches, there
            are too few rows to fill one, or batches lack the groups that the method compares.
    """
    check_groups(run, ranks=ranks.size)
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
    steps = (run.steps if run.epochs is None else run.epochs * per_epoch) or 0
    check_memory(run, steps=steps)
    return Length(per_epoch, steps)
