"""Batch norm replaced by layers that compute every row by itself."""

from collections.abc import Callable
from math import gcd
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the customary name

Norm = Literal["frozen-batch", "batch", "group"]
"""Which normalisation a convolutional backbone gets; see `normalised`."""

GROUPS = 8
MOMENTUM = 0.1


class FrozenBatchNorm(nn.Module):
    """Batch norm whose statistics never change; scale and shift still learn.

    y = weight (x - running_mean) / sqrt(running_var + eps) + bias, in training and evaluation
    alike. The statistics are buffers under batch norm's names.

    Args:
        source: the batch norm whose statistics, scale and shift are taken over.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, source: nn.BatchNorm2d) -> None:
        super().__init__()
        mean, variance = source.running_mean, source.running_var
        assert mean is not None
        assert variance is not None
        self.eps = source.eps
        self.weight = nn.Parameter(source.weight.detach().clone())
        self.bias = nn.Parameter(source.bias.detach().clone())
        self.register_buffer("running_mean", mean.clone())
        self.register_buffer("running_var", variance.clone())

    def forward(
        self, maps: Float[Tensor, "batch channel height width"]
    ) -> Float[Tensor, "batch channel height width"]:
        """Maps scaled and shifted per channel."""
        return F.batch_norm(
            maps, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
        )


def _group(source: nn.BatchNorm2d) -> nn.Module:
    return nn.GroupNorm(gcd(GROUPS, source.num_features), source.num_features)


def _live(source: nn.BatchNorm2d) -> nn.Module:
    source.momentum = MOMENTUM
    return source


_REPLACEMENTS: dict[Norm, Callable[[nn.BatchNorm2d], nn.Module]] = {
    "frozen-batch": FrozenBatchNorm,
    "batch": _live,
    "group": _group,
}


def normalised(module: nn.Module, norm: Norm) -> nn.Module:
    """`module` with every batch norm in it replaced, in place.

    - "frozen-batch": the statistics stay as they are, scale and shift learn. For fine-tuning
      from pretrained weights. Without any, the statistics are 0 and 1: a mere scale and shift.
    - "batch": live batch norm, momentum 0.1. Rows of a batch then depend on each other.
    - "group": group norm over 8 groups with fresh scale and shift; pretrained convolutions stay,
      but what they feed into changes. For training from nothing.
    """
    replace = _REPLACEMENTS[norm]
    with torch.no_grad():
        for parent in list(module.modules()):
            for name, child in list(parent.named_children()):
                if isinstance(child, nn.BatchNorm2d):
                    setattr(parent, name, replace(child))
    return module
