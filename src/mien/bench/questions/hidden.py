"""What a representation should not say: who is shown, in what light, from where."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from mien.bench.questions.linear import ridge_guess, shrinkage, standardised
from mien.bench.questions.people import clips_of, same_person
from mien.data.store import Store

CONDITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "light": ("light_yaw", "light_pitch", "light_ratio"),
    "pose": ("yaw", "pitch", "roll"),
}
"""Columns of the store that are guessed, by question."""
PENALTIES: Final = (0.1, 1.0, 10.0, 100.0)
"""Of least squares for light and pose; the best on people held out of its training is taken."""
OTHERS: Final = 8
"""Pictures of other people that each picture is compared with."""


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

    The penalty is chosen on every second person of those to learn from, by what the rest teaches.

    Args:
        features: of the rows.
        store: that they are from.
        rows: pictures.
        train: which of them to learn from; the others, of other people, are tried.

    Returns:
        R² of each question, the mean of its columns; below 0 is worse than saying the mean.
    """
    known = standardised(features, np.flatnonzero(train))
    _, people = np.unique(store.column("subject")[rows], return_inverse=True)
    apart = people % 2 == 1
    found = {}
    for question, columns in CONDITIONS.items():
        truth = np.stack([store.column(name)[rows] for name in columns], 1).astype(np.float64)
        whole = ~np.isnan(truth).any(axis=1)
        learn, tried = whole & train, whole & ~train
        penalty = max(
            PENALTIES,
            key=lambda p: _explained(known, truth, learn & ~apart, learn & apart, penalty=p),
        )
        found[question] = _explained(known, truth, learn, tried, penalty=penalty)
    return found


def places(
    features: Float32[np.ndarray, "row dim"], store: Store, rows: Int64[np.ndarray, " row"]
) -> tuple[Float64[np.ndarray, " pair"], Bool[np.ndarray, " pair"], Int64[np.ndarray, " pair"]]:
    """Whether two pictures of one person are nearer than two of two, no place being in both.

    Every picture of every second clip of a person is compared with all of the person's other clips
    and with `OTHERS` pictures of other people. In `wild` each clip is another place in another
    light, so nothing but the person is shared.

    Args:
        features: of the rows.
        store: that they are from.
        rows: pictures of people with two clips or more; the same rows give the same pairs.

    Returns:
        Cosine of each pair of standardised features, whether both show one person, and the row of
        the first picture.
    """
    known = standardised(features, np.arange(len(rows))).astype(np.float64)
    known /= np.maximum(np.linalg.norm(known, axis=1, keepdims=True), 1e-12)
    _, second = clips_of(store)
    late = second[rows]
    _, people = np.unique(store.column("subject")[rows], return_inverse=True)
    generator = np.random.default_rng(0)
    early = np.flatnonzero(~late)
    left, right = [], []
    for one in early:
        own = np.flatnonzero(late & (people == people[one]))
        strangers = np.flatnonzero(late & (people != people[one]))
        drawn = generator.choice(strangers, min(OTHERS, len(strangers)), replace=False)
        right += [*own, *drawn]
        left += [one] * (len(own) + len(drawn))
    near = (known[left] * known[right]).sum(axis=1)
    return near, people[left] == people[right], rows[left]


def _explained(
    known: Float32[np.ndarray, "row dim"],
    truth: Float64[np.ndarray, "row target"],
    learn: Bool[np.ndarray, " row"],
    tried: Bool[np.ndarray, " row"],
    *,
    penalty: float,
) -> float:
    """R² on the tried rows, mean of the targets."""
    middle = truth[learn].mean(axis=0)
    said = middle + ridge(known[learn], truth[learn] - middle, known[tried], penalty=penalty)
    left = ((truth[tried] - said) ** 2).sum(axis=0)
    spread = ((truth[tried] - truth[tried].mean(axis=0)) ** 2).sum(axis=0)
    return float(np.mean(1.0 - left / np.maximum(spread, 1e-12)))


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
