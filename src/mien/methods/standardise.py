"""Standardised features: batch normalisation without scale and shift, exact across ranks."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mien.losses.gather import gather
from mien.losses.similarity import at_least_single


class Standardise(nn.Module):
    """Subtracts the mean and divides by the deviation of all ranks' batch while training.

    At inference the running mean and variance take their place. This is BatchNorm1d with
    `affine=False`, except that moments are those of the global batch on every rank.

    Args:
        width: number of features.
        momentum: weight of a batch in the running moments.
    """

    mean: Tensor
    variance: Tensor

    def __init__(self, width: int, *, momentum: float = 0.1) -> None:
        super().__init__()
        self.momentum = momentum
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("variance", torch.ones(width))

    def forward(self, features: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch dim"]:
        """Standardised features in float32 or better."""
        features = at_least_single(features)
        if not self.training:
            return (features - self.mean) * (self.variance + 1e-5).rsqrt()
        whole = gather(features)
        mean, variance = whole.mean(0), whole.var(0, correction=0)
        with torch.no_grad():
            share = len(whole) / max(len(whole) - 1, 1)
            self.mean.lerp_(mean.to(self.mean.dtype), self.momentum)
            self.variance.lerp_((variance * share).to(self.variance.dtype), self.momentum)
        return (features - mean) * (variance + 1e-5).rsqrt()
