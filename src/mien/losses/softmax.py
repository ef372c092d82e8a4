"""Cross-entropy over classes, some of them unknown."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional

from mien.losses.gather import masked_mean
from mien.losses.similarity import at_least_single


def masked_softmax_loss(
    logits: Float[Tensor, "batch label"],
    target: Int64[Tensor, "batch"],
    *,
    counts: Float[Tensor, "label"] | None = None,
) -> Float[Tensor, ""]:
    """Mean over the known targets of all ranks of −log softmax(logits)[target].

    Args:
        logits: scores before the softmax.
        target: class index, −1 for unknown (no loss, no gradient).
        counts: training images per class; the balanced softmax of Ren et al., 2020
            (arXiv 2007.10740, Eq. 3): log counts are added to the logits while training, so that
            the bare logits answer for a uniform prior. A class counted 0 is treated as 1.
    """
    logits = at_least_single(logits)
    if counts is not None:
        logits = logits + counts.clamp(min=1).to(logits.dtype).log()
    known = target >= 0
    losses = functional.cross_entropy(logits, torch.where(known, target, 0), reduction="none")
    return masked_mean(losses, known)
