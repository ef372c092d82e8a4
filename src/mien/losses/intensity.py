"""Smooth L1 on intensities, some of them unknown."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from mien.losses.gather import masked_mean
from mien.losses.similarity import at_least_single


def masked_intensity_loss(
    prediction: Float[Tensor, "batch unit"],
    target: Float[Tensor, "batch unit"],
    *,
    width: float = 1.0,
) -> Float[Tensor, ""]:
    """Mean over the known targets of all ranks of the Huber-like smooth L1 (our choice).

    Args:
        prediction: intensities, 0–5 for action units.
        target: likewise, NaN for unknown (no loss, no gradient).
        width: error up to which the loss is quadratic, e²/(2 width); beyond, |e| − width/2.
    """
    target = at_least_single(target)
    known = ~target.isnan()
    losses = functional.smooth_l1_loss(
        at_least_single(prediction), torch.where(known, target, 0.0), reduction="none", beta=width
    )
    return masked_mean(losses, known)
