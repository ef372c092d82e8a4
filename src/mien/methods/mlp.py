"""Two-layer heads between an encoder and a loss."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mien.methods.standardise import Standardise
from mien.models.seeded import seeded


class Affine(nn.Module):
    """A learned scale and shift of every feature, as after a batch norm."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, features: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch dim"]:
        """Scaled and shifted features."""
        return features * self.weight + self.bias


def mlp(width: int, hidden: int, out: int, *, seed: int, norm: bool) -> nn.Sequential:
    """Linear, batch norm if `norm`, ReLU, linear without bias.

    The batch norm is that of the global batch on every rank (`Standardise`), so that heads
    belong in `MethodModule.objective`, which sees the whole batch.
    """
    with seeded(seed):
        layers: list[nn.Module] = [nn.Linear(width, hidden, bias=not norm)]
        layers += [Standardise(hidden), Affine(hidden)] if norm else []
        layers += [nn.ReLU(), nn.Linear(hidden, out, bias=False)]
    return nn.Sequential(*layers)
