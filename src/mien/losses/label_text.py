"""CLEF stage 2: faces meet label names, and descriptions meet the names they describe.

Zhang et al., ICCV 2023 (arXiv 2304.00058). The paper's equations were not available to us: the
forms below are our choice (docs/clef.md). L_IN is one of the three logits here followed by
`masked_binary_loss` (AUs) or `masked_softmax_loss` (expressions); L_ID is the same with
descriptions in the names' place.
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from mien.losses.similarity import similarity


def cosine_logits(
    face: Float[Tensor, "batch dim"],
    text: Float[Tensor, "label dim"],
    *,
    scale: Float[Tensor, ""],
    bias: Float[Tensor, ""] | Float[Tensor, "label"] | None = None,
) -> Float[Tensor, "batch label"]:
    """s·cos(v, n) + b, of unit features.

    AUs, form (a): its sigmoid is the unit's probability; b is one number or one per unit.
    Expressions: its softmax over labels is the probability, without b.
    """
    logits = scale * similarity(face, text)
    return logits if bias is None else logits + bias


def paired_logits(
    face: Float[Tensor, "batch dim"],
    present: Float[Tensor, "label dim"],
    absent: Float[Tensor, "label dim"],
    *,
    scale: Float[Tensor, ""],
) -> Float[Tensor, "batch label"]:
    """AUs, form (b): s·cos(v, "with …") − s·cos(v, "without …").

    Its sigmoid is the softmax over the two prompts of the prompt that says present.
    """
    return scale * (similarity(face, present) - similarity(face, absent))


def description_name_loss(
    description: Float[Tensor, "label dim"],
    name: Float[Tensor, "label dim"],
    *,
    scale: Float[Tensor, ""],
) -> Float[Tensor, ""]:
    """L_DN: −mean_c log softmax_k(s·cos(d_c, n_k))[c], over all names k.

    The texts are the same on every rank, hence so is the loss.
    """
    own = torch.arange(len(name), device=name.device)
    return functional.cross_entropy(scale * similarity(description, name), own)
