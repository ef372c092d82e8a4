"""Is one system better than another on the same people? Paired differences by subject."""

import numpy as np
from jaxtyping import Float, Int, Shaped

from mien.metrics import categorical
from mien.metrics.auc import auc
from mien.metrics.blocks import Resampling
from mien.metrics.bootstrap import Difference, difference
from mien.metrics.f1 import f1_at
from mien.metrics.resampled import auc_draws, f1_draws, recall_draws


def paired_f1(
    first: Float[np.ndarray, "sample label"],
    second: Float[np.ndarray, "sample label"],
    truth: Float[np.ndarray, "sample label"],
    subjects: Shaped[np.ndarray, "sample"],
    *,
    threshold: float | int | Float[np.ndarray, "label"] = 0.5,
    resampling: Resampling | None = None,
) -> Difference:
    """Difference of the mean F1 of two systems, first minus second, at one threshold.

    The means are over the labels whose F1 is defined in both.

    Raises:
        ValueError: as `count`.
    """
    how = resampling or Resampling()
    keys = {"draws": how.draws, "seed": how.seed}
    scores = [f1_at(each, truth, threshold=threshold).values for each in (first, second)]
    drawn = [
        f1_draws(each, truth, subjects, threshold=threshold, **keys) for each in (first, second)
    ]
    return difference(*drawn, value=_gap(*scores), level=how.level)


def paired_auc(
    first: Float[np.ndarray, "sample label"],
    second: Float[np.ndarray, "sample label"],
    truth: Float[np.ndarray, "sample label"],
    subjects: Shaped[np.ndarray, "sample"],
    *,
    resampling: Resampling | None = None,
) -> Difference:
    """Difference of the mean ROC AUC of two systems, first minus second.

    Raises:
        ValueError: as `auc`.
    """
    how = resampling or Resampling()
    keys = {"draws": how.draws, "seed": how.seed}
    drawn = [auc_draws(each, truth, subjects, **keys) for each in (first, second)]
    value = _gap(auc(first, truth).values, auc(second, truth).values)
    return difference(*drawn, value=value, level=how.level)


def paired_uar(
    first: Int[np.ndarray, "sample"],
    second: Int[np.ndarray, "sample"],
    truth: Int[np.ndarray, "sample"],
    subjects: Shaped[np.ndarray, "sample"],
    *,
    classes: int,
    resampling: Resampling | None = None,
) -> Difference:
    """Difference of the unweighted average recall of two systems' predicted classes.

    Raises:
        ValueError: a class index is out of range.
    """
    how = resampling or Resampling()
    keys = {"classes": classes, "draws": how.draws, "seed": how.seed}
    drawn = [recall_draws(each, truth, subjects, **keys) for each in (first, second)]
    recalls = [
        categorical.recalls(categorical.confusion(each, truth, classes=classes)).values
        for each in (first, second)
    ]
    return difference(*drawn, value=_gap(*recalls), level=how.level)


def _gap(first: Float[np.ndarray, "label"], second: Float[np.ndarray, "label"]) -> float:
    gaps = first - second
    known = gaps[~np.isnan(gaps)]
    return float(known.mean()) if known.size else float("nan")
