"""Fast subject bootstrap: scores that follow from sums over subjects, or from ranks, per draw.

Each function equals `bootstrap.resample` of the plain score; the tests hold them to it.
"""

import numpy as np
from jaxtyping import Float, Int, Shaped

from mien.metrics.bootstrap import draw_weights, subject_codes
from mien.metrics.counts import binary_truth, check_finite
from mien.metrics.ratio import ratio


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
    return ratio(2 * sums[:, 0], whole)


def count_draws(
    first: Float[np.ndarray, "sample label"],
    second: Float[np.ndarray, "sample label"],
    subjects: Shaped[np.ndarray, "sample"],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> Float[np.ndarray, "draw 4 label"]:
    """Samples in each draw that have the label in both, the first only, the second only, neither.

    Args:
        first: 1 present, 0 absent, NaN unknown.
        second: likewise; a sample counts where both are known.
        subjects: the subject of each sample.
        draws: how many draws.
        seed: seed of the draws.

    Raises:
        ValueError: a label is neither 0 nor 1 nor NaN, or there is no row.
    """
    (one, known_one), (two, known_two) = binary_truth(first), binary_truth(second)
    known = known_one & known_two
    cells = np.stack([one & two, one & ~two, ~one & two, ~one & ~two], axis=1) & known[:, None]
    return _draw_sums(cells.astype(np.float64), subjects, draws=draws, seed=seed)


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
        above = present[:, label]
        below = known[:, label] & ~above
        wins = _wins(scores[above, label], codes[above], scores[below, label], codes[below], size)
        pairs = np.outer(
            np.bincount(codes[above], minlength=size), np.bincount(codes[below], minlength=size)
        )
        drawn = [((weights @ each) * weights).sum(axis=1) for each in (wins, pairs.astype(float))]
        columns.append(ratio(*drawn))
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
    return ratio(sums[:, 0], sums[:, 1])


def mean_draws(
    values: Float[np.ndarray, "sample label"],
    subjects: Shaped[np.ndarray, "sample"],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> Float[np.ndarray, "draw label"]:
    """Mean of each draw and label, such as a share of hits; rows of NaN do not count.

    Raises:
        ValueError: there is no row.
    """
    known = ~np.isnan(values)
    cells = np.stack([np.where(known, values, 0.0), known], axis=1).astype(float)
    sums = _draw_sums(cells, subjects, draws=draws, seed=seed)
    return ratio(sums[:, 0], sums[:, 1])


def agreement_draws(
    scores: Float[np.ndarray, "sample label"],
    truth: Float[np.ndarray, "sample label"],
    subjects: Shaped[np.ndarray, "sample"],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> dict[str, Float[np.ndarray, "draw label"]]:
    """Draws of "icc" (3,1), "icc_absolute" (2,1), "pcc", "ccc", "mae", "mse" and "rmse".

    From moments per subject.

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
    moments = ratio(sums, sums[:, :1])
    one, two = moments[:, 1], moments[:, 2]
    scale = moments[:, 3] + moments[:, 4]
    var_one = _clean(moments[:, 3] - one**2, scale)
    var_two = _clean(moments[:, 4] - two**2, scale)
    both = moments[:, 5] - one * two
    # Shrout and Fleiss's mean squares of two raters, written in moments over `count` targets.
    count = np.maximum(sums[:, 0], 1)
    shift = (one - two) ** 2 * (count - 1) / count - (var_one + var_two - 2 * both) / count
    several = sums[:, 0] > 1
    return {
        "icc": ratio(2 * both, var_one + var_two),
        "icc_absolute": np.where(
            several, ratio(2 * both, _clean(var_one + var_two + shift, scale)), np.nan
        ),
        "pcc": ratio(both, np.sqrt(var_one * var_two)),
        "ccc": ratio(2 * both, var_one + var_two + (one - two) ** 2),
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


def _wins(
    above: Float[np.ndarray, "positive"],
    above_codes: Int[np.ndarray, "positive"],
    below: Float[np.ndarray, "negative"],
    below_codes: Int[np.ndarray, "negative"],
    size: int,
) -> Float[np.ndarray, "subject subject"]:
    """Pairs in which a subject's present row outscores another's absent row; ties count half.

    AUC is a sum over such pairs, so a draw's AUC is a quadratic form in its subject weights.
    """
    wins = np.zeros((size, size))
    for code in range(size):
        rivals = np.sort(below[below_codes == code])
        beaten = np.searchsorted(rivals, above, "left") + np.searchsorted(rivals, above, "right")
        wins[:, code] = np.bincount(above_codes, weights=beaten / 2, minlength=size)
    return wins


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
