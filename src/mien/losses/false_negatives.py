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
    clips = clip.repeat_interleave(2) if exclude_own_clip else None
    false, known = _likest(descriptor.flatten(0, 1), faced.flatten(), clips, own)

    logits = similarity(anchors, everything) / temperature
    place = torch.arange(len(everything), device=views.device)
    gone = (place[None] // 2 == own[:, None] // 2) | (known[:, None] & (place == false[:, None]))
    rest = logits.masked_fill(gone, torch.finfo(logits.dtype).min).logsumexp(1)
    partner = logits.gather(1, (own ^ 1)[:, None])[:, 0]
    alike = torch.where(known, logits.gather(1, false[:, None])[:, 0], partner)
    return FalseNegatives(
        pair=(torch.logaddexp(partner, rest) - partner).mean(),
        found=masked_mean(torch.logaddexp(alike, rest) - alike, known),
        share=known.to(logits.dtype).mean(),
    )


@torch.no_grad()
def _likest(
    looks: Float[Tensor, "view look"],
    faces: Bool[Tensor, "view"],
    clips: Int64[Tensor, "view"] | None,
    own: Int64[Tensor, "view"],
) -> tuple[Int64[Tensor, "view"], Bool[Tensor, "view"]]:
    """Each view's false negative among all ranks' views, and whether it has one."""
    everything = gather(looks)
    place = torch.arange(len(everything), device=looks.device)
    possible = (place[None] // 2 != own[:, None] // 2) & _all(faces)[None] & faces[:, None]
    if clips is not None:
        possible &= clips[:, None] != gather_codes(clips)[None]
    likeness = similarity(looks, everything).masked_fill(~possible, -torch.inf)
    return likeness.argmax(1), possible.any(1)


def _all(mask: Bool[Tensor, "view"]) -> Bool[Tensor, "whole"]:
    """All ranks' marks."""
    return gather_codes(mask.long()) > 0
