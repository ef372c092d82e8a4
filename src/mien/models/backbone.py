"""What every image backbone is: a frozen config that builds an encoder of 0-1 images."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def live_batch_norm(module: nn.Module) -> list[str]:
    """Names of the layers in `module` that normalise by the statistics of the training batch.

    With such layers a row's features depend on the other rows, so cached gradients and several
    ranks without synchronised statistics are not exact. Frozen batch norm, group norm and layer
    norm are not listed.
    """
    return [name for name, part in module.named_modules() if isinstance(part, _BatchNorm)]


class ImageEncoder(nn.Module):
    """Normalises 0-1 images and passes them through a body that returns one feature row each.

    Args:
        body: maps normalised images (batch, 3, height, width) to features (batch, dim).
        width: number of features, dim.
        mean: per-channel mean to subtract, on the 0-1 scale.
        std: per-channel deviation to divide by.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self, body: nn.Module, *, width: int, mean: Sequence[float], std: Sequence[float]
    ) -> None:
        super().__init__()
        self.body = body
        self.width = width
        shape = (1, 3, 1, 1)
        # Constants of the config, not weights: they stay out of the state dict.
        self.register_buffer("mean", torch.tensor(mean).view(shape), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(shape), persistent=False)

    @property
    def batch_coupled(self) -> bool:
        """True if a row's training features depend on the other rows (live batch norm)."""
        return bool(live_batch_norm(self))

    def forward(self, images: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch dim"]:
        """Features of images on the 0-1 scale, not normalised to length 1."""
        return self.body((images - self.mean) / self.std)


@dataclass(frozen=True, kw_only=True)
class Backbone(ABC):
    """Config of an image encoder."""

    size: int
    """Side of the square input, in pixels."""

    @property
    @abstractmethod
    def width(self) -> int:
        """Number of features the encoder returns per image."""

    @abstractmethod
    def build(self, *, seed: int) -> ImageEncoder:
        """A new encoder; `seed` fixes every weight that no file supplies.

        Raises:
            MienError: a weights file or folder is missing or does not fit.
        """

    @abstractmethod
    def blank(self) -> "Backbone":
        """The same architecture without reading pretrained weights.

        For loading a checkpoint over it: evaluation and export then need no weights file.
        """
