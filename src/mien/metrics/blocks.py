"""The blocks of `metrics.json`: scores with subject intervals as plain JSON values.

The structure is set down in `mien.report.evaluation` and in the documentation. NaN becomes null.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int, Shaped

from mien.metrics import categorical
from mien.metrics.auc import auc
from mien.metrics.bootstrap import Intervals, intervals
from mien.metrics.calibration import Reliability, reliability
from mien.metrics.concordance import ccc, pcc
from mien.metrics.counts import binary_truth, count
from mien.metrics.error import mae, mse, rmse
from mien.metrics.f1 import f1
from mien.metrics.icc import icc_per_label
from mien.metrics.resampled import agreement_draws, auc_draws, f1_draws, recall_draws
from mien.metrics.summary import PerLabel
from mien.metrics.threshold import DEFAULT

Block = dict[str, Any]
"""A JSON object."""


@dataclass(frozen=True, kw_only=True)
class Resampling:
    """How the intervals are made."""

    draws: int = 1000
    """Draws of subjects with replacement."""
    seed: int = 0
    """Seed of the draws; equal for systems to be compared."""
    level: float = 0.95
    """Coverage aimed at."""

    def block(self) -> Block:
        """The entry `bootstrap` of metrics.json."""
        return {"unit": "subject", "draws": self.draws, "seed": self.seed, "level": self.level}


def unit_block(
    probabilities: Float[np.ndarray, "sample label"],
    truth: Float[np.ndarray, "sample label"],
    subjects: Shaped[np.ndarray, "sample"],
    *,
    aus: Sequence[int],
    chosen: Float[np.ndarray, "label"] | None = None,
    resampling: Resampling | None = None,
) -> Block:
    """The entry `au`: F1 at 0.5, F1 at the chosen thresholds, AUC, support, calibration.

    Args:
        probabilities: 0 to 1.
        truth: 1 present, 0 absent, NaN unknown.
        subjects: subject of each sample.
        aus: unit numbers of the columns.
        chosen: a threshold for each unit, chosen on validation subjects; None leaves that out.
        resampling: how to make intervals; the default is `Resampling()`.

    Raises:
        ValueError: as `count`; or a probability lies outside 0 to 1.
    """
    how = resampling or Resampling()
    keys = {"draws": how.draws, "seed": how.seed}
    labels = [str(au) for au in aus]

    def at(threshold: float | Float[np.ndarray, "label"]) -> Block:
        score = f1(count(probabilities, truth, threshold=threshold))
        drawn = f1_draws(probabilities, truth, subjects, threshold=threshold, **keys)
        return column(score, labels, subjects, how, drawn)

    area = auc_draws(probabilities, truth, subjects, **keys)
    block: Block = {
        "labels": list(aus),
        "support": _support(truth),
        "threshold": DEFAULT,
        "f1": at(DEFAULT),
        "auc": column(auc(probabilities, truth), labels, subjects, how, area),
        "calibration": _calibration(reliability(probabilities, truth)),
    }
    if chosen is not None:
        block["thresholds_chosen"] = plain(chosen)
        block["f1_chosen"] = at(chosen)
    return block


def agreement_block(
    scores: Float[np.ndarray, "sample label"],
    truth: Float[np.ndarray, "sample label"],
    subjects: Shaped[np.ndarray, "sample"],
    *,
    labels: Sequence[int | str],
    resampling: Resampling | None = None,
) -> Block:
    """The entries `intensity` and `affect`: ICC(3,1), PCC, CCC, MAE, MSE and RMSE.

    Args:
        scores: predictions, in the unit of the labels.
        truth: labels; NaN unknown.
        subjects: subject of each sample.
        labels: unit numbers, or "valence" and "arousal".
        resampling: how to make intervals; the default is `Resampling()`.

    Raises:
        ValueError: a score is not finite.
    """
    how = resampling or Resampling()
    names = [str(label) for label in labels]
    drawn = agreement_draws(scores, truth, subjects, draws=how.draws, seed=how.seed)
    functions = {
        "icc": icc_per_label,
        "pcc": pcc,
        "ccc": ccc,
        "mae": mae,
        "mse": mse,
        "rmse": rmse,
    }
    block: Block = {"labels": list(labels), "support": (~np.isnan(truth)).sum(axis=0).tolist()}
    for key, function in functions.items():
        block[key] = column(function(scores, truth), names, subjects, how, drawn[key])
    return block


def expression_block(
    probabilities: Float[np.ndarray, "sample classes"],
    truth: Int[np.ndarray, "sample"],
    subjects: Shaped[np.ndarray, "sample"],
    *,
    names: Sequence[str],
    resampling: Resampling | None = None,
) -> Block:
    """The entry `expression`: accuracy, recall per class (mean: UAR), F1 per class, confusion.

    Args:
        probabilities: the class of the largest is predicted.
        truth: class index; -1 unknown.
        subjects: subject of each sample.
        names: class names of the columns.
        resampling: how to make intervals; the default is `Resampling()`.

    Raises:
        ValueError: a truth is out of range.
    """
    how = resampling or Resampling()
    predicted = probabilities.argmax(axis=1)
    matrix = categorical.confusion(predicted, truth, classes=len(names))
    drawn = recall_draws(
        predicted, truth, subjects, classes=len(names), draws=how.draws, seed=how.seed
    )
    return {
        "labels": list(names),
        "accuracy": plain(categorical.accuracy(matrix)),
        "kappa": plain(categorical.kappa(matrix)),
        "recall": column(categorical.recalls(matrix), names, subjects, how, drawn),
        "f1": column(categorical.class_f1(matrix), names, subjects, how, None),
        "confusion": matrix.tolist(),
    }


def column(
    score: PerLabel,
    names: Sequence[str],
    subjects: Shaped[np.ndarray, "sample"],
    how: Resampling,
    drawn: Float[np.ndarray, "draw label"] | None,
) -> Block:
    """One score of every label: values, mean, intervals, and what is undefined and why.

    Intervals are null with fewer than two subjects: one person says nothing about the next.
    """
    summary = score.summary(names)
    block: Block = {
        "values": plain(score.values),
        "mean": plain(summary.mean),
        "defined": summary.defined,
        "undefined": dict(score.undefined(names)),
    }
    if drawn is None:
        return block
    ends: Intervals | None = None
    if len(np.unique(subjects)) > 1:
        ends = intervals(drawn, level=how.level)
    missing = [None] * len(names)
    block["low"] = plain(ends.low) if ends else missing
    block["high"] = plain(ends.high) if ends else missing
    block["mean_low"] = plain(ends.mean_low) if ends else None
    block["mean_high"] = plain(ends.mean_high) if ends else None
    block["incomplete_draws"] = ends.incomplete if ends else None
    return block


def headline(result: Mapping[str, Any]) -> dict[str, float | None]:
    """The three figures of a results table, from one entry of `results`; null where absent."""

    def mean(block: str, key: str) -> float | None:
        return result[block][key]["mean"] if block in result else None

    return {
        "au_f1": mean("au", "f1"),
        "au_auc": mean("au", "auc"),
        "expression_uar": mean("expression", "recall"),
    }


def plain(value: float | Shaped[np.ndarray, "..."]) -> object:
    """Turn floats and arrays into JSON values; NaN and infinity become null."""
    if isinstance(value, np.ndarray):
        return [plain(each) for each in value]
    number = float(value)
    return number if np.isfinite(number) else None


def _support(truth: Float[np.ndarray, "sample label"]) -> Block:
    present, known = binary_truth(truth)
    return {
        "positive": present.sum(axis=0).tolist(),
        "negative": (known & ~present).sum(axis=0).tolist(),
        "unknown": (~known).sum(axis=0).tolist(),
    }


def _calibration(curve: Reliability) -> Block:
    return {
        "error": plain(curve.error),
        "edges": plain(curve.edges),
        "score": plain(curve.score),
        "rate": plain(curve.rate),
        "count": curve.count.tolist(),
    }
