"""Linear readers of frozen features, fitted in one go."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float32, Float64, Int64
from torch import Tensor, nn


def standardised(
    features: Float32[np.ndarray, "row dim"], rows: Int64[np.ndarray, " train"]
) -> Float32[np.ndarray, "row dim"]:
    """Features less their mean over some rows, by their deviation there."""
    mean, deviation = features[rows].mean(axis=0), features[rows].std(axis=0)
    return ((features - mean) / np.maximum(deviation, 1e-6)).astype(np.float32)


def ridge_guess(
    train: Float32[np.ndarray, "train dim"],
    classes: Int64[np.ndarray, " train"],
    test: Float32[np.ndarray, "test dim"],
    *,
    penalty: float = 0.1,
) -> Int64[np.ndarray, " test"]:
    """The class of each test row by least squares on one-hot targets, in closed form.

    Args:
        train: standardised features.
        classes: class of each training row, from 0.
        test: standardised features.
        penalty: squared weights count as `penalty` times the mean squared feature, each row.
    """
    count = int(classes.max()) + 1
    targets = np.eye(count, dtype=np.float64)[classes] - 1.0 / count
    x = train.astype(np.float64)
    scale = shrinkage(x, penalty)
    if len(x) <= x.shape[1]:  # as many unknowns as rows: the dual is smaller
        dual = np.linalg.solve(x @ x.T + scale * np.eye(len(x)), targets)
        weights = x.T @ dual
    else:
        weights = np.linalg.solve(x.T @ x + scale * np.eye(x.shape[1]), x.T @ targets)
    return np.argmax(test.astype(np.float64) @ weights, axis=1).astype(np.int64)


def shrinkage(x: Float64[np.ndarray, "row dim"], penalty: float) -> float:
    """What is added to the diagonal of x'x: `penalty` times its mean, and never nothing.

    Features that have collapsed to one point would leave nothing to invert; they then read nothing.
    """
    return max(penalty * len(x) * float((x * x).mean()), 1e-9)


def logistic_scores(
    train: Float32[np.ndarray, "train dim"],
    truth: Float32[np.ndarray, "train label"],
    others: Sequence[Float32[np.ndarray, "other dim"]],
    *,
    penalty: float,
    rounds: int = 60,
) -> list[Float64[np.ndarray, "other label"]]:
    """Probabilities of every label by logistic regression, a weight vector for each label.

    Args:
        train: standardised features.
        truth: 1 present, 0 absent.
        others: standardised features to read.
        penalty: factor of the mean squared weight in the mean loss.
        rounds: L-BFGS iterations at most.
    """
    x, y = torch.from_numpy(train), torch.from_numpy(truth)
    weight = torch.zeros(x.shape[1], y.shape[1], requires_grad=True)
    bias = torch.zeros(y.shape[1], requires_grad=True)
    optimiser = torch.optim.LBFGS(
        [weight, bias], max_iter=rounds, history_size=10, line_search_fn="strong_wolfe"
    )
    binary = nn.BCEWithLogitsLoss()

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = binary(x @ weight + bias, y) + penalty * weight.square().sum(dim=0).mean()
        loss.backward()
        return loss

    optimiser.step(closure)
    with torch.no_grad():
        return [
            torch.sigmoid(torch.from_numpy(each) @ weight + bias).numpy().astype(np.float64)
            for each in others
        ]
