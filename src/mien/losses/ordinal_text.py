"""Intensities from words: which of "slight", "marked", "strong" … a face is nearest to.

Our own; CLEF's authors suggest intensity words, no form is known to us.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from mien.losses.similarity import similarity


def ordinal_logits(
    face: Float[Tensor, "batch dim"],
    text: Float[Tensor, "label level dim"],
    *,
    scale: Float[Tensor, ""],
    bias: Float[Tensor, "level"],
) -> Float[Tensor, "batch label"]:
    """The log-odds of the expected level E: log E − log(K − E), for levels 0 to K.

    With l_k = s·cos(v, t_k) + b_k and p = softmax(l), E = Σ_k k·p_k. Numerator and denominator
    share their sum, so the log-odds are logsumexp_k(l_k + log k) − logsumexp_k(l_k + log(K − k)),
    and K·sigmoid of them is E exactly.

    Args:
        face: unit features of the images.
        text: unit features of each label's levels, from absent to the most.
        scale: s.
        bias: b, one number a level, the same for all labels.
    """
    labels, levels = text.shape[:2]
    logits = scale * similarity(face, text.flatten(0, 1)).unflatten(1, (labels, levels)) + bias
    steps = [math.log(level) for level in range(1, levels)]
    up = torch.tensor(steps, device=logits.device, dtype=logits.dtype)
    more = torch.logsumexp(logits[..., 1:] + up, dim=-1)
    return more - torch.logsumexp(logits[..., :-1] + up.flip(0), dim=-1)
