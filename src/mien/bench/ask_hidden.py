"""What a representation should not say: who is shown, in what light, from where."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from mien.bench.difficulty_identity import clips_of, same_person
from mien.bench.linear import ridge_guess, shrinkage, standardised
from mien.data.store import Store

CONDITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "light": ("light_yaw", "light_pitch", "light_ratio"),
    "pose": ("yaw", "pitch", "roll"),
}
"""Columns of the store that are guessed, by question."""


def identity(
    features: Float32[np.ndarray, "row dim"], store: Store, rows: Int64[np.ndarray, " row"]
) -> tuple[Bool[np.ndarray, " late"], Int64[np.ndarray, " late"], dict[str, float]]:
    """Whether a linear probe guesses the person of each picture, from other clips of the person.

    It learns from every second clip of each person and is tried on the others: other activities in
    `interview`. FMAE-IAT's code asks a linear layer by gradient descent; ours is least squares.

    Args:
        features: of the rows.
        store: that they are from.
        rows: pictures of two people or more, each with two clips or more.

    Returns:
        Hit or miss of each tried picture, its row, and `accuracy`, `chance`, `same_person_auc`.
    """
    _, second = clips_of(store)
    late = second[rows]
    _, people = np.unique(store.column("subject")[rows], return_inverse=True)
    early = np.flatnonzero(~late)
    known = standardised(features, early)
    said = ridge_guess(known[early], people[early].astype(np.int64), known[late])
    hits = said == people[late]
    return hits, rows[late], {
        "accuracy": float(hits.mean()),
        "chance": 1.0 / (int(people.max()) + 1),
        "same_person_auc": same_person(known, people.astype(np.int64), late),
    }  # fmt: skip


def conditions(
    features: Float32[np.ndarray, "row dim"],
    store: Store,
    rows: Int64[np.ndarray, " row"],
    train: Bool[np.ndarray, " row"],
) -> dict[str, float]:
    """Share of the variance of light and of pose that least squares read, by question.

    Args:
        features: of the rows.
        store: that they are from.
        rows: pictures.
        train: which of them to learn from; the others, of other people, are tried.

    Returns:
        R² of each question, the mean of its columns; below 0 is worse than saying the mean.
    """
    known = standardised(features, np.flatnonzero(train))
    found = {}
    for question, columns in CONDITIONS.items():
        truth = np.stack([store.column(name)[rows] for name in columns], 1).astype(np.float64)
        whole = ~np.isnan(truth).any(axis=1)
        learn, tried = whole & train, whole & ~train
        middle = truth[learn].mean(axis=0)
        said = middle + ridge(known[learn], truth[learn] - middle, known[tried])
        left = ((truth[tried] - said) ** 2).sum(axis=0)
        spread = ((truth[tried] - truth[tried].mean(axis=0)) ** 2).sum(axis=0)
        found[question] = float(np.mean(1.0 - left / np.maximum(spread, 1e-12)))
    return found


def ridge(
    train: Float32[np.ndarray, "train dim"],
    targets: Float64[np.ndarray, "train target"],
    test: Float32[np.ndarray, "test dim"],
    *,
    penalty: float = 0.1,
) -> Float64[np.ndarray, "test target"]:
    """Least squares with a penalty, in closed form, as of `ridge_guess`."""
    x = train.astype(np.float64)
    scale = shrinkage(x, penalty)
    weights = np.linalg.solve(x.T @ x + scale * np.eye(x.shape[1]), x.T @ targets)
    return test.astype(np.float64) @ weights
