"""One minus the concordance correlation coefficient."""

import torch
from jaxtyping import Float
from torch import Tensor

from mien.losses.gather import gather
from mien.losses.similarity import at_least_single

_SMALL = 1e-8


def concordance_loss(
    prediction: Float[Tensor, "batch column"], target: Float[Tensor, "batch column"]
) -> Float[Tensor, ""]:
    """1 − CCC of all ranks' rows, averaged over columns (Lin, 1989).

    CCC = 2 cov / (var p + var t + (mean p − mean t)²), with moments of the n known rows divided
    by n. Unknown targets are NaN; a column with fewer than two known rows is left out; without
    any column the loss is 0.
    """
    prediction, target = gather(at_least_single(prediction)), gather(at_least_single(target))
    known = ~target.isnan()
    count = known.sum(0).clamp(min=1)
    target = torch.where(known, target, 0.0)
    prediction = torch.where(known, prediction, 0.0)
    mean_p, mean_t = prediction.sum(0) / count, target.sum(0) / count
    off_p = torch.where(known, prediction - mean_p, 0.0)
    off_t = torch.where(known, target - mean_t, 0.0)
    covariance = (off_p * off_t).sum(0) / count
    spread = (off_p.square().sum(0) + off_t.square().sum(0)) / count
    ccc = 2 * covariance / (spread + (mean_p - mean_t).square() + _SMALL)
    counted = known.sum(0) >= 2
    return torch.where(counted, 1 - ccc, 0.0).sum() / counted.sum().clamp(min=1)
