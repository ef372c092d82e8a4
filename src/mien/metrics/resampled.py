"""Fast subject bootstrap: scores that follow from sums over subjects, or from ranks, per draw.

Each function equals `bootstrap.resample` of the plain score; the tests hold them to it.
"""

import numpy as np
from jaxtyping import Float, Int, Shaped

from mien.metrics.bootstrap import draw_weights, subject_codes
from mien.metrics.counts import binary_truth, check_finite

_CHUNK_CELLS = 4_000_000
"""Most cells (draws times rows) held at once."""


def f1_draws(
    scores: Float[np.ndarray, "sample label"],
    truth: Float[np.ndarray, "sample label"],
    subjects: Shaped[np.ndarray, "sample"],
    *,
    threshold: float | int | Float[np.ndarray, "label"] = 0.5,
    draws: int = 1000,
    seed: int = 0,
) -> Float[np.ndarray, "draw label"]:
    """F1 of each draw and label; NaN where undefined.

    Raises:
        ValueError: as `counts.count`, or there is no row.
    """
    present, known = binary_truth(truth)
    check_finite(scores)
    predicted = (scores.astype(np.float64) >= threshold) & known
    cells = np.stack([predicted & present, predicted, present], axis=1).astype(np.float64)
    sums = _draw_sums(cells, subjects, draws=draws, seed=seed)
    whole = sums[:, 1] + sums[:, 2]
    return _ratio(2 * sums[:, 0], whole)


def auc_draws(
    scores: Float[np.ndarray, "sample label"],
    truth: Float[np.ndarray, "sample label"],
    subjects: Shaped[np.ndarray, "sample"],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> Float[np.ndarray, "draw label"]:
    """ROC AUC of each draw and label; NaN where undefined.

    Raises:
        ValueError: as `auc.auc`, or there is no row.
    """
    present, known = binary_truth(truth)
    check_finite(scores)
    codes, size = subject_codes(subjects)
    weights = draw_weights(size, draws=draws, seed=seed)
    columns = []
    for label in range(scores.shape[1]):
        rows = np.flatnonzero(known[:, label])
        rows = rows[np.argsort(scores[rows, label], kind="stable")]
        ranked = scores[rows, label]
        starts = np.flatnonzero(np.append(True, ranked[1:] > ranked[:-1])) if rows.size else rows
        columns.append(_weighted_auc(weights, codes[rows], present[rows, label], starts))
    return np.stack(columns, axis=1)


def recall_draws(
    predicted: Int[np.ndarray, "sample"],
    truth: Int[np.ndarray, "sample"],
    subjects: Shaped[np.ndarray, "sample"],
    *,
    classes: int,
    draws: int = 1000,
    seed: int = 0,
) -> Float[np.ndarray, "draw classes"]:
    """Recall of each draw and class (their mean is the UAR); NaN where a class is absent.

    Raises:
        ValueError: there is no row.
    """
    true = truth[:, None] == np.arange(classes)
    hit = true & (predicted[:, None] == np.arange(classes))
    sums = _draw_sums(np.stack([hit, true], axis=1).astype(float), subjects, draws=draws, seed=seed)
    return _ratio(sums[:, 0], sums[:, 1])


def agreement_draws(
    scores: Float[np.ndarray, "sample label"],
    truth: Float[np.ndarray, "sample label"],
    subjects: Shaped[np.ndarray, "sample"],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> dict[str, Float[np.ndarray, "draw label"]]:
    """Draws of "icc" (3,1), "pcc", "ccc", "mae", "mse" and "rmse", from moments per subject.

    NaN where a score is undefined, that is where a variance vanishes (to rounding) in a draw.

    Raises:
        ValueError: a score is not finite, or there is no row.
    """
    check_finite(scores)
    known = ~np.isnan(truth)
    middle = _known_mean(truth, known)
    first = np.where(known, scores.astype(np.float64) - middle, 0)
    second = np.where(known, truth.astype(np.float64) - middle, 0)
    apart = np.abs(first - second)
    cells = (known, first, second, first**2, second**2, first * second, apart, apart**2)
    sums = _draw_sums(np.stack(cells, axis=1).astype(float), subjects, draws=draws, seed=seed)
    moments = _ratio(sums, sums[:, :1])
    one, two = moments[:, 1], moments[:, 2]
    scale = moments[:, 3] + moments[:, 4]
    var_one = _clean(moments[:, 3] - one**2, scale)
    var_two = _clean(moments[:, 4] - two**2, scale)
    both = moments[:, 5] - one * two
    return {
        "icc": _ratio(2 * both, var_one + var_two),
        "pcc": _ratio(both, np.sqrt(var_one * var_two)),
        "ccc": _ratio(2 * both, var_one + var_two + (one - two) ** 2),
        "mae": moments[:, 6],
        "mse": moments[:, 7],
        "rmse": np.sqrt(moments[:, 7]),
    }


def _draw_sums(
    cells: Float[np.ndarray, "sample kind label"],
    subjects: Shaped[np.ndarray, "sample"],
    *,
    draws: int,
    seed: int,
) -> Float[np.ndarray, "draw kind label"]:
    """Sum cells over each subject's rows, then over the subjects of each draw."""
    codes, size = subject_codes(subjects)
    weights = draw_weights(size, draws=draws, seed=seed)
    sums = np.zeros((size, *cells.shape[1:]))
    np.add.at(sums, codes, cells)
    return np.einsum("ds,skl->dkl", weights.astype(np.float64), sums, optimize=True)


def _weighted_auc(
    weights: Int[np.ndarray, "draw subject"],
    codes: Int[np.ndarray, "row"],
    present: Shaped[np.ndarray, "row"],
    starts: Int[np.ndarray, "tie"],
) -> Float[np.ndarray, "draw"]:
    """AUC of each draw over rows in ascending score; `starts` are the first rows of tied runs."""
    if codes.size == 0:
        return np.full(weights.shape[0], np.nan)
    values = []
    step = max(1, _CHUNK_CELLS // codes.size)
    for begin in range(0, weights.shape[0], step):
        taken = weights[begin : begin + step][:, codes]
        positive = np.add.reduceat(taken * present, starts, axis=1)
        negative = np.add.reduceat(taken * ~present, starts, axis=1)
        below = np.cumsum(negative, axis=1) - negative / 2
        pairs = positive.sum(axis=1) * negative.sum(axis=1)
        values.append(_ratio((positive * below).sum(axis=1), pairs))
    return np.concatenate(values)


def _known_mean(
    truth: Float[np.ndarray, "sample label"], known: Shaped[np.ndarray, "sample label"]
) -> Float[np.ndarray, "label"]:
    total = np.where(known, truth, 0).sum(axis=0, dtype=np.float64)
    return total / np.maximum(known.sum(axis=0), 1)


def _clean(
    variance: Float[np.ndarray, "draw label"], scale: Float[np.ndarray, "draw label"]
) -> Float[np.ndarray, "draw label"]:
    """Set variances that are rounding noise to an exact zero."""
    return np.where(variance > 1e-12 * scale, variance, np.where(np.isnan(scale), np.nan, 0.0))


def _ratio(top: Shaped[np.ndarray, "..."], bottom: Shaped[np.ndarray, "..."]) -> np.ndarray:
    """Divide, with NaN where the divisor is zero."""
    good = bottom > 0
    return np.where(good, top / np.where(good, bottom, 1), np.nan)
