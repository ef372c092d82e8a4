"""MaskFN: for each view, the negative that looks most like it is taken out and attracts, too.

Shu et al., BMVC 2022 (arXiv 2210.03853), as its released code has it.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from mien.losses.gather import gather, gather_codes, masked_mean, rank
from mien.losses.similarity import similarity


class FalseNegatives(NamedTuple):
    """The two terms of the loss, and what was found."""

    pair: Float[Tensor, ""]
    """Mean L1: the partner against the negatives that are left."""
    found: Float[Tensor, ""]
    """Mean L2: the false negative against the same negatives."""
    share: Float[Tensor, ""]
    """Share of this rank's views for which there is one."""


def masked_false_negatives(
    views: Float[Tensor, "batch 2 dim"],
    descriptor: Float[Tensor, "batch 2 look"],
    faced: Bool[Tensor, "batch 2"],
    clip: Int64[Tensor, "batch"],
    *,
    temperature: float,
    exclude_own_clip: bool = True,
) -> FalseNegatives:
    """NT-Xent in which one false negative of each view is known.

    Of view i with partner j, the false negative is l = argmax g_i·g_m over all ranks' views m but
    i, j and faceless ones; K are all other views but i, j and l. Then
    L1 = −log e^(s_ij/τ) / (e^(s_ij/τ) + Σ_K e^(s_im/τ)), and L2 the same with s_il for s_ij.
    Where there is no l (a faceless view, or nobody left), L1 is NT-Xent's and L2 is absent.

    Args:
        views: unit features z of pairs that attract.
        descriptor: unit descriptors g of the same views.
        faced: whether a view shows a face; all true is the released code.
        clip: of each pair.
        temperature: τ.
        exclude_own_clip: l may not be of the view's own clip, whose other frames are HardNeg's
            negatives; False is the released code.
    """
    anchors = views.flatten(0, 1)
    everything = gather(anchors)
    own = torch.arange(len(anchors), device=views.device) + rank() * len(anchors)
    place = torch.arange(len(everything), device=views.device)
    self_or_partner = (place[None] // 2) == (own[:, None] // 2)

    clips = clip.repeat_interleave(2)
    faces = faced.flatten()
    possible = ~self_or_partner & _all(faces)[None] & faces[:, None]
    if exclude_own_clip:
        possible &= clips[:, None] != gather_codes(clips)[None]
    with torch.no_grad():
        looks = descriptor.flatten(0, 1)
        likeness = similarity(looks, gather(looks)).masked_fill(~possible, -torch.inf)
    known = possible.any(1)
    false = likeness.argmax(1)

    logits = similarity(anchors, everything) / temperature
    lowest = torch.finfo(logits.dtype).min
    gone = self_or_partner | (known[:, None] & (place[None] == false[:, None]))
    rest = logits.masked_fill(gone, lowest).logsumexp(1)
    partner = logits.gather(1, (own ^ 1)[:, None])[:, 0]
    alike = torch.where(known, logits.gather(1, false[:, None])[:, 0], partner)
    return FalseNegatives(
        pair=(torch.logaddexp(partner, rest) - partner).mean(),
        found=masked_mean(torch.logaddexp(alike, rest) - alike, known),
        share=known.to(logits.dtype).mean(),
    )


def _all(mask: Bool[Tensor, "view"]) -> Bool[Tensor, "whole"]:
    """All ranks' marks."""
    return gather_codes(mask.long()) > 0
