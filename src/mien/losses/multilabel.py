"""Binary cross-entropy over several labels, some of them unknown."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from mien.losses.gather import masked_mean, sum_over_ranks
from mien.losses.similarity import at_least_single


def balance_weights(
    targets: Float[Tensor, "batch unit"],
) -> tuple[Float[Tensor, "unit"], Float[Tensor, "unit"]]:
    """Weights of positives and of negatives that give both the same total in all ranks' batch.

    n/(2 n₊) and n/(2 n₋) of the n known targets of each unit (the usual inverse frequencies, our
    choice of option); a class that does not occur gets n/2, which meets nothing.
    """
    known = ~targets.isnan()
    positive = sum_over_ranks((known & (targets > 0.5)).sum(0).to(targets.dtype))
    total = sum_over_ranks(known.sum(0).to(targets.dtype))
    half = total / 2
    return half / positive.clamp(min=1), half / (total - positive).clamp(min=1)


def masked_binary_loss(
    logits: Float[Tensor, "batch unit"],
    targets: Float[Tensor, "batch unit"],
    *,
    positive_weight: Float[Tensor, "unit"] | None = None,
    balance: bool = False,
) -> Float[Tensor, ""]:
    """Mean over the known targets of all ranks of BCE(sigmoid(logit), target).

    Args:
        logits: scores before the sigmoid.
        targets: 0–1, NaN for unknown (no loss, no gradient).
        positive_weight: factor on each unit's positive term.
        balance: weight positives and negatives of each unit by `balance_weights` of this batch.
    """
    logits, targets = at_least_single(logits), at_least_single(targets)
    known = ~targets.isnan()
    present = torch.where(known, targets, 0.0)
    losses = functional.binary_cross_entropy_with_logits(
        logits, present, reduction="none", pos_weight=positive_weight
    )
    if balance:
        up, down = balance_weights(targets)
        losses = losses * (present * up + (1 - present) * down)
    return masked_mean(losses, known)
