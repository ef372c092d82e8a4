"""Extremely randomised trees (Geurts, Ernst and Wehenkel, 2006): a classifier that asks no tuning.

Every node draws some features and one threshold each, and takes the split that leaves the classes
purest by Gini's measure. The forest's probabilities are the mean of its trees' leaves.
"""

import numpy as np
from jaxtyping import Float32, Float64, Int64


def forest_probabilities(
    train: Float32[np.ndarray, "train dim"],
    kinds: Int64[np.ndarray, " train"],
    test: Float32[np.ndarray, "test dim"],
    *,
    classes: int,
    generator: np.random.Generator,
    trees: int = 100,
    least: int = 5,
) -> Float64[np.ndarray, "test class"]:
    """Class probabilities of the test rows.

    Args:
        train: any features.
        kinds: class of each training row, from 0.
        test: the same features of other rows.
        classes: how many there are.
        generator: source of randomness.
        trees: how many; each sees every training row.
        least: rows in a leaf, at least.
    """
    found = np.zeros((len(test), classes))
    hot = np.eye(classes)[kinds]
    for _ in range(trees):
        pending = [(np.arange(len(train)), np.arange(len(test)))]
        while pending:
            rows, others = pending.pop()
            if not len(others):
                continue
            split = _split(train[rows], hot[rows], generator, least)
            if split is None:
                found[others] += hot[rows].mean(axis=0)
                continue
            feature, threshold = split
            here, there = train[rows, feature] < threshold, test[others, feature] < threshold
            pending += [(rows[here], others[there]), (rows[~here], others[~there])]
    return found / trees


def _split(
    values: Float32[np.ndarray, "row dim"],
    hot: Float64[np.ndarray, "row class"],
    generator: np.random.Generator,
    least: int,
) -> tuple[int, float] | None:
    """Feature and threshold of the purest of some random splits; None for a leaf."""
    if len(values) < 2 * least or (hot.sum(axis=0) > 0).sum() < 2:
        return None
    low, high = values.min(axis=0), values.max(axis=0)
    varied = np.flatnonzero(high > low)
    if not len(varied):
        return None
    drawn = generator.permutation(varied)[: max(1, values.shape[1] // 2)]
    thresholds = generator.uniform(low[drawn], high[drawn])
    below = values[:, drawn] < thresholds
    counts = hot.T @ below
    total = hot.sum(axis=0)[:, None]
    left, right = counts.sum(axis=0), (total - counts).sum(axis=0)
    # Σ (share² · size) of both sides: largest where Gini's impurity is least.
    pure = (counts**2).sum(axis=0) / np.maximum(left, 1)
    pure += ((total - counts) ** 2).sum(axis=0) / np.maximum(right, 1)
    pure[(left < least) | (right < least)] = -1.0
    best = int(pure.argmax())
    return (int(drawn[best]), float(thresholds[best])) if pure[best] >= 0.0 else None
