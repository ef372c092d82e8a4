"""Rungs between chance and the best that labels give: frozen probes, few labels, all labels."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
import torch

from mien.bench.clock import OutOfTime
from mien.bench.difficulty.plan import AUS, IMAGENET, Pieces, Plan, frozen_features
from mien.bench.questions.linear import logistic_scores, standardised
from mien.data.loader import Labelled
from mien.data.store import Store
from mien.engine.evaluate import predictor
from mien.engine.folder import read_final
from mien.engine.parts import parts
from mien.engine.reading import read
from mien.engine.train import train
from mien.methods.labels import Weights
from mien.methods.supervised import Supervised
from mien.metrics.auc import auc
from mien.metrics.f1 import f1_at
from mien.recipes.run import DataPlan, Optimiser, Run

PENALTIES: Final = (1e-3, 1e-2, 1e-1)
"""Of the probes' weights; the best on validation people is taken."""


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One way to read units."""

    name: str
    few: bool
    """Whether only few people have labels."""
    net: str = ""
    """Frozen encoder of a linear probe; "" fine-tunes the encoder from ImageNet weights."""


RUNGS: Final = (
    Rung(name="random encoder, frozen, few labels", few=True, net="random"),
    Rung(name="ImageNet encoder, frozen, few labels", few=True, net=IMAGENET),
    Rung(name="fine-tuned, few labels", few=True),
    Rung(name="fine-tuned, all labels", few=False),
)
"""From bottom to top; every step changes one thing."""
BESIDE: Final = (
    Rung(name="random encoder, frozen, all labels", few=False, net="random"),
    Rung(name="ImageNet encoder, frozen, all labels", few=False, net=IMAGENET),
)
"""The probes with all labels there are."""
STEPS: Final = (*pairwise(RUNGS), *pairwise((*BESIDE, RUNGS[2])))
"""What is compared: one rung after another, and probes that have all labels below a net that is
fine-tuned with few."""


def climb(pieces: Pieces, part: str, rung: Rung, seed: int) -> dict[str, float]:
    """AUC and F1 of a rung on unseen people, for one seed of split, weights and batches."""
    plan = pieces.plan
    data = DataPlan(
        fold=seed % 3, split_seed=seed, label_subjects=plan.few[part] if rung.few else None
    )
    if rung.net:
        net = IMAGENET if rung.net == IMAGENET else f"random-{seed}"
        return _probe(plan, part, net, data)
    return _fine_tune(pieces, part, rung, data, seed)


def _probe(plan: Plan, part: str, net: str, data: DataPlan) -> dict[str, float]:
    features = frozen_features(plan, part, net)
    with plan.open_store(part) as store:
        rows = parts(data, store).rows
        truth = _truth(store, np.arange(len(store)))
    learn, held, test = (rows[name] for name in ("train", "validation", "test"))
    known = standardised(features, learn)
    best: dict[str, float] = {}
    top = -1.0
    for penalty in PENALTIES:
        seen, unseen = logistic_scores(
            known[learn], truth[learn], [known[held], known[test]], penalty=penalty
        )
        chosen_by = _scores(seen, truth[held])["auc"]
        if chosen_by > top:
            top, best = chosen_by, _scores(unseen, truth[test])
    return best


def _fine_tune(
    pieces: Pieces, part: str, rung: Rung, data: DataPlan, seed: int
) -> dict[str, float]:
    plan = pieces.plan
    data = replace(data, validation=0.0)  # nothing is chosen here, so everyone may teach
    run = Run(
        name="difficulty",
        method=Supervised(aus=AUS, expressions=(), weights=Weights(au=1.0, expression=0.0)),
        backbone=plan.backbone,
        data=data,
        optimiser=Optimiser(lr_image=1e-3, lr_head=3e-3),
        steps=plan.few_steps if rung.few else plan.steps,
        batch=plan.batch,
        seed=seed,
    )
    folder = plan.work / "runs" / f"{part}-{'few' if rung.few else 'all'}-{seed}"
    store_path = plan.work / "lab" / part
    outcome = train(run, folder, store=store_path, max_seconds=pieces.clock.left(), progress=False)
    if outcome.reason in {"SIGINT", "SIGTERM"}:
        raise KeyboardInterrupt
    if outcome.status != "finished":
        raise OutOfTime
    with plan.open_store(part) as store:
        test = parts(data, store).rows["test"]
        module = predictor(run, read_final(folder), folder)
        said = read(module, store, test, size=run.backbone.size, device=torch.device("cpu"))
        return _scores(said["au"].astype(np.float64), _truth(store, test))


def _truth(store: Store, rows: np.ndarray) -> np.ndarray:
    return Labelled.of(store, rows, aus=AUS).targets.occurrence


def _scores(scores: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    names = [str(unit) for unit in AUS]
    known = truth.astype(np.float64)
    return {
        "auc": auc(scores, known).summary(names).mean,
        "f1": f1_at(scores, known).summary(names).mean,
    }


def steps_of(found: dict[str, list[dict[str, float]]], score: str) -> list[dict[str, Any]]:
    """What the second of each two rungs (`STEPS`) adds to the first, paired by seed.

    Args:
        found: scores of each seed, by rung.
        score: "auc" or "f1".

    Returns:
        For each step: names, mean gain, its standard deviation over seeds, the least gain, and
        whether the mean is above the deviation and no seed falls.
    """
    result = []
    for low, high in STEPS:
        gains = np.array(
            [b[score] - a[score] for a, b in zip(found[low.name], found[high.name], strict=True)]
        )
        spread = float(gains.std(ddof=1)) if len(gains) > 1 else 0.0
        clear = bool(gains.mean() > spread and gains.min() > 0.0)
        gain = {"mean": float(gains.mean()), "deviation": spread, "least": float(gains.min())}
        result.append({"from": low.name, "to": high.name, **gain, "clear": clear})
    return result
