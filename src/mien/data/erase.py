"""Erasing: a rectangle of each image becomes one colour."""

import torch
from jaxtyping import Float
from torch import Tensor


def erase(
    images: Float[Tensor, "batch 3 height width"],
    box: Float[Tensor, "batch 4"],
    colour: Float[Tensor, "batch 3"],
) -> Float[Tensor, "batch 3 height width"]:
    """Fill a box of each image.

    Args:
        images: values in 0 to 1.
        box: left, top, width and height as fractions; a pixel is filled if its centre is inside.
        colour: what to fill it with.
    """
    height, width = images.shape[-2:]
    x = (torch.arange(width, device=box.device, dtype=box.dtype) + 0.5) / width
    y = (torch.arange(height, device=box.device, dtype=box.dtype) + 0.5) / height
    left, top, wide, high = (side[:, None] for side in box.unbind(dim=1))
    across = (x >= left) & (x < left + wide)
    down = (y >= top) & (y < top + high)
    inside = (down[:, :, None] & across[:, None, :])[:, None]
    return torch.where(inside, colour[:, :, None, None], images)
