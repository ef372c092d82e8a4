"""Views of one class attract each other: supervised contrast.

SupCon, Khosla et al., 2020 (arXiv 2004.11362), Eq. 2 (the sum outside the logarithm).
"""

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from mien.losses.activity_contrast import contrast
from mien.losses.gather import gather, gather_codes, rank
from mien.losses.similarity import similarity


def supcon(
    views: Float[Tensor, "batch view dim"],
    label: Int64[Tensor, " batch"],
    *,
    temperature: float,
) -> Float[Tensor, ""]:
    """−1/|P(i)| Σ_p log softmax over all other views of the place p, averaged over all views.

    Positives are all other views of the anchor's class, of any image on any rank. Images of
    unknown class (−1) take no part: they may show the anchor's own class.

    Args:
        views: unit features of the views of each image of this rank.
        label: class of each image, −1 for unknown.
        temperature: τ.
    """
    count = views.shape[1]
    anchors, own_label = views.flatten(0, 1), label.repeat_interleave(count)
    everything, labels = gather(anchors), gather_codes(own_label)
    rows = torch.arange(len(anchors), device=views.device) + rank() * len(anchors)
    itself = rows[:, None] == torch.arange(len(everything), device=views.device)[None]
    candidates = (own_label >= 0)[:, None] & (labels >= 0)[None] & ~itself
    positives = candidates & (own_label[:, None] == labels[None])
    return contrast(similarity(anchors, everything) / temperature, positives, candidates)
