"""Expressions that no label taught: read through their texts, or through action units.

What the paper's zero-shot columns do exactly is unknown to us; all of this is our choice.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from mien import facs
from mien.losses.similarity import unit
from mien.methods.phrases import TextSide, phrase_features, prompt_features
from mien.methods.prompting import expression_phrases

Way = Literal["names", "descriptions", "both", "prototypes"]
"""Which texts stand for a class: its name; the mean of its description in every template; the mean
of both. Or no text: the units that are typical of it."""
WAYS: tuple[Way, ...] = ("names", "descriptions", "both", "prototypes")
FLOOR = 0.05
"""Probability of a unit that a prototype lacks, and of a full-blown one's absence."""


def class_features(
    module: TextSide, expressions: Sequence[str], *, way: Way
) -> Float[Tensor, "label joint"]:
    """A unit vector for each expression, to compare faces with.

    Raises:
        ValueError: `way` is "prototypes", which are no texts.
    """
    if way == "prototypes":
        raise ValueError("prototypes are not compared with faces")
    if way == "names":
        return phrase_features(module, expression_phrases(expressions))
    looks = [facs.EXPRESSION_DESCRIPTIONS[name] for name in expressions]
    each = [
        prompt_features(module, [template.format(look) for look in looks])
        for template in facs.DESCRIPTION_TEMPLATES
    ]
    described = unit(torch.stack(each).mean(0))
    if way == "descriptions":
        return described
    return unit(phrase_features(module, expression_phrases(expressions)) + described)


def prototype_scores(
    units: Float[np.ndarray, "sample unit"], *, aus: Sequence[int], expressions: Sequence[str]
) -> Float[np.ndarray, "sample classes"]:
    """How well each expression's typical units explain the units that were read.

    With p the read probabilities and q_cu = ε + (1 − 2ε)·I_cu/5 of the intensity I that
    `facs.PROTOTYPES` gives unit u in class c: Σ_u p_u·log q_cu + (1 − p_u)·log(1 − q_cu).

    Args:
        units: p.
        aus: the units of its columns; those of a prototype that are not among them are unknown.
        expressions: the classes.
    """
    prototypes = np.array(
        [[facs.PROTOTYPES[name].get(au, 0.0) for au in aus] for name in expressions]
    )
    present = FLOOR + (1 - 2 * FLOOR) * prototypes / 5
    read = units.astype(np.float64)
    return read @ np.log(present).T + (1 - read) @ np.log(1 - present).T
