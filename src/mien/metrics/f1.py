"""F1 of each label: the harmonic mean of precision and recall."""

import numpy as np
from jaxtyping import Float

from mien.metrics.counts import Counts, count
from mien.metrics.summary import PerLabel, per_label


def f1(counts: Counts) -> PerLabel:
    """F1 = 2 TP / (2 TP + FP + FN) of each label.

    Undefined where a label neither occurs nor is predicted. Where it never occurs but is
    predicted, the formula gives 0, and so do we.
    """
    twice = 2 * counts.true_positive
    whole = twice + counts.false_positive + counts.false_negative
    known = counts.positive + counts.negative
    reasons = [
        "" if total else ("never occurs and is never predicted" if seen else "no known label")
        for total, seen in zip(whole, known, strict=True)
    ]
    return per_label((twice / np.maximum(whole, 1)).tolist(), reasons)


def f1_at(
    scores: Float[np.ndarray, "sample label"],
    truth: Float[np.ndarray, "sample label"],
    *,
    threshold: float | int | Float[np.ndarray, "label"] = 0.5,
) -> PerLabel:
    """F1 of each label at a threshold (one for all, or one each); unknown cells are left out.

    Raises:
        ValueError: as `count`.
    """
    return f1(count(scores, truth, threshold=threshold))


class F1:
    """F1 over batches: adds counts, then calls `f1`."""

    def __init__(self, threshold: float | int | Float[np.ndarray, "label"] = 0.5) -> None:
        """Start with no sample; `threshold` as in `count`."""
        self.threshold = threshold
        self.counts: Counts | None = None

    def add(
        self,
        scores: Float[np.ndarray, "sample label"],
        truth: Float[np.ndarray, "sample label"],
    ) -> None:
        """Add one batch.

        Raises:
            ValueError: as `count`.
        """
        fresh = count(scores, truth, threshold=self.threshold)
        self.counts = fresh if self.counts is None else self.counts + fresh

    def result(self) -> PerLabel:
        """F1 over everything added so far.

        Raises:
            ValueError: nothing was added.
        """
        if self.counts is None:
            raise ValueError("no batch was added")
        return f1(self.counts)
