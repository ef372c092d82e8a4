"""What a trained reader says of people it has not seen, kept row by row for paired statistics."""

from pathlib import Path
from typing import Any

import numpy as np

from mien.bench.papers.paper import PartName
from mien.bench.trials.plan import Plan
from mien.data.loader import Labelled
from mien.engine.evaluate import predictor
from mien.engine.folder import read_final, read_run
from mien.engine.parts import parts
from mien.engine.ranks import device_named
from mien.engine.reading import read, truth
from mien.methods.labels import LabelledMethod
from mien.recipes.run import Run

Readings = dict[str, np.ndarray]
"""`subjects`, and per kind of label `au`, `intensity`, `expression`, `affect` (scores) with
`au_true` and so on; or `hit`."""


def readings(
    plan: Plan, key: str, folder: Path, part: PartName, *, device: str | None
) -> dict[str, Readings]:
    """A finished reader on its own test people; a reader of `interview` on `wild`, too.

    Returns:
        Readings under `key`, and under `key-in-wild`.
    """
    run = read_run(folder)
    found = {key: _read(plan, run, folder, part, rows=_test(plan, run, part), device=device)}
    if part == "interview":
        rows = wild_rows(plan, run.seed)
        found[f"{key}-in-wild"] = _read(plan, run, folder, "wild", rows=rows, device=device)
    return found


def wild_rows(plan: Plan, seed: int) -> np.ndarray:
    """Pictures of `wild` that encoders are asked about: evenly spaced, other ones at each seed."""
    with plan.open_store("wild") as store:
        count = len(store)
    step = max(1, count // plan.budget.pictures)
    return np.arange(seed % step, count, step)[: plan.budget.pictures]


def wild_people(plan: Plan, seed: int) -> np.ndarray:
    """All pictures of some people of `wild`, evenly spaced, other people at each seed.

    As many pictures as an encoder is asked about, or a few less.
    """
    with plan.open_store("wild") as store:
        subjects = store.column("subject")
    names, first, counts = np.unique(subjects, return_index=True, return_counts=True)
    names = names[np.argsort(first)]
    wanted = max(2, plan.budget.pictures // int(counts.max()))
    step = max(1, len(names) // wanted)
    chosen = names[seed % step :: step][:wanted]
    return np.flatnonzero(np.isin(subjects, chosen))


def _test(plan: Plan, run: Run, part: PartName) -> np.ndarray:
    with plan.open_store(part) as store:
        return parts(run.data, store).rows["test"]


def _read(
    plan: Plan, run: Run, folder: Path, part: PartName, *, rows: np.ndarray, device: str | None
) -> Readings:
    method, where = run.method, device_named(device)
    assert isinstance(method, LabelledMethod)
    with plan.open_store(part) as store:
        known = truth(
            Labelled.of(
                store, rows, aus=method.aus, expressions=method.expressions,
                threshold=run.data.threshold,
            )
        )  # fmt: skip
        module = predictor(run, read_final(folder), folder).to(where)
        said = read(module, store, known.rows, size=run.backbone.size, device=where)
        subjects = store.column("subject")[rows].astype(str)
    true: dict[str, Any] = {
        "au": known.occurrence,
        "intensity": known.intensity,
        "expression": known.expression,
        "affect": known.affect,
    }
    kinds = [kind for kind in true if kind in said]
    return {
        "subjects": subjects,
        **{kind: np.asarray(said[kind], np.float32) for kind in kinds},
        **{f"{kind}_true": np.asarray(true[kind]) for kind in kinds},
    }
