"""What a frozen representation says of units and expressions: linear probe and neighbours."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float32, Float64, Int64

from mien.bench.questions.features import unit_rows
from mien.bench.questions.linear import logistic_scores, standardised
from mien.metrics.auc import auc

PENALTIES: Final = (1e-3, 1e-2, 1e-1)
"""Of a probe's weights; the best on validation people is taken."""
NEIGHBOURS: Final = 20
"""Neighbours asked."""
HEAT: Final = 0.1
"""Temperature of their votes (Wu et al., 2018, arXiv 1805.01978, section 3.4, has 0.07)."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """Features and labels of the pictures that a question is about."""

    features: Float32[np.ndarray, "row dim"]
    truth: Float32[np.ndarray, "row label"]
    """1 present, 0 absent, NaN unknown; or one column a class."""
    train: Int64[np.ndarray, " train"]
    """Rows to learn from."""
    validation: Int64[np.ndarray, " validation"]
    """Rows to choose the penalty by."""


def probe(known: Known, others: Float32[np.ndarray, "other dim"]) -> Float64[np.ndarray, "o label"]:
    """Probabilities of every label by a linear probe; labels without both kinds say 0 or 1.

    Args:
        known: what it learns from.
        others: features to read.
    """
    full = known.train[~np.isnan(known.truth[known.train]).any(axis=1)]
    truth = known.truth[full]
    scaled = standardised(np.concatenate([known.features, others]), full)
    before = len(known.features)
    best, top = np.zeros((len(others), truth.shape[1])), -1.0
    for penalty in PENALTIES:
        seen, unseen = logistic_scores(
            scaled[full], truth, [scaled[known.validation], scaled[before:]], penalty=penalty
        )
        score = mean_auc(seen, known.truth[known.validation])
        if score > top:
            best, top = unseen, score
    return best


def neighbours(
    known: Known, others: Float32[np.ndarray, "other dim"], *, count: int = NEIGHBOURS
) -> Float64[np.ndarray, "o label"]:
    """Probabilities of every label by the nearest training pictures, weighed by their cosine."""
    full = known.train[~np.isnan(known.truth[known.train]).any(axis=1)]
    truth = known.truth[full].astype(np.float64)
    mine, theirs = unit_rows(known.features[full]), unit_rows(others)
    count = min(count, len(full))
    found = np.zeros((len(others), truth.shape[1]))
    for start in range(0, len(others), 256):
        near = theirs[start : start + 256] @ mine.T
        places = np.argpartition(-near, count - 1, axis=1)[:, :count]
        weight = np.exp((np.take_along_axis(near, places, axis=1) - 1.0) / HEAT)
        weight /= weight.sum(axis=1, keepdims=True)
        found[start : start + 256] = np.einsum("on,onl->ol", weight, truth[places])
    return found


def one_hot(classes: Int64[np.ndarray, " row"], count: int) -> Float32[np.ndarray, "row label"]:
    """A column for each class; rows of unknown class (-1) are NaN."""
    found = np.full((len(classes), count), np.nan, np.float32)
    said = classes >= 0
    found[said] = np.eye(count, dtype=np.float32)[classes[said]]
    return found


def mean_auc(
    scores: Float64[np.ndarray, "row label"], truth: Float32[np.ndarray, "row label"]
) -> float:
    """Mean AUC over the labels that have one; 0 where none has."""
    values = auc(scores, truth.astype(np.float64)).values
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if defined.size else 0.0
