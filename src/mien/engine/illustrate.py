"""The evaluation's page: curves, a map of the embedding, the faces read best and worst."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.data.store import Store
from mien.engine import log
from mien.engine.reading import Predictions, Truth
from mien.metrics.principal import principal_components
from mien.report.evaluation import evaluation_page
from mien.report.images import Picture, best_and_worst
from mien.report.page import Page
from mien.report.plots import Curve
from mien.report.sections import EmbeddingMap

POINTS = 1500
"""Most samples on the map."""
FACES = 8
"""Faces shown best, and worst."""


def evaluation_report(
    metrics: dict[str, Any],
    predictions: Predictions,
    known: Truth,
    *,
    run_folder: Path,
    store: Store,
) -> Page:
    """The page of one evaluated run.

    Args:
        metrics: the content of metrics.json.
        predictions: of the last epoch on the test rows.
        known: the labels of those rows.
        run_folder: where the training curves are.
        store: where the images are.
    """
    best, worst = extremes(predictions, known, store)
    return evaluation_page(
        metrics,
        curves=curves(run_folder),
        embedding=embedding_map(predictions, known),
        best=best,
        worst=worst,
    )


def extremes(
    predictions: Predictions, known: Truth, store: Store
) -> tuple[list[Picture], list[Picture]]:
    """The faces whose units were read best, and worst; none without units."""
    if "au" not in predictions or not len(known):
        return [], []
    errors = _errors(predictions["au"], known.occurrence)
    best, worst = (
        [_picture(store, predictions["au"], known, row) for row in rows]
        for rows in best_and_worst(errors.tolist(), count=FACES)
    )
    return best, worst


def curves(run_folder: Path) -> dict[str, list[Curve]]:
    """Losses and validation scores over steps, from the run's diary."""
    lines = log.records(run_folder / log.METRICS)
    names = sorted({name for line in lines for name in line})
    return {
        title: [_curve(lines, name) for name in chosen]
        for title, chosen in (
            ("loss", [n for n in names if n == "loss" or n.startswith("loss/")]),
            ("validation score", [n for n in names if n.startswith("validation/")]),
        )
        if chosen
    }


def embedding_map(predictions: Predictions, known: Truth) -> EmbeddingMap | None:
    """Test features on their first two principal components, thinned evenly."""
    features = predictions.get("embedding")
    if features is None or len(features) < 3:
        return None
    rows = np.linspace(0, len(features) - 1, min(POINTS, len(features))).astype(np.int64)
    places, shares = principal_components(features[rows].astype(np.float64))
    names = np.asarray([*known.expressions, ""], dtype=object)
    return EmbeddingMap(
        coordinates=places.tolist(),
        expression=names[known.expression[rows]].tolist(),
        subject=known.subjects[rows].tolist(),
        shares=(float(shares[0]), float(shares[1])),
    )


def _curve(lines: Sequence[dict[str, float | int | None]], name: str) -> Curve:
    points = [(line["step"] or 0, line[name]) for line in lines if name in line]
    return Curve(
        name=name.removeprefix("validation/"), x=[x for x, _ in points], y=[y for _, y in points]
    )


def _errors(
    scores: npt.NDArray[np.float32], occurrence: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    """Each row's mean error over its known units; NaN without any."""
    known = ~np.isnan(occurrence)
    total = np.where(known, np.abs(scores - occurrence), 0).sum(1, dtype=np.float64)
    return np.where(known.any(1), total / np.maximum(known.sum(1), 1), np.nan)


def _picture(store: Store, scores: npt.NDArray[np.float32], known: Truth, row: int) -> Picture:
    said = [au for au, p in zip(known.aus, scores[row], strict=True) if p >= 0.5]
    true = [au for au, o in zip(known.aus, known.occurrence[row], strict=True) if o == 1]
    return Picture(
        image=store.images([int(known.rows[row])])[0],
        alt=f"Face of {known.subjects[row]}",
        caption=f"read {_list(said)}",
        note=f"true {_list(true)}",
    )


def _list(aus: Sequence[int]) -> str:
    return " ".join(f"AU{au}" for au in aus) or "none"
