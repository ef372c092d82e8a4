"""NT-Xent: two views of one image attract, all other images repel.

SimCLR, Chen et al., 2020 (arXiv 2002.05709), Eq. 1.
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from mien.losses.gather import gather, rank
from mien.losses.similarity import similarity


def _row_losses(
    anchors: Float[Tensor, "anchor dim"],
    everything: Float[Tensor, "candidate dim"],
    own: Tensor,
    partner: Tensor,
    temperature: Tensor,
) -> Float[Tensor, "anchor"]:
    logits = similarity(anchors, everything) / temperature
    blank = functional.one_hot(own, len(everything)).bool()
    logits = logits.masked_fill(blank, torch.finfo(logits.dtype).min)
    return functional.cross_entropy(logits, partner, reduction="none")


def nt_xent(
    views: Float[Tensor, "batch 2 dim"],
    *,
    temperature: float | Float[Tensor, ""],
    chunk: int | None = None,
) -> Float[Tensor, ""]:
    """Mean over all 2N views of −log softmax over the other 2N − 1 views of the partner's place.

    Args:
        views: unit features of two views of each image of this rank; N counts all ranks' images.
        temperature: τ.
        chunk: anchors compared at a time, recomputed in the backward pass, so that memory grows
            with chunk × N instead of N²; None compares all at once.
    """
    anchors = views.flatten(0, 1)
    everything = gather(anchors)
    own = torch.arange(len(anchors), device=views.device) + rank() * len(anchors)
    partner = own ^ 1  # views of one image lie side by side: 2n and 2n + 1
    heat = torch.as_tensor(temperature, dtype=views.dtype, device=views.device)
    if chunk is None:
        return _row_losses(anchors, everything, own, partner, heat).mean()
    parts = [
        checkpoint(
            _row_losses,
            anchors[start : start + chunk],
            everything,
            own[start : start + chunk],
            partner[start : start + chunk],
            heat,
            use_reentrant=False,
            preserve_rng_state=False,
        )
        for start in range(0, len(anchors), chunk)
    ]
    return torch.cat(parts).mean()  # pyright: ignore[reportArgumentType] - checkpoint is untyped
