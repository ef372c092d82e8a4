"""Random scores and labels, with ties, unknown cells and degenerate columns."""

import numpy as np


def case(seed: int, *, samples: int = 40, labels: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Scores in 0 to 1 (every third case coarse, so tied) and labels 0, 1, NaN."""
    generator = np.random.default_rng(seed)
    scores = generator.random((samples, labels))
    if seed % 3 == 0:
        scores = np.round(scores, 1)
    truth = (generator.random((samples, labels)) < 0.3 + 0.4 * scores).astype(np.float64)
    truth[generator.random((samples, labels)) < 0.2] = np.nan
    special = seed % 5
    if special == 1:
        truth[:, 0] = 0
    elif special == 2:
        truth[:, 0] = 1
    elif special == 3:
        truth[:, 0] = np.nan
    elif special == 4:
        scores[:, 0] = 0.25
        truth[:, 0] = 0
    return scores, truth


def numbers(seed: int, *, samples: int = 30, labels: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Predictions and labels on a scale 0 to 5, with unknown cells."""
    generator = np.random.default_rng(seed)
    truth = np.round(generator.random((samples, labels)) * 5)
    scores = truth + generator.normal(size=truth.shape)
    truth[generator.random(truth.shape) < 0.2] = np.nan
    return scores, truth


def subjects(seed: int, *, samples: int, count: int = 6) -> np.ndarray:
    """A subject name for each sample."""
    codes = np.random.default_rng(seed + 99).integers(0, count, samples)
    return np.asarray([f"S{code:02d}" for code in codes])
