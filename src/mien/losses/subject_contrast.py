"""NT-Xent in which negatives that show the anchor's own person count for more, less or nothing.

The loss is SimCLR's (Chen et al., 2020, arXiv 2002.05709, Eq. 1); the factor is ours.
"""

import math

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional

from mien.losses.gather import gather, gather_codes, rank
from mien.losses.similarity import similarity


def subject_nt_xent(
    views: Float[Tensor, "batch 2 dim"],
    who: Int64[Tensor, " batch"],
    *,
    temperature: float,
    same: float = 1.0,
) -> Float[Tensor, ""]:
    """Mean over views i with partner j of −log e^(s_ij/τ) / (e^(s_ij/τ) + Σ_m w_im e^(s_im/τ)).

    m runs over all ranks' views but i and j; w_im is `same` where m shows the person of i, else 1.
    So 1 is NT-Xent, 0 takes the person's other pictures out, and above 1 they repel the more: what
    tells a person's pictures apart is not who is shown.

    Args:
        views: unit features of pairs that attract.
        who: the person of each pair, −1 for unknown: like nobody.
        temperature: τ.
        same: w of the same person's views, 0 or more.
    """
    anchors = views.flatten(0, 1)
    everything = gather(anchors)
    people = who.repeat_interleave(2)
    own = torch.arange(len(anchors), device=views.device) + rank() * len(anchors)
    place = torch.arange(len(everything), device=views.device)
    logits = similarity(anchors, everything) / temperature
    blank = place[None] == own[:, None]
    if same != 1:
        alike = (people >= 0)[:, None] & (people[:, None] == gather_codes(people)[None])
        alike &= place[None] // 2 != own[:, None] // 2
        if same > 0:
            logits = logits + math.log(same) * alike
        else:
            blank = blank | alike
    logits = logits.masked_fill(blank, torch.finfo(logits.dtype).min)
    return functional.cross_entropy(logits, own ^ 1)
