"""Every loss on a linear map of fixed rows."""

import numpy as np
import torch
from torch import Tensor

from losses.draws import codes, partly_known, scores
from mien.losses import activity_contrast, cross_identity, temporal_margin
from mien.losses.concordance import concordance_loss
from mien.losses.false_negatives import masked_false_negatives
from mien.losses.intensity import masked_intensity_loss
from mien.losses.memory_contrast import memory_contrast
from mien.losses.multilabel import masked_binary_loss
from mien.losses.nt_xent import nt_xent
from mien.losses.similarity import unit
from mien.losses.softmax import masked_softmax_loss
from mien.losses.spread import variance_hinge
from mien.losses.supcon import supcon

ROWS = 12


def losses(rows: slice, weight: Tensor) -> dict[str, Tensor]:
    x, y = scores(ROWS, 4, seed=1)[rows], scores(ROWS, 4, seed=2)[rows]
    view, other, logits = unit(x @ weight), unit(y @ weight), x @ weight
    text = unit(scores(3, 4, seed=5) @ weight)
    # The first rank knows far less than the second: shares must still add up.
    activity = codes(ROWS, kinds=3, unknown=True, seed=3)
    targets, values = partly_known(ROWS, 4), partly_known(ROWS, 4, binary=False)
    activity[:4], targets[:4, :3], values[:5] = -1, float("nan"), float("nan")
    activity, targets, values = activity[rows], targets[rows], values[rows]
    subject = codes(ROWS, kinds=2, unknown=False, seed=4)[rows]
    image = activity_contrast.activity_image_loss
    found = {
        f"image {policy} {own}": image(
            view, other, activity, subject, temperature=0.2, same_subject=policy, own_view=own
        )
        for policy in ("positive", "ignored", "negative")
        for own in (True, False)
    }
    found["symmetric"] = image(view, other, activity, subject, temperature=0.2, symmetric=True)
    found["text"] = activity_contrast.activity_text_loss(view, text, activity, temperature=0.2)
    found["both texts"] = activity_contrast.activity_text_loss(
        view, text, activity, temperature=0.2, text_to_image=True
    )
    pair = torch.stack([view, other], 1)
    found["nt-xent"] = nt_xent(pair, temperature=0.2)
    look = unit(scores(ROWS, 6, seed=7).unflatten(1, (2, 3)))[rows]
    for own in (True, False):
        split = masked_false_negatives(
            pair, look, targets[:, :2].isnan(), subject, temperature=0.2, exclude_own_clip=own
        )
        found[f"false negatives {own}"] = split.pair + 0.8 * split.found
    found["chunked nt-xent"] = nt_xent(pair, temperature=0.2, chunk=5)
    found["binary"] = masked_binary_loss(logits, targets)
    found["balanced binary"] = masked_binary_loss(logits, targets, balance=True)
    found["softmax"] = masked_softmax_loss(logits, activity)
    found["intensity"] = masked_intensity_loss(logits, values)
    found["concordance"] = concordance_loss(logits, values)
    return found | self_supervised(view, other, activity)


def self_supervised(view: Tensor, other: Tensor, label: Tensor) -> dict[str, Tensor]:
    """Those whose rows meet a memory, a clip or a class."""
    memory, held = unit(scores(7, 4, seed=6)), torch.arange(7) < 5
    clips = view.unflatten(0, (-1, 3))
    # Anchors in the middle of a clip have no pair: the ranks' shares are uneven.
    middle = label[::3] == -1
    gap = torch.where(middle[:, None], torch.tensor([[1, 0, 1]]), torch.tensor([[0, 1, 2]]))
    distance = temporal_margin.squared_distances(clips[:, 0], clips)
    pairs = temporal_margin.ordered_pairs(gap)
    found = {
        "triplets": temporal_margin.triplet_margin(distance, gap, pairs, margin=0.5),
        "chain": temporal_margin.ranking_chain(distance[:, 1:], margin=0.5),
        "memory": memory_contrast(view, other.detach(), memory, held, temperature=0.2),
        "supcon": supcon(torch.stack([view, other], 1), label, temperature=0.2),
        "hinge": variance_hinge(view),
    }
    allowed = (label[:, None] != torch.arange(7)[None] % 3) & held
    rebuilt = cross_identity.reconstructed(
        cross_identity.attention(view, memory, allowed, temperature=0.2), memory
    )
    found["v1"] = cross_identity.cosine_rows(rebuilt, other.detach()).mean()
    found["v2"] = cross_identity.contrast_rows(rebuilt, other, temperature=0.2).mean()
    return found


def table(rows: slice) -> dict[str, np.ndarray]:
    """Each loss followed by its gradient, in one row."""
    weight = scores(4, 4, seed=9).requires_grad_()
    found = {}
    for name, loss in losses(rows, weight).items():
        (gradient,) = torch.autograd.grad(loss, weight, retain_graph=True)
        found[name] = torch.cat([loss.detach()[None], gradient.flatten()]).numpy()
    return found
