"""Hits and misses of each label, the one thing from which F1 and its relatives follow."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Hits and misses per label; adding two adds the samples behind them."""

    true_positive: Int[np.ndarray, "*group label"]
    """Present and predicted."""
    false_positive: Int[np.ndarray, "*group label"]
    """Absent but predicted."""
    false_negative: Int[np.ndarray, "*group label"]
    """Present but not predicted."""
    true_negative: Int[np.ndarray, "*group label"]
    """Absent and not predicted."""

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            true_positive=self.true_positive + other.true_positive,
            false_positive=self.false_positive + other.false_positive,
            false_negative=self.false_negative + other.false_negative,
            true_negative=self.true_negative + other.true_negative,
        )

    @property
    def positive(self) -> Int[np.ndarray, "*group label"]:
        """Samples in which the label is present."""
        return self.true_positive + self.false_negative

    @property
    def negative(self) -> Int[np.ndarray, "*group label"]:
        """Samples in which the label is absent."""
        return self.true_negative + self.false_positive


def count(
    scores: Float[np.ndarray, "sample label"],
    truth: Float[np.ndarray, "sample label"],
    *,
    threshold: float | int | Float[np.ndarray, "label"] = 0.5,
) -> Counts:
    """Count hits and misses; a label is predicted where its score is at least the threshold.

    Args:
        scores: score of each sample and label, finite.
        truth: 1 present, 0 absent, NaN unknown (left out).
        threshold: one for all labels, or one for each.

    Raises:
        ValueError: a score is not finite, or the truth holds anything but 0, 1 and NaN.
    """
    present, known = binary_truth(truth)
    check_finite(scores)
    # In float64, lest a threshold between two neighbouring float32 scores round onto one of them.
    predicted = (scores.astype(np.float64) >= threshold) & known
    return Counts(
        true_positive=(predicted & present).sum(axis=0),
        false_positive=(predicted & ~present).sum(axis=0),
        false_negative=(~predicted & present).sum(axis=0),
        true_negative=(~predicted & ~present & known).sum(axis=0),
    )


def binary_truth(
    truth: Float[np.ndarray, "*shape"],
) -> tuple[Bool[np.ndarray, "*shape"], Bool[np.ndarray, "*shape"]]:
    """Split occurrence labels into (present, known).

    Raises:
        ValueError: a label is neither 0 nor 1 nor NaN.
    """
    known = ~np.isnan(truth)
    present = truth == 1
    if not np.all(present | (truth == 0) | ~known):
        raise ValueError("occurrence labels must be 0, 1 or NaN")
    return present, known


def check_finite(scores: Float[np.ndarray, "*shape"]) -> None:
    """Refuse scores that are not numbers: a diverged model must not get a score.

    Raises:
        ValueError: a score is NaN or infinite.
    """
    if not np.all(np.isfinite(scores)):
        raise ValueError("scores must be finite; NaN or infinity means the model diverged")
