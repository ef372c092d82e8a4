"""small64: a residual net of ten layers for 64-pixel faces on CPUs (our own; no paper).

A ResNet-10 (He et al., 2016, arXiv 1512.03385, basic blocks) at half width, with group norm
(Wu and He, 2018, arXiv 1803.08494) in place of batch norm, so that every row is computed by
itself and cached gradients, several ranks and one process agree.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the customary name

from mien.models.backbone import IMAGENET_MEAN, IMAGENET_STD, Backbone, ImageEncoder
from mien.models.seeded import seeded

GROUPS = 8


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut, which is projected since every block halves.

    Args:
        inner: channels in.
        outer: channels out.
    """

    def __init__(self, inner: int, outer: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inner, outer, 3, stride=2, padding=1, bias=False)
        self.first_norm = nn.GroupNorm(GROUPS, outer)
        self.second = nn.Conv2d(outer, outer, 3, padding=1, bias=False)
        self.second_norm = nn.GroupNorm(GROUPS, outer)
        self.shortcut = nn.Conv2d(inner, outer, 1, stride=2, bias=False)

    def forward(
        self, maps: Float[Tensor, "batch inner height width"]
    ) -> Float[Tensor, "batch outer half_height half_width"]:
        """Maps at half the resolution."""
        hidden = F.relu(self.first_norm(self.first(maps)))
        return F.relu(self.second_norm(self.second(hidden)) + self.shortcut(maps))


class Small64Body(nn.Module):
    """Stem and four blocks, averaged over the last maps.

    Args:
        channels: channels of the stem and of the four blocks.
    """

    def __init__(self, channels: tuple[int, int, int, int, int]) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, channels[0], 3, stride=2, padding=1, bias=False)
        self.stem_norm = nn.GroupNorm(GROUPS, channels[0])
        self.blocks = nn.Sequential(
            *(ResidualBlock(channels[i], channels[i + 1]) for i in range(len(channels) - 1))
        )
        for part in self.modules():
            if isinstance(part, nn.Conv2d):
                nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, images: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch dim"]:
        """Features of normalised images."""
        # Channels last: about 1.2 times the training speed on CPUs. The weights stay contiguous,
        # as safetensors wants them.
        images = images.contiguous(memory_format=torch.channels_last)
        maps = F.relu(self.stem_norm(self.stem(images)))
        return self.blocks(maps).mean(dim=(2, 3))


@dataclass(frozen=True, kw_only=True)
class Small64(Backbone):
    """Ten-layer residual net with group norm, from random weights."""

    size: int = 64
    """Side of the square input, in pixels; at least 32."""
    channels: tuple[int, int, int, int, int] = (32, 32, 64, 128, 256)
    """Channels of the stem and of the four blocks, each a multiple of 8."""

    @property
    def width(self) -> int:
        """Number of features the encoder returns per image."""
        return self.channels[-1]

    def build(self, *, seed: int) -> ImageEncoder:
        """A new encoder with weights drawn from `seed`."""
        with seeded(seed):
            body = Small64Body(self.channels)
        return ImageEncoder(body, width=self.width, mean=IMAGENET_MEAN, std=IMAGENET_STD)

    def blank(self) -> Backbone:
        """The config itself: it reads no files."""
        return self
