"""CLEF stage 1: faces of one activity attract each other, and the activity's text.

Zhang et al., ICCV 2023 (arXiv 2304.00058). The paper's equations were not available to us: the
SupCon/UniCL form below is our choice (docs/clef.md).
"""

from typing import Literal

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from mien.losses.gather import gather, gather_codes, masked_mean, rank
from mien.losses.similarity import similarity

SameSubject = Literal["positive", "ignored", "negative"]
"""What another image of the anchor's activity is if it shows the anchor's subject, too."""

Temperature = float | Float[Tensor, ""]


def pair_masks(
    activity: Int64[Tensor, "batch"],
    subject: Int64[Tensor, "batch"],
    *,
    own_view: bool,
    same_subject: SameSubject,
) -> tuple[Bool[Tensor, "batch whole"], Bool[Tensor, "batch whole"]]:
    """Which of all ranks' images are each anchor's positives, and which stand in its softmax.

    Unknown activities (−1): such an image is no anchor, no positive, and no negative either,
    since it may show the anchor's own activity.

    Args:
        activity: this rank's activity codes, −1 for unknown.
        subject: this rank's subject codes; unknown ones (−1) count as different people.
        own_view: whether the anchor's own other view is a positive; else it is ignored.
        same_subject: see `SameSubject`.

    Returns:
        positives and candidates, positives being among the candidates.
    """
    activities, subjects = gather_codes(activity), gather_codes(subject)
    rows = torch.arange(len(activity), device=activity.device) + rank() * len(activity)
    own = rows[:, None] == torch.arange(len(activities), device=activity.device)[None]
    known = (activity >= 0)[:, None] & (activities >= 0)[None]
    same = known & (activity[:, None] == activities[None])
    kin = same & (subject[:, None] == subjects[None]) & (subject >= 0)[:, None] & ~own
    positives = same & ~own
    candidates = known & ~own
    if same_subject != "positive":
        positives = positives & ~kin
    if same_subject == "ignored":
        candidates = candidates & ~kin
    if own_view:
        positives, candidates = positives | (own & known), candidates | (own & known)
    return positives, candidates


def contrast(
    logits: Float[Tensor, "batch whole"],
    positives: Bool[Tensor, "batch whole"],
    candidates: Bool[Tensor, "batch whole"],
) -> Float[Tensor, ""]:
    """−1/|P(i)| Σ_p log softmax_j(logits_ij)[p], averaged over all ranks' anchors.

    Anchors without a positive are left out of the average.
    """
    # The lowest finite number, not −inf: a row without candidates must not breed NaN gradients.
    logits = logits.masked_fill(~candidates, torch.finfo(logits.dtype).min)
    count = positives.sum(1)
    attraction = torch.where(positives, logits, 0.0).sum(1) / count.clamp(min=1)
    return masked_mean(logits.logsumexp(1) - attraction, count > 0)


def activity_image_loss(
    view: Float[Tensor, "batch dim"],
    other: Float[Tensor, "batch dim"],
    activity: Int64[Tensor, "batch"],
    subject: Int64[Tensor, "batch"],
    *,
    temperature: Temperature,
    own_view: bool = True,
    same_subject: SameSubject = "positive",
    symmetric: bool = False,
) -> Float[Tensor, ""]:
    """L_II': −mean_i 1/|P(i)| Σ_{p∈P(i)} log softmax_j(v_i·v'_j/τ)[p], j over all ranks.

    Args:
        view: unit features v of the anchors' view.
        other: unit features v' of the other view of the same images.
        activity: codes, −1 for unknown (see `pair_masks`).
        subject: codes of the people shown.
        temperature: τ.
        own_view: keep the anchor's own other view among its positives.
        same_subject: what the anchor's activity shown by the same subject counts as.
        symmetric: average with the same loss anchored at v' (our option).
    """
    positives, candidates = pair_masks(
        activity, subject, own_view=own_view, same_subject=same_subject
    )
    loss = contrast(similarity(view, gather(other)) / temperature, positives, candidates)
    if symmetric:
        back = contrast(similarity(other, gather(view)) / temperature, positives, candidates)
        loss = (loss + back) / 2
    return loss


def activity_text_loss(
    face: Float[Tensor, "batch dim"],
    text: Float[Tensor, "label dim"],
    activity: Int64[Tensor, "batch"],
    *,
    temperature: Temperature,
    text_to_image: bool = False,
) -> Float[Tensor, ""]:
    """L_IA: −mean_i log softmax_k(v_i·t_k/τ)[a_i], k over all activity texts.

    Args:
        face: unit features of the images.
        text: unit features of all activity texts, the same on every rank.
        activity: row of `text` that belongs to each image, −1 for unknown (left out).
        temperature: τ.
        text_to_image: average with the same question asked of the texts: which of all ranks'
            images with a known activity are theirs (our option). Texts without an image are
            left out.
    """
    logits = similarity(face, text) / temperature
    own = torch.arange(len(text), device=activity.device)[None] == activity[:, None]
    loss = contrast(logits, own, torch.ones_like(own))
    if text_to_image:
        activities = gather_codes(activity)
        labels = torch.arange(len(text), device=activity.device)
        back = contrast(
            similarity(text, gather(face)) / temperature,
            labels[:, None] == activities[None],
            (activities >= 0)[None].expand(len(text), -1),
        )
        loss = (loss + back) / 2
    return loss
