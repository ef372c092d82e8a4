"""Frames near in time lie nearer than frames far in time: two margin losses within a clip.

CLP, Li and Shan, TIP 2023 (arXiv 2403.03400), whose equations were not available to us: the
triplet is our reading of its figure (docs/clp.md). The chain is that of TC-Net, BMVC 2020.
"""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn import functional

from mien.losses.gather import masked_mean


def squared_distances(
    anchor: Float[Tensor, "clip dim"], frames: Float[Tensor, "clip frame dim"]
) -> Float[Tensor, "clip frame"]:
    """‖anchor − frame‖² within each clip; of unit features 2 − 2·cos, in 0 to 4."""
    return (frames - anchor[:, None]).square().sum(-1)


def ordered_pairs(gap: Int64[Tensor, "clip frame"]) -> Bool[Tensor, "clip near far"]:
    """Which pairs of frames lie at different distances in time, the nearer one first.

    Args:
        gap: distance in time of each frame from its clip's anchor; 0 is the anchor itself,
            which is in no pair.
    """
    near, far = gap[:, :, None], gap[:, None, :]
    return (near > 0) & (near < far)


def one_pair(
    pairs: Bool[Tensor, "clip near far"], words: Int64[Tensor, " clip"]
) -> Bool[Tensor, "clip near far"]:
    """One pair of each clip, or none where there is none: the (word mod count)-th.

    Args:
        pairs: those to choose from.
        words: a random number of each clip, 0 or more.
    """
    flat = pairs.flatten(1)
    count = flat.sum(1)
    wanted = words % count.clamp(min=1)
    place = flat.cumsum(1) - 1
    return (flat & (place == wanted[:, None])).view_as(pairs)


def triplet_margin(
    distance: Float[Tensor, "clip frame"],
    gap: Int64[Tensor, "clip frame"],
    pairs: Bool[Tensor, "clip near far"],
    *,
    margin: float,
    grows: bool = False,
) -> Float[Tensor, ""]:
    """TCL-A: mean over pairs (p, n) of max(0, d(r, p) − d(r, n) + m), then over all ranks' clips.

    Every clip weighs the same, however many pairs it has; clips without one are left out.

    Args:
        distance: squared distance of each frame from the anchor r.
        gap: distance in time of each frame from the anchor.
        pairs: which (near, far) take part.
        margin: m.
        grows: m times (gap of n − gap of p) in place of m.
    """
    wanted = torch.full_like(distance[:, :, None], margin)
    if grows:
        wanted = margin * (gap[:, None, :] - gap[:, :, None]).to(distance.dtype)
    losses = functional.relu(distance[:, :, None] - distance[:, None, :] + wanted)
    count = pairs.sum((1, 2))
    mean = torch.where(pairs, losses, 0.0).sum((1, 2)) / count.clamp(min=1)
    return masked_mean(mean, count > 0)


def ranking_chain(distance: Float[Tensor, "clip follower"], *, margin: float) -> Float[Tensor, ""]:
    """TCL-B: Σ_i max(0, d(a, x_i) − d(a, x_{i+1}) + m), averaged over this rank's clips.

    The sum is TC-Net's; the average over clips is ours, so that the rate does not depend on
    their number.

    Args:
        distance: squared distance from the anchor a of its followers, nearest in time first.
        margin: m.
    """
    steps = functional.relu(distance[:, :-1] - distance[:, 1:] + margin)
    return steps.sum(1).mean()
