"""One positive against a memory of negatives: MoCo's InfoNCE.

He et al., 2020 (arXiv 1911.05722), Eq. 1.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from mien.losses.similarity import similarity


def memory_contrast(
    query: Float[Tensor, "batch dim"],
    target: Float[Tensor, "batch dim"],
    memory: Float[Tensor, "item dim"],
    held: Bool[Tensor, " item"],
    *,
    temperature: float,
) -> Float[Tensor, ""]:
    """Mean over this rank's rows of −log e^(q·k/τ) / (e^(q·k/τ) + Σ_i e^(q·m_i/τ)).

    Args:
        query: unit features q.
        target: unit features k of the same images, without a gradient.
        memory: unit features m of other images, without a gradient.
        held: which of them there are yet.
        temperature: τ.
    """
    positive = (query * target).sum(1, keepdim=True) / temperature
    negative = similarity(query, memory) / temperature
    negative = negative.masked_fill(~held, torch.finfo(negative.dtype).min)
    logits = torch.cat([positive, negative], dim=1)
    return (logits.logsumexp(1) - positive[:, 0]).mean()
