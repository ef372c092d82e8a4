"""Everything that a representation is asked, on people that its readers were never taught on."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from mien.bench.questions.features import features_of, frozen_encoder
from mien.bench.questions.geometry import geometry
from mien.bench.questions.hidden import conditions, identity, places
from mien.bench.questions.labels import Known, mean_auc, neighbours, one_hot, probe
from mien.bench.trials.plan import Plan
from mien.bench.trials.readings import Readings, wild_people, wild_rows
from mien.data.loader import Labelled
from mien.data.store import Store
from mien.engine.log import METRICS, records
from mien.engine.parts import parts
from mien.engine.ranks import device_named
from mien.facs import DEMO_AUS, EXPRESSIONS_7
from mien.metrics.auc import auc
from mien.metrics.protocol import shuffled
from mien.models.backbone import ImageEncoder
from mien.recipes.run import DataPlan

WATCHED: Final = ("spread/deviation", "attention/entropy", "attention/same", "identity/accuracy")
"""Of a run's diary: spread of what is contrasted, where attention goes, what a head names."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a representation answered."""

    figures: dict[str, Any]
    """`identity`, `hidden`, `geometry`, `few` (AUC by labelled people), `watched` (in training)."""
    readings: dict[str, Readings]
    """`probe`, `neighbours`, `probe-in-wild` and `identity`, row by row; `places`, pair by pair."""


def questions(plan: Plan, run_folder: Path, seed: int, *, device: str | None) -> Asked:
    """Ask a finished run's frozen encoder.

    Labels are those of the training people of `interview`, the penalty is chosen on validation
    people, everything is tried on test people, and once more in `wild`. Identity is asked of the
    test people, whose clips share a room each, and of `wild`, where no two pictures share a place;
    light and pose of `wild`, where every picture has its own.
    """
    encoder, size = frozen_encoder(run_folder)
    encoder.to(device_named(device))
    where = device_named(device)
    with plan.open_store("wild") as store:
        rows = wild_rows(plan, seed)
        wild = features_of(encoder, size, store, rows, device=where)
        hidden = conditions(wild, store, rows, _half(store, rows, seed))
        subjects = store.column("subject").astype(str)
        elsewhere = {"subjects": subjects[rows], **_truth(store, rows)}
        some = wild_people(plan, seed)
        near, same, first = places(
            features_of(encoder, size, store, some, device=where), store, some
        )
    data = plan.run("clp-probe", "interview", seed).data
    with plan.open_store("interview") as store:
        asked = _interview(
            plan,
            store,
            data,
            encoder=encoder,
            size=size,
            seed=seed,
            wild=(wild, elsewhere),
            hidden=hidden,
        )
    told = auc(near[:, None], same[:, None].astype(np.float64)).values
    who = {**asked.figures["identity"], "across_places": float(told[0])}
    pairs = {"subjects": subjects[first], "near": near.astype(np.float32), "same": same}
    figures = {**asked.figures, "identity": who, "watched": watched(run_folder)}
    return Asked(figures=figures, readings={**asked.readings, "places": pairs})


def watched(run_folder: Path) -> dict[str, float]:
    """What a run's diary said last of collapse and attention, where it watches them."""
    lines = records(run_folder / METRICS)
    last = lines[-1] if lines else {}
    said = {name: last.get(name) for name in WATCHED}
    return {name: value for name, value in said.items() if isinstance(value, float)}


def _half(store: Store, rows: np.ndarray, seed: int) -> np.ndarray:
    """Rows of every second person, who teach what light and pose are."""
    subjects = store.column("subject")[rows]
    half = set(shuffled(subjects, seed=seed)[::2])
    return np.array([subject in half for subject in subjects])


def _interview(
    plan: Plan,
    store: Store,
    data: DataPlan,
    *,
    encoder: ImageEncoder,
    size: int,
    seed: int,
    wild: tuple[np.ndarray, Readings],
    hidden: dict[str, float],
) -> Asked:
    rows = parts(data, store).rows
    where = next(encoder.parameters()).device
    everything = np.arange(len(store))
    features = features_of(encoder, size, store, everything, device=where)
    true, test = _truth(store, everything), rows["test"]
    known = Known(
        features=features, truth=true["au_true"], train=rows["train"], validation=rows["validation"]
    )
    classes = one_hot(true["expression_true"], len(EXPRESSIONS_7))
    kinds = replace(known, truth=classes)
    subjects = store.column("subject").astype(str)
    tested = {"subjects": subjects[test], **{name: each[test] for name, each in true.items()}}
    hits, tried, who = identity(features[test], store, test)
    return Asked(
        figures={
            "identity": who,
            "hidden": hidden,
            "geometry": geometry(encoder, size, store, test, seed=seed),
            "few": _few(plan, known, subjects, test, seed),
        },
        readings={
            **_said(known, kinds, test, tested, wild),
            "identity": {"subjects": subjects[tried], "hit": hits},
        },
    )


def _said(
    known: Known,
    kinds: Known,
    test: np.ndarray,
    tested: Readings,
    wild: tuple[np.ndarray, Readings],
) -> dict[str, Readings]:
    """What probe and neighbours say of units and expressions, of test people and in wild."""
    mine, cut = known.features[test], len(test)
    both = np.concatenate([mine, wild[0]])
    au, expression = probe(known, both), probe(kinds, both)
    near = {"au": neighbours(known, mine), "expression": neighbours(kinds, mine)}
    return {
        "probe": {**tested, "au": au[:cut], "expression": expression[:cut]},
        "probe-in-wild": {**wild[1], "au": au[cut:], "expression": expression[cut:]},
        "neighbours": {**tested, **near},
    }


def _truth(store: Store, rows: np.ndarray) -> Readings:
    targets = Labelled.of(store, rows, aus=DEMO_AUS, expressions=EXPRESSIONS_7).targets
    return {"au_true": targets.occurrence, "expression_true": targets.expression}


def _few(
    plan: Plan, known: Known, subjects: np.ndarray, test: np.ndarray, seed: int
) -> dict[str, float]:
    """AUC of the probe by how many training people have labels."""
    people = shuffled(subjects[known.train], seed=seed, salt="few")
    found = {}
    for count in (*plan.budget.few, len(people)):
        if count > len(people):
            continue
        some = known.train[np.isin(subjects[known.train], people[:count])]
        said = probe(replace(known, train=some), known.features[test])
        found[str(count)] = mean_auc(said, known.truth[test])
    return found
