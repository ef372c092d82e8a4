"""Scores become probabilities, and probabilities decisions, by people of the lab nobody trained on.

Units: Platt's sigmoid (Platt, 1999) for each. Expressions: a temperature (Guo et al., 2017, arXiv
1706.04599). Free phrases: one sigmoid for all of them, fitted on wordings that were never trained
on. Thresholds: of best F1, unit by unit. The real photographs that the model is judged by are not
looked at here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mien.engine.plan import RunData
from mien.engine.shipped_read import Floats, scored, shapes_of
from mien.facs.statements import TAUGHT, Statement, taught_phrases
from mien.losses.similarity import similarity
from mien.methods.text_reader import TextReader, TextReaderModule
from mien.methods.truth import truths
from mien.metrics import threshold
from mien.recipes.run import Run
from mien.text.near import near
from mien.text.sentence import SentenceEncoder

_ENOUGH = 5
"""Known positives and negatives below which a unit's scores are left as they are."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """What is fitted; all numbers are plain, so that a record can hold them."""

    unit_scale: tuple[float, ...]
    """p = sigmoid(scale·score + shift) for each unit."""
    unit_shift: tuple[float, ...]
    thresholds: tuple[float, ...]
    """Of the calibrated probability."""
    temperature: float
    """Expressions' scores are divided by it."""
    asked_scale: float
    """Likewise for free phrases."""
    asked_shift: float
    rows: int
    """Pictures it was fitted on."""
    people: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """What a reader scores on the people kept for calibration."""

    scores: dict[str, Floats]
    faces: Floats
    data: RunData

    @property
    def known(self) -> Tensor:
        """Occurrence of units, (row, unit)."""
        return torch.from_numpy(self.data.parts["test"].targets.occurrence)


def see(run: Run, module: TextReaderModule, data: RunData) -> Seen:
    """Score the pictures of people who are in no training row, with all inputs."""
    rows = data.parts["test"].rows
    scores, faces = scored(
        module,
        data.store,
        rows,
        size=run.backbone.size,
        shapes=shapes_of(module, data.store, rows),
    )
    return Seen(scores=scores, faces=faces, data=data)


def calibrate(module: TextReaderModule, seen: Seen, encoder: SentenceEncoder) -> Calibration:
    """Fit everything on what was seen."""
    known = seen.known
    raw = torch.from_numpy(seen.scores["au"])
    pairs = [platt(raw[:, unit], known[:, unit]) for unit in range(raw.shape[1])]
    scale, shift = (np.array(each, np.float64) for each in zip(*pairs, strict=True))
    chance = 1 / (1 + np.exp(-(seen.scores["au"] * scale + shift)))
    targets = seen.data.parts["test"].targets
    asked, stated = asked_scores(module, seen, encoder, TAUGHT)
    asked_scale, asked_shift = platt(asked.flatten(), stated.flatten())
    return Calibration(
        unit_scale=tuple(map(float, scale)),
        unit_shift=tuple(map(float, shift)),
        thresholds=tuple(threshold.choose(chance, targets.occurrence).tolist()),
        temperature=temperature(
            torch.from_numpy(seen.scores["expression"]), torch.from_numpy(targets.expression)
        ),
        asked_scale=asked_scale,
        asked_shift=asked_shift,
        rows=len(targets),
        people=len(set(targets.subject.tolist())),
    )


def asked_scores(
    module: TextReaderModule,
    seen: Seen,
    encoder: SentenceEncoder,
    statements: Sequence[Statement],
) -> tuple[Tensor, Tensor]:
    """Raw scores of held wordings, and whether they are true, both (row, wording)."""
    phrases = [said for each in statements for said in each.held]
    # As they are served: phrases that were not taught are moved near those that were.
    vectors = torch.from_numpy(near(encoder.encode(phrases), encoder.encode(taught_phrases())))
    with torch.no_grad():
        texts = module.texts(vectors)
        cosine = similarity(torch.from_numpy(seen.faces), texts)
        scores = module.scales["statement"]() * cosine + module.biases["statement"]
    assert isinstance(module.method, TextReader)
    targets = seen.data.parts["test"].targets
    known = truths(
        statements,
        aus=module.method.aus,
        expressions=module.method.expressions,
        intensity=torch.from_numpy(targets.intensity),
        sided=torch.from_numpy(targets.sided),
        expression=torch.from_numpy(targets.expression),
    )
    counts = torch.tensor([len(each.held) for each in statements])
    return scores, known.repeat_interleave(counts, dim=1)


def platt(scores: Tensor, truth: Tensor) -> tuple[float, float]:
    """Scale (above 0) and shift of the sigmoid that fits best; 1 and 0 where too little is known.

    Newton's method on the cross-entropy, with targets drawn in as Platt does against certainty.

    Args:
        scores: raw, any shape.
        truth: 1, 0 or NaN, of the same shape.
    """
    known = ~truth.isnan()
    x, y = scores[known].double(), truth[known].double()
    positive, negative = float(y.sum()), float((1 - y).sum())
    if min(positive, negative) < _ENOUGH:
        return 1.0, 0.0
    target = torch.where(y > 0.5, (positive + 1) / (positive + 2), 1 / (negative + 2))
    design = torch.stack([x, torch.ones_like(x)], dim=1)
    weights = torch.tensor([1.0, 0.0], dtype=torch.float64)
    for _ in range(50):
        chance = (design @ weights).sigmoid()
        slope = design.T @ (chance - target)
        curve = (design * (chance * (1 - chance))[:, None]).T @ design
        change = torch.linalg.solve(curve + 1e-6 * torch.eye(2, dtype=torch.float64), slope)
        weights = weights - change.clamp(-2.0, 2.0)
        if float(change.abs().max()) < 1e-8:
            break
    scale, shift = weights.tolist()
    return (scale, shift) if scale > 0 else (1.0, 0.0)


def temperature(scores: Tensor, truth: Tensor) -> float:
    """The temperature of least cross-entropy, from a grid of 0.2 to 5; 1 where nothing is known.

    Args:
        scores: (row, class) raw.
        truth: class index, -1 unknown.
    """
    known = truth >= 0
    if int(known.sum()) < _ENOUGH:
        return 1.0
    grid = np.exp(np.linspace(np.log(0.2), np.log(5.0), 81))
    losses = [
        float(torch.nn.functional.cross_entropy(scores[known] / value, truth[known]))
        for value in grid
    ]
    return float(grid[int(np.argmin(losses))])


def probabilities(
    scores: npt.NDArray[np.floating], calibration: Calibration
) -> npt.NDArray[np.float64]:
    """Units' calibrated probabilities of raw scores (row, unit)."""
    scale, shift = np.array(calibration.unit_scale), np.array(calibration.unit_shift)
    return 1 / (1 + np.exp(-(scores.astype(np.float64) * scale + shift)))
