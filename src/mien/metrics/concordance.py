"""Pearson's correlation and Lin's concordance (1989) of each label; unknown left out."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from mien.metrics.counts import check_finite
from mien.metrics.summary import PerLabel, per_label


def pcc(
    scores: Float[np.ndarray, "sample label"], truth: Float[np.ndarray, "sample label"]
) -> PerLabel:
    """Pearson correlation coefficient. Undefined if either side is constant.

    Raises:
        ValueError: a score is not finite.
    """
    return each_label(_pcc, scores, truth)


def ccc(
    scores: Float[np.ndarray, "sample label"], truth: Float[np.ndarray, "sample label"]
) -> PerLabel:
    """Concordance correlation 2 cov / (var + var + squared difference of means).

    Moments divide by n, as is usual for CCC in affect challenges. Undefined where both sides are
    the same constant.

    Raises:
        ValueError: a score is not finite.
    """
    return each_label(_ccc, scores, truth)


def each_label(
    one: Callable[[Float[np.ndarray, "sample"], Float[np.ndarray, "sample"]], tuple[float, str]],
    scores: Float[np.ndarray, "sample label"],
    truth: Float[np.ndarray, "sample label"],
) -> PerLabel:
    """Apply a function of two columns, giving (value, reason), to the known rows of each label.

    Raises:
        ValueError: a score is not finite.
    """
    check_finite(scores)
    values, reasons = [], []
    for label in range(scores.shape[1]):
        rows = ~np.isnan(truth[:, label])
        first = scores[rows, label].astype(np.float64)
        value, reason = one(first, truth[rows, label].astype(np.float64))
        values.append(value)
        reasons.append(reason)
    return per_label(values, reasons)


def too_few(size: int) -> str:
    """Why a correlation of so many samples is undefined, or an empty string."""
    if size == 0:
        return "no known label"
    return "only one known label" if size == 1 else ""


def _pcc(
    first: Float[np.ndarray, "sample"], second: Float[np.ndarray, "sample"]
) -> tuple[float, str]:
    reason = too_few(first.size)
    if reason:
        return float("nan"), reason
    if np.ptp(second) == 0:
        return float("nan"), "labels are constant"
    if np.ptp(first) == 0:
        return float("nan"), "predictions are constant"
    one, two = first - first.mean(), second - second.mean()
    return float((one @ two) / np.sqrt((one @ one) * (two @ two))), ""


def _ccc(
    first: Float[np.ndarray, "sample"], second: Float[np.ndarray, "sample"]
) -> tuple[float, str]:
    reason = too_few(first.size)
    if reason:
        return float("nan"), reason
    one, two = first - first.mean(), second - second.mean()
    apart = (first.mean() - second.mean()) ** 2
    whole = one @ one / first.size + two @ two / first.size + apart
    if whole == 0:
        return float("nan"), "predictions and labels are the same constant"
    return float(2 * (one @ two) / first.size / whole), ""
