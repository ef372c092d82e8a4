"""A face re-expressed by other people's faces: attention over a memory.

CLP's cross-identity reconstruction, Li and Shan, TIP 2023 (arXiv 2403.03400). The parts are those
of its figure; both loss forms are our choice (docs/clp.md).
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from mien.losses.gather import gather, rank
from mien.losses.similarity import similarity, unit


def attention(
    query: Float[Tensor, "batch dim"],
    memory: Float[Tensor, "item dim"],
    allowed: Bool[Tensor, "batch item"],
    *,
    temperature: float,
) -> Float[Tensor, "batch item"]:
    """a_i = softmax_i(q·m_i/τ) over the allowed items; all 0 for a query without any.

    Args:
        query: unit features.
        memory: unit features, without a gradient.
        allowed: which items a query may use.
        temperature: τ.
    """
    logits = similarity(query, memory) / temperature
    logits = logits.masked_fill(~allowed, torch.finfo(logits.dtype).min)
    return logits.softmax(1) * allowed


def reconstructed(
    weights: Float[Tensor, "batch item"], memory: Float[Tensor, "item dim"]
) -> Float[Tensor, "batch dim"]:
    """q^ = Σ_i a_i m_i, scaled to length 1 (0 for a query without any weight)."""
    return unit(similarity(weights, memory.T))


def cosine_rows(
    one: Float[Tensor, "batch dim"], other: Float[Tensor, "batch dim"]
) -> Float[Tensor, " batch"]:
    """2 − 2·one·other, row by row: CIR-v1, and BYOL's regression (arXiv 2006.07733, Eq. 2).

    Args:
        one: unit features.
        other: unit features.
    """
    return 2 - 2 * (one * other).sum(1)


def contrast_rows(
    one: Float[Tensor, "batch dim"], other: Float[Tensor, "batch dim"], *, temperature: float
) -> Float[Tensor, " batch"]:
    """CIR-v2: −log softmax_b(one·other_b/τ')[own row], b over all ranks' rows.

    Args:
        one: unit features.
        other: unit features, without a gradient.
        temperature: τ'.
    """
    everything = gather(other.detach())
    own = torch.arange(len(one), device=one.device) + rank() * len(one)
    logits = similarity(one, everything) / temperature
    return functional.cross_entropy(logits, own, reduction="none")


def relative_entropy(
    weights: Float[Tensor, "batch item"], allowed: Bool[Tensor, "batch item"]
) -> Float[Tensor, " batch"]:
    """Entropy of each query's attention over that of an even one: 1 is the memory's mean.

    Queries with fewer than two allowed items count as 0. For watching: it carries no gradient.
    """
    entropy = torch.special.entr(weights.detach()).sum(1)
    highest = allowed.sum(1).clamp(min=2).to(weights.dtype).log()
    return entropy / highest


def mass(
    weights: Float[Tensor, "batch item"], chosen: Bool[Tensor, "batch item"]
) -> Float[Tensor, " batch"]:
    """Share of each query's attention on some items, such as those of its own identity."""
    return torch.where(chosen, weights, 0.0).sum(1)
