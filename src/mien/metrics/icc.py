"""Intraclass correlation (Shrout and Fleiss, 1979), in all six forms; ICC(3,1) is the field's."""

from typing import Literal

import numpy as np
from jaxtyping import Float

from mien.metrics.concordance import each_label, too_few
from mien.metrics.summary import PerLabel

Form = Literal["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"]
"""Shrout and Fleiss's names: effects model, then single or mean rating."""


def icc(ratings: Float[np.ndarray, "target rater"], form: Form = "3,1") -> float:
    """Intraclass correlation of complete ratings; NaN where it is undefined.

    Args:
        ratings: one row per target, one column per rater, without NaN.
        form: "3,1" (fixed raters, consistency, single rating) unless asked otherwise.

    Undefined with fewer than two targets or raters, or where the denominator vanishes (no
    variance that the form can see).
    """
    targets, raters = ratings.shape
    if targets < 2 or raters < 2:
        return float("nan")
    ratings = ratings.astype(np.float64)
    between, rater, residual, within = _mean_squares(ratings)
    model, kind = form.split(",")
    if model == "1":
        over, under = between - within, between + (raters - 1) * within
        mean = between
    elif model == "2":
        shift = raters * (rater - residual) / targets
        over, under = between - residual, between + (raters - 1) * residual + shift
        mean = between + (rater - residual) / targets
    else:
        over, under = between - residual, between + (raters - 1) * residual
        mean = between
    bottom = under if kind == "1" else mean
    return float(over / bottom) if abs(bottom) > 1e-300 else float("nan")


def icc_per_label(
    scores: Float[np.ndarray, "sample label"],
    truth: Float[np.ndarray, "sample label"],
    *,
    form: Form = "3,1",
) -> PerLabel:
    """ICC between predictions and labels, for each label; unknown labels are left out.

    Raises:
        ValueError: a score is not finite.
    """

    def one(
        first: Float[np.ndarray, "sample"], second: Float[np.ndarray, "sample"]
    ) -> tuple[float, str]:
        reason = too_few(first.size)
        if reason:
            return float("nan"), reason
        value = icc(np.stack([first, second], axis=1), form)
        return value, "predictions and labels have no variance" if np.isnan(value) else ""

    return each_label(one, scores, truth)


def _mean_squares(
    ratings: Float[np.ndarray, "target rater"],
) -> tuple[float, float, float, float]:
    """Mean squares between targets, between raters, residual, and within targets."""
    targets, raters = ratings.shape
    centred = ratings - ratings.mean()
    rows, columns = centred.mean(axis=1), centred.mean(axis=0)
    between = raters * (rows @ rows) / (targets - 1)
    rater = targets * (columns @ columns) / (raters - 1)
    left = centred - rows[:, None] - columns[None, :]
    residual = float((left**2).sum()) / ((targets - 1) * (raters - 1))
    within = float(((centred - rows[:, None]) ** 2).sum()) / (targets * (raters - 1))
    return float(between), float(rater), residual, within
