"""Scores of one class out of several, all from the confusion matrix."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from jaxtyping import Float, Int, Integer

from mien.metrics.summary import PerLabel, Summary, per_label


def confusion(
    predicted: Integer[np.ndarray, "sample"],
    truth: Integer[np.ndarray, "sample"],
    *,
    classes: int,
) -> Int[np.ndarray, "classes classes"]:
    """Counts of (true class, predicted class); samples of unknown truth (-1) are left out.

    Raises:
        ValueError: an index is out of range.
    """
    known = truth != -1
    true, said = truth[known].astype(np.int64), predicted[known].astype(np.int64)
    for each in (true, said):
        if each.size and not (each.min() >= 0 and each.max() < classes):
            raise ValueError(f"class indices must lie in 0 to {classes - 1}, or be -1 in truth")
    return np.bincount(true * classes + said, minlength=classes**2).reshape(classes, classes)


def accuracy(matrix: Int[np.ndarray, "classes classes"]) -> float:
    """Share of samples in the right class (the field's WAR); NaN without samples."""
    total = int(matrix.sum())
    return float(np.trace(matrix) / total) if total else float("nan")


def recalls(matrix: Int[np.ndarray, "classes classes"]) -> PerLabel:
    """Recall of each true class; undefined for a class without samples."""
    size = matrix.sum(axis=1)
    reasons = ["" if each else "no sample of this class" for each in size]
    return per_label((np.diag(matrix) / np.maximum(size, 1)).tolist(), reasons)


def uar(matrix: Int[np.ndarray, "classes classes"], names: Sequence[str]) -> Summary:
    """Unweighted average recall over the classes that have samples."""
    return recalls(matrix).summary(names)


def class_f1(matrix: Int[np.ndarray, "classes classes"]) -> PerLabel:
    """F1 of each class against the rest; undefined if it neither occurs nor is predicted."""
    twice = 2 * np.diag(matrix)
    whole = matrix.sum(axis=0) + matrix.sum(axis=1)
    reasons = ["" if each else "never occurs and is never predicted" for each in whole]
    return per_label((twice / np.maximum(whole, 1)).tolist(), reasons)


def macro_f1(matrix: Int[np.ndarray, "classes classes"], names: Sequence[str]) -> Summary:
    """Mean of the classes' F1 over those where it is defined."""
    return class_f1(matrix).summary(names)


def kappa(
    matrix: Int[np.ndarray, "classes classes"],
    *,
    weights: Literal["none", "linear", "quadratic"] = "none",
) -> float:
    """Cohen's kappa (1960; weighted 1968): agreement beyond chance.

    NaN without samples, or where chance alone leaves no disagreement.
    """
    total = matrix.sum()
    if total == 0:
        return float("nan")
    chance = np.outer(matrix.sum(axis=1), matrix.sum(axis=0)) / total
    cost = _cost(matrix.shape[0], weights)
    expected = float((cost * chance).sum())
    return 1.0 - float((cost * matrix).sum()) / expected if expected > 0 else float("nan")


def _cost(
    classes: int, weights: Literal["none", "linear", "quadratic"]
) -> Float[np.ndarray, "classes classes"]:
    apart = np.abs(np.subtract.outer(np.arange(classes), np.arange(classes))).astype(np.float64)
    if weights == "none":
        return (apart > 0).astype(np.float64)
    return apart if weights == "linear" else apart**2
