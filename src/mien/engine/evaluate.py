"""A finished run on its held-out subjects: metrics.json, predictions.parquet, report.html.

The last epoch is the result. The epoch chosen on validation subjects stands beside it, and so do
thresholds chosen on them; nothing is ever chosen on test subjects.
"""

import json
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mien import __version__, atomic
from mien.data.store import Store
from mien.engine import folder
from mien.engine.checkpoint import State
from mien.engine.illustrate import evaluation_report
from mien.engine.plan import RunData, prepare
from mien.engine.ranks import device_named
from mien.engine.reading import AFFECT, Predictions, Truth, read, truth
from mien.engine.work import load_weights
from mien.errors import MienError
from mien.facs import au_column, intensity_column
from mien.methods.method import PredictingModule
from mien.metrics import blocks, threshold
from mien.metrics.protocol import PARTS, Part
from mien.recipes.run import Run
from mien.report import page

METRICS, PREDICTIONS, REPORT = "metrics.json", "predictions.parquet", "report.html"
Which = Literal["last", "chosen"]
"""Weights of the last epoch, or of the one chosen on validation subjects."""
Block = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What `evaluate` found; the same is in its files."""

    metrics: Block
    """The content of metrics.json."""
    predictions: dict[tuple[Which, Part], Predictions] = field(repr=False)
    """Predictions by weights and part, embeddings included."""
    truth: dict[Part, Truth]
    """The labels of the same rows."""
    folder: Path
    """Where the files are."""


def evaluate(
    run_folder: str | PathLike[str],
    store: str | PathLike[str],
    *,
    out: str | PathLike[str] | None = None,
    device: str = "cpu",
    packages: tuple[str, ...] = (),
) -> Evaluation:
    """Score a finished run on the validation and test subjects of its own split.

    Args:
        run_folder: a finished run.
        store: the store it was trained on.
        out: where to write; `evaluation` in the run's folder by default.
        device: where to compute.
        packages: packages of your own that the recipe's classes come from.

    Raises:
        MienError: the run is not finished, predicts nothing, or the store is another one.
    """
    run_folder = Path(run_folder)
    target = run_folder / "evaluation" if out is None else Path(out)
    run, state = folder.read_run(run_folder, packages=packages), folder.read_final(run_folder)
    where = device_named(device)
    opened = Store(store)
    try:
        data = prepare(run, opened)
        same_store(run_folder, data)
        known: dict[Part, Truth] = {p: truth(data.parts[p]) for p in ("validation", "test")}
        found: dict[tuple[Which, Part], Predictions] = {}
        for which, weights in _weights(state).items():
            module = predictor(run, weights, run_folder).to(where)
            for part, labels in known.items():
                found[which, part] = read(
                    module, opened, labels.rows, size=run.backbone.size, device=where
                )
        metrics = _metrics(run, state, data, found, known)
        target.mkdir(parents=True, exist_ok=True)
        atomic.write_text(target / METRICS, json.dumps(metrics, indent=1) + "\n")
        with atomic.file(target / PREDICTIONS) as temporary:
            pq.write_table(_table(opened, found, known), temporary)
        illustrated = evaluation_report(
            metrics, found["last", "test"], known["test"], run_folder=run_folder, store=opened
        )
        page.write(illustrated, target / REPORT)
    finally:
        opened.close()
    return Evaluation(metrics=metrics, predictions=found, truth=known, folder=target)


def predictor(run: Run, state: State, run_folder: Path) -> PredictingModule:
    """The run's module with given weights, in evaluation mode.

    Raises:
        MienError: the method predicts nothing, or the weights do not fit.
    """
    module = run.method.blank().build(run.backbone.blank(), seed=run.seed)
    if not isinstance(module, PredictingModule):
        raise MienError(
            f"{run.name} learns an encoder and reads no faces by itself",
            remedy="fine-tune from it: train a recipe whose `init` is this folder",
            path=run_folder,
        )
    load_weights(module, state, run_folder)
    module.eval()
    return module


def _weights(state: State) -> dict[Which, State]:
    found: dict[Which, State] = {"last": state}
    if state.chosen is not None:
        found["chosen"] = State(step=_chosen_step(state), model=state.chosen)
    return found


def _selection(state: State) -> dict[str, Any]:
    record = state.scalars["selection"]
    assert isinstance(record, dict)
    return record


def _chosen_step(state: State) -> int:
    return int(_selection(state)["step"])


def same_store(run_folder: Path, data: RunData) -> None:
    """See that the data are those that the run was trained on.

    Raises:
        MienError: the store is another one, or has changed.
    """
    if folder.read_split(run_folder) != json.loads(json.dumps(data.record())):
        raise MienError(
            "the store is not the one this run was trained on, or has changed since",
            remedy="name the store that its split.json describes",
            path=data.store.path,
        )


def _metrics(
    run: Run,
    state: State,
    data: RunData,
    found: dict[tuple[Which, Part], Predictions],
    known: dict[Part, Truth],
) -> Block:
    resampling = blocks.Resampling()
    results: Block = {}
    for which, weights in _weights(state).items():
        chosen = None
        if "au" in found[which, "validation"] and len(known["validation"]):
            chosen = threshold.choose(
                found[which, "validation"]["au"], known["validation"].occurrence
            )
        results[which] = {
            **_epoch(state, weights.step),
            **({"chosen_by": "validation score"} if which == "chosen" else {}),
            **_blocks(found[which, "test"], known["test"], chosen, resampling),
        }
    return {
        "format": 1,
        "name": run.name,
        "seed": run.seed,
        "mien_version": __version__,
        "store": {"name": data.store.facts.name, "digest": data.store.digest},
        "protocol": {
            "kind": data.kind,
            "name": data.split.name,
            "subjects": {part: list(getattr(data.split, part)) for part in PARTS},
            "rows": {part: len(data.parts[part]) for part in PARTS},
        },
        "bootstrap": resampling.block(),
        "headline": blocks.headline(results["last"]),
        "results": results,
    }


def _epoch(state: State, step: int) -> Block:
    for entry in _selection(state)["history"]:
        if entry["step"] == step:
            return {"step": step, "epoch": entry["epoch"]}
    return {"step": step}


def _blocks(
    predictions: Predictions,
    known: Truth,
    chosen: np.ndarray | None,
    resampling: blocks.Resampling,
) -> Block:
    result: Block = {}
    if "au" in predictions:
        result["au"] = blocks.unit_block(
            predictions["au"],
            known.occurrence,
            known.subjects,
            aus=known.aus,
            chosen=chosen,
            resampling=resampling,
        )
    if "intensity" in predictions:
        result["intensity"] = blocks.agreement_block(
            predictions["intensity"],
            known.intensity,
            known.subjects,
            labels=known.aus,
            resampling=resampling,
        )
    if "expression" in predictions:
        result["expression"] = blocks.expression_block(
            predictions["expression"],
            known.expression,
            known.subjects,
            names=known.expressions,
            resampling=resampling,
        )
    if "affect" in predictions:
        result["affect"] = blocks.agreement_block(
            predictions["affect"],
            known.affect,
            known.subjects,
            labels=AFFECT,
            resampling=resampling,
        )
    return result


def _table(
    store: Store,
    found: dict[tuple[Which, Part], Predictions],
    known: dict[Part, Truth],
) -> pa.Table:
    """One row per sample and weights: identity, predictions, and the labels as `*_true`."""
    identity = store.select(["sample_id", "subject", "clip", "activity", "frame"])
    tables = []
    for (which, part), predictions in found.items():
        labels = known[part]
        if not len(labels):
            continue
        columns = {
            "weights": [which] * len(labels),
            "part": [part] * len(labels),
            "row": labels.rows,
            **_named(predictions, labels),
        }
        table = identity.take(labels.rows)
        for name, values in columns.items():
            table = table.append_column(name, pa.array(values))
        tables.append(table)
    return pa.concat_tables(tables)


def _named(predictions: Predictions, labels: Truth) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, au in enumerate(labels.aus):
        for key, column, told in (
            ("au", au_column(au), labels.occurrence),
            ("intensity", intensity_column(au), labels.intensity),
        ):
            if key in predictions:
                found[column] = predictions[key][:, place]
                found[f"{column}_true"] = told[:, place]
    if "expression" in predictions:
        for place, name in enumerate(labels.expressions):
            found[f"expression_{name}"] = predictions["expression"][:, place]
        names = np.asarray([*labels.expressions, ""], dtype=object)
        found["expression_true"] = names[labels.expression]
    if "affect" in predictions:
        for place, name in enumerate(AFFECT):
            found[name] = predictions["affect"][:, place]
            found[f"{name}_true"] = labels.affect[:, place]
    return found
