"""The space in which faces and texts meet: projections, and the factor on their cosines."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mien.errors import MienError
from mien.losses.similarity import unit
from mien.models.seeded import seeded

LARGEST_SCALE = 100.0
"""Learned factors are kept at or below this, as in CLIP (Radford et al., 2021, section 2.5)."""


def projection(width: int, joint: int | None, *, seed: int) -> nn.Module:
    """A linear map without bias into the joint space, as in CLIP; the identity for None."""
    if joint is None:
        return nn.Identity()
    with seeded(seed):
        return nn.Linear(width, joint, bias=False)


def check_widths(image: int, text: int, joint: int | None) -> None:
    """Refuse to compare features of different widths.

    Raises:
        MienError: there is no projection and the towers' widths differ.
    """
    if joint is None and image != text:
        raise MienError(
            f"the image tower gives {image} features and the text tower {text}",
            remedy="give `joint` a number: the width of a space both are projected to",
        )


def projected(
    module: nn.Module, features: Float[Tensor, "*batch dim"]
) -> Float[Tensor, "*batch joint"]:
    """Unit features in the joint space, in float32 or better."""
    return unit(module(features))


class Scale(nn.Module):
    """A positive factor, held as its logarithm.

    Args:
        initial: where it starts.
        learned: whether it is trained or stays.
    """

    def __init__(self, initial: float, *, learned: bool = True) -> None:
        super().__init__()
        self.logarithm = nn.Parameter(torch.tensor(math.log(initial)), requires_grad=learned)

    def forward(self) -> Float[Tensor, ""]:
        """The factor."""
        return self.logarithm.exp()

    @torch.no_grad()
    def limit(self) -> None:
        """Bring the factor back to at most `LARGEST_SCALE`; call after the optimiser's step."""
        self.logarithm.clamp_(max=math.log(LARGEST_SCALE))
