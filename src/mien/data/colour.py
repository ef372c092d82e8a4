"""Colour jitter on batches of images in 0 to 1; every image has its own factors.

Definitions follow the usual ones (brightness scales, contrast blends with the mean grey,
saturation blends with grey, hue turns the hexcone of HSV), each clamped to 0 to 1. The order is
fixed, brightness to hue, where SimCLR shuffles it: our choice, so that a batch is one pass.
"""

from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

LUMA: Final = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey (ITU-R BT.601)."""


def grey(images: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 1 height width"]:
    """Luma of each pixel."""
    red, green, blue = LUMA
    return images[:, :1] * red + images[:, 1:2] * green + images[:, 2:] * blue


def brightness(
    images: Float[Tensor, "batch 3 height width"], factor: Float[Tensor, " batch"]
) -> Float[Tensor, "batch 3 height width"]:
    """Scale all values; 1 changes nothing."""
    return (images * factor[:, None, None, None]).clamp_(0, 1)


def contrast(
    images: Float[Tensor, "batch 3 height width"], factor: Float[Tensor, " batch"]
) -> Float[Tensor, "batch 3 height width"]:
    """Move values from (factor < 1: towards) the image's mean grey; 1 changes nothing."""
    mean = grey(images).flatten(1).mean(dim=1)[:, None, None, None]
    return torch.lerp(mean, images, factor[:, None, None, None]).clamp_(0, 1)


def saturation(
    images: Float[Tensor, "batch 3 height width"], factor: Float[Tensor, " batch"]
) -> Float[Tensor, "batch 3 height width"]:
    """Move each pixel from (factor < 1: towards) its grey; 1 changes nothing."""
    return torch.lerp(grey(images), images, factor[:, None, None, None]).clamp_(0, 1)


def hue(
    images: Float[Tensor, "batch 3 height width"], turn: Float[Tensor, " batch"]
) -> Float[Tensor, "batch 3 height width"]:
    """Turn the hue by a fraction of the circle; 0 changes nothing.

    HSV without its special cases: a channel is value minus chroma times a trapezoid of the hue,
    shifted by 5, 3 and 1 sixths for red, green and blue.
    """
    red, green, blue = images.unbind(dim=1)
    value, place = images.max(dim=1)
    chroma = value - images.amin(dim=1)
    over = torch.where(chroma > 0, chroma, 1.0)
    sixth = torch.where(
        place == 0,
        (green - blue) / over,
        torch.where(place == 1, (blue - red) / over + 2.0, (red - green) / over + 4.0),
    )
    sixth = sixth + turn[:, None, None] * 6.0
    channels = []
    for shift in (5.0, 3.0, 1.0):
        phase = (sixth + shift).remainder_(6.0)
        part = torch.minimum(phase, 4.0 - phase).clamp_(0, 1)
        channels.append(torch.addcmul(value, part, chroma, value=-1.0))
    return torch.stack(channels, dim=1)


def jitter(
    images: Float[Tensor, "batch 3 height width"], factors: Float[Tensor, "batch 4"]
) -> Float[Tensor, "batch 3 height width"]:
    """Brightness, contrast, saturation and hue, in this order, with these factors."""
    images = brightness(images, factors[:, 0])
    images = contrast(images, factors[:, 1])
    images = saturation(images, factors[:, 2])
    return hue(images, factors[:, 3])
