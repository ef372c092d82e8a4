"""Scores of readings: "KEY:KIND" names one, such as "probe:au-f1"; values and draws over people."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import numpy as np
from jaxtyping import Float

from mien.bench.trials.piece import Piece
from mien.bench.trials.readings import Readings
from mien.metrics.auc import auc
from mien.metrics.concordance import ccc
from mien.metrics.error import rmse
from mien.metrics.f1 import f1_at
from mien.metrics.icc import icc_per_label
from mien.metrics.resampled import (
    agreement_draws,
    auc_draws,
    f1_draws,
    mean_draws,
    recall_draws,
)

Draws = Float[np.ndarray, "draw label"]
DRAWS: Final = 1000

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "au-f1": "AU F1",
        "au-auc": "AU AUC",
        "expression-f1": "expression F1",
        "expression-accuracy": "expression accuracy",
        "expression-uar": "expression UAR",
        "intensity-icc": "intensity ICC(3,1)",
        "valence-ccc": "valence CCC",
        "arousal-ccc": "arousal CCC",
        "valence-rmse": "valence RMSE",
        "arousal-rmse": "arousal RMSE",
        "accuracy": "people named",
        "same-person-auc": "same-person AUC",
    }
)
"""Kinds of scores, for people."""
KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "labels": "taught on interview",
        "wild": "taught on wild",
        "finetune": "fine-tuned on interview",
        "categories": "fine-tuned on wild, categories",
        "affect": "fine-tuned on wild, affect",
        "probe": "linear probe",
        "neighbours": "20 neighbours",
        "probe-in-wild": "linear probe, read in wild",
        "labels-in-wild": "taught on interview, read in wild",
        "finetune-in-wild": "fine-tuned on interview, read in wild",
        "identity": "identity probe",
        "places": "across places",
        "unseen-names": "unseen, by name",
        "unseen-descriptions": "unseen, by description",
        "unseen-both": "unseen, by both texts",
        "unseen-prototypes": "unseen, by typical units",
        "unseen-names-in-wild": "unseen, by name, in wild",
        "unseen-descriptions-in-wild": "unseen, by description, in wild",
        "unseen-both-in-wild": "unseen, by both texts, in wild",
        "unseen-prototypes-in-wild": "unseen, by typical units, in wild",
    }
)
"""Keys of readings, for people."""


def said(score: str) -> str:
    """A score in words."""
    key, _, kind = score.partition(":")
    return f"{NAMES[kind]}, {KEYS.get(key, key)}"


def has(piece: Piece, score: str) -> bool:
    """Whether a piece has readings for a score."""
    key, _, kind = score.partition(":")
    found = piece.readings.get(key, {})
    return _COLUMN[kind] in found


def values(piece: Piece, score: str) -> Float[np.ndarray, "label"]:
    """The score of each label on all people; NaN where undefined."""
    found, kind = _of(piece, score)
    return _VALUES[kind](found)


@lru_cache(maxsize=1024)
def draws(piece: Piece, score: str, *, count: int = DRAWS) -> Draws:
    """The score of each draw over people and label; rows on the same people share their draws.

    Kept, since a row stands in many claims and tables; not to be written to.
    """
    found, kind = _of(piece, score)
    return _DRAWN[kind](found, count, int(piece.facts["seed"]))


def _of(piece: Piece, score: str) -> tuple[Readings, str]:
    key, _, kind = score.partition(":")
    return piece.readings[key], kind


def _au(found: Readings) -> tuple[np.ndarray, np.ndarray]:
    return found["au"].astype(np.float64), found["au_true"].astype(np.float64)


def _pairs(found: Readings) -> tuple[np.ndarray, np.ndarray]:
    return found["near"].astype(np.float64)[:, None], found["same"].astype(np.float64)[:, None]


def _classes(found: Readings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns of what is said and what is true, and the subjects, where the class is known."""
    known = found["expression_true"] >= 0
    count = found["expression"].shape[1]
    eye = np.eye(count)
    said_so = eye[found["expression"][known].argmax(axis=1)]
    return said_so, eye[found["expression_true"][known]], found["subjects"][known]


def _hits(found: Readings) -> tuple[np.ndarray, np.ndarray]:
    one, two, subjects = _classes(found)
    return (one * two).sum(axis=1, keepdims=True), subjects


def _recalls(found: Readings) -> np.ndarray:
    """Recall of each class; NaN where nobody shows it."""
    one, two, _ = _classes(found)
    shown = two.sum(axis=0)
    return np.where(shown > 0, (one * two).sum(axis=0) / np.maximum(shown, 1), np.nan)


def _recall_draws(found: Readings, count: int, seed: int) -> Draws:
    one, two, subjects = _classes(found)
    return recall_draws(
        one.argmax(axis=1), two.argmax(axis=1), subjects, classes=one.shape[1], draws=count,
        seed=seed,
    )  # fmt: skip


def _intensity(found: Readings) -> tuple[np.ndarray, np.ndarray]:
    return found["intensity"].astype(np.float64), found["intensity_true"].astype(np.float64)


def _icc_draws(found: Readings, count: int, seed: int) -> Draws:
    return agreement_draws(*_intensity(found), found["subjects"], draws=count, seed=seed)["icc"]


def _affect(found: Readings, place: int) -> tuple[np.ndarray, np.ndarray]:
    cut = slice(place, place + 1)
    return found["affect"][:, cut].astype(np.float64), found["affect_true"][:, cut].astype(
        np.float64
    )


def _affect_draws(found: Readings, place: int, count: int, seed: int) -> dict[str, Draws]:
    return agreement_draws(*_affect(found, place), found["subjects"], draws=count, seed=seed)


_COLUMN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "au-f1": "au",
        "au-auc": "au",
        "expression-f1": "expression",
        "expression-accuracy": "expression",
        "expression-uar": "expression",
        "intensity-icc": "intensity",
        "valence-ccc": "affect",
        "arousal-ccc": "affect",
        "valence-rmse": "affect",
        "arousal-rmse": "affect",
        "accuracy": "hit",
        "same-person-auc": "near",
    }
)
_VALUES: Final[Mapping[str, Callable[[Readings], np.ndarray]]] = MappingProxyType(
    {
        "au-f1": lambda f: f1_at(*_au(f)).values,
        "au-auc": lambda f: auc(*_au(f)).values,
        "expression-f1": lambda f: f1_at(*_classes(f)[:2]).values,
        "expression-accuracy": lambda f: _hits(f)[0].mean(axis=0),
        "expression-uar": _recalls,
        "intensity-icc": lambda f: icc_per_label(*_intensity(f)).values,
        "valence-ccc": lambda f: ccc(*_affect(f, 0)).values,
        "arousal-ccc": lambda f: ccc(*_affect(f, 1)).values,
        "valence-rmse": lambda f: rmse(*_affect(f, 0)).values,
        "arousal-rmse": lambda f: rmse(*_affect(f, 1)).values,
        "accuracy": lambda f: f["hit"].astype(np.float64).mean(keepdims=True),
        "same-person-auc": lambda f: auc(*_pairs(f)).values,
    }
)
_DRAWN: Final[Mapping[str, Callable[[Readings, int, int], Draws]]] = MappingProxyType(
    {
        "au-f1": lambda f, n, s: f1_draws(*_au(f), f["subjects"], draws=n, seed=s),
        "au-auc": lambda f, n, s: auc_draws(*_au(f), f["subjects"], draws=n, seed=s),
        "expression-f1": lambda f, n, s: f1_draws(*_classes(f), draws=n, seed=s),
        "expression-accuracy": lambda f, n, s: mean_draws(*_hits(f), draws=n, seed=s),
        "expression-uar": _recall_draws,
        "intensity-icc": _icc_draws,
        "valence-ccc": lambda f, n, s: _affect_draws(f, 0, n, s)["ccc"],
        "arousal-ccc": lambda f, n, s: _affect_draws(f, 1, n, s)["ccc"],
        "valence-rmse": lambda f, n, s: _affect_draws(f, 0, n, s)["rmse"],
        "arousal-rmse": lambda f, n, s: _affect_draws(f, 1, n, s)["rmse"],
        "accuracy": lambda f, n, s: mean_draws(
            f["hit"].astype(np.float64)[:, None], f["subjects"], draws=n, seed=s
        ),
        "same-person-auc": lambda f, n, s: auc_draws(*_pairs(f), f["subjects"], draws=n, seed=s),
    }
)
