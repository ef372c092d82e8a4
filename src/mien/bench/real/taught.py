"""A reader taught by the lab alone is tried on photographs of people.

Stores and runs are made once and taken up again; nothing here depends on the photographs but the
figures at the end.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from time import monotonic

import numpy as np
import torch
from jaxtyping import Float64

from mien.bench.clock import Tell
from mien.bench.real.orl_codes import UNITS
from mien.bench.real.orl_measure import Judged, judge
from mien.bench.real.orl_photos import Photos
from mien.bench.real.plan import MARGIN, Plan
from mien.data.store import Store
from mien.engine import folder
from mien.engine.evaluate import predictor
from mien.engine.plan import prepare
from mien.engine.reading import read, truth
from mien.engine.train import train
from mien.errors import MienError
from mien.lab.corpus.make import make
from mien.methods.labels import LabelledMethod
from mien.methods.method import PredictingModule
from mien.metrics.auc import auc
from mien.recipes.run import Run


@dataclass(frozen=True, kw_only=True, eq=False)
class Reader:
    """A finished run, ready to read."""

    name: str
    run: Run
    module: PredictingModule

    @property
    def units(self) -> tuple[int, ...]:
        """What it reads."""
        assert isinstance(self.run.method, LabelledMethod)
        return self.run.method.aus


@dataclass(frozen=True, kw_only=True, eq=False)
class Result:
    """One reader's figures."""

    name: str
    scores: Mapping[int, Float64[np.ndarray, " photo"]]
    """Probability of each unit, photograph by photograph."""
    judged: Judged
    lab: Mapping[str, float]
    """Mean AUC over units on held-out people of each look's store."""
    averaged: bool = False
    """Whether it is the average of several readers."""


def prepare_stores(plan: Plan, *, until: float | None = None, tell: Tell = print) -> bool:
    """Render a store for each look and size; False where time ran out."""
    for look, size in product(plan.looks, plan.sizes):
        tell(f"render {look}: {plan.people} people, {size + MARGIN} px")
        made = make(
            plan.scenario,
            plan.store(look, size),
            size=size + MARGIN,
            seed=plan.lab_seed,
            jobs=plan.jobs,
            renderer=plan.renderer(look),
            max_seconds=None if until is None else max(0.0, until - monotonic()),
        )
        if not made.finished:
            return False
    return True


def train_runs(plan: Plan, *, until: float | None = None, tell: Tell = print) -> bool:
    """Train every look, size and seed; False where time ran out."""
    for look, size, seed in product(plan.looks, plan.sizes, range(plan.seeds)):
        run, out = plan.recipe(size, seed), plan.run_folder(look, size, seed)
        tell(f"train {out.name}: {run.steps} steps of {run.batch}")
        left = None if until is None else max(0.0, until - monotonic())
        outcome = train(run, out, store=plan.store(look, size), max_seconds=left)
        if outcome.reason in {"SIGINT", "SIGTERM"}:
            raise KeyboardInterrupt
        if outcome.status != "finished":
            return False
    return True


def results(plan: Plan, photos: Photos) -> list[Result]:
    """Judge every run of the plan, on photographs and on held-out people of every look.

    Where a look has several runs, their average is judged as one more reader.
    """
    found = []
    for look in plan.looks:
        alike = []
        for size, seed in product(plan.sizes, range(plan.seeds)):
            reader = open_reader(plan.run_folder(look, size, seed))
            lab = {other: held_out(reader, plan.store(other, size)) for other in plan.looks}
            alike.append(try_on(reader, photos, lab=lab))
        found += alike
        if len(alike) > 1:
            found.append(average(alike, photos, name=f"{look}, averaged"))
    return found


def average(found: Sequence[Result], photos: Photos, *, name: str) -> Result:
    """Several readers as one: their probabilities averaged, unit by unit."""
    scores = mean_scores(found)
    return Result(name=name, scores=scores, judged=judge(scores, photos), lab={}, averaged=True)


def open_reader(run_folder: Path) -> Reader:
    """The last weights of a finished run.

    Raises:
        MienError: it is not finished, or does not read the coded units.
    """
    run, state = folder.read_run(run_folder), folder.read_final(run_folder)
    reader = Reader(name=run_folder.name, run=run, module=predictor(run, state, run_folder))
    if not (isinstance(run.method, LabelledMethod) and set(UNITS) <= set(run.method.aus)):
        raise MienError(
            "the run does not read units " + ", ".join(map(str, UNITS)),
            remedy="train the recipe lab-probe",
            path=run_folder,
        )
    return reader


def try_on(reader: Reader, photos: Photos, *, lab: Mapping[str, float]) -> Result:
    """Score the photographs and judge the scores."""
    found = read_crops(reader, photos.crops(reader.run.backbone.size))
    scores = {unit: found[:, column] for column, unit in enumerate(reader.units)}
    return Result(name=reader.name, scores=scores, judged=judge(scores, photos), lab=lab)


def read_crops(reader: Reader, crops: np.ndarray) -> Float64[np.ndarray, "photo unit"]:
    """Probability of each unit on crops (photo, size, size, 3), uint8; mean with the mirrored."""
    pixels = torch.from_numpy(np.ascontiguousarray(crops)).permute(0, 3, 1, 2).float() / 255
    parts = [
        (reader.module.predict(part)["au"] + reader.module.predict(part.flip(3))["au"]) / 2
        for part in pixels.split(64)
    ]
    return torch.cat(parts).double().numpy()


def held_out(reader: Reader, store: Path) -> float:
    """Mean AUC over units on the test people of a store, which has the same split for all looks."""
    with closing(Store(store)) as opened:
        known = truth(prepare(reader.run, opened).parts["test"])
        found = read(
            reader.module,
            opened,
            known.rows,
            size=reader.run.backbone.size,
            device=torch.device("cpu"),
        )
    return float(np.nanmean(auc(found["au"], known.occurrence).values))


def mean_scores(found: Sequence[Result]) -> dict[int, Float64[np.ndarray, " photo"]]:
    """Scores averaged over readers, unit by unit."""
    return {
        unit: np.mean([result.scores[unit] for result in found], axis=0) for unit in found[0].scores
    }
