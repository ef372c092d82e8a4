"""Crop, flip and resize in one go: two small matrices an image, antialiased.

A separable resize is a product of matrices, `rows @ image @ columns.T`. Building them per image
lets every image of a batch have its own box without cutting tensors of different sizes, on any
device. Weights are those of an antialiased triangle filter (as Pillow's BILINEAR).
"""

import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor


def weights(
    start: Float[Tensor, " batch"], extent: Float[Tensor, " batch"], *, source: int, size: int
) -> Float[Tensor, "batch size source"]:
    """The matrices that resample one axis.

    Args:
        start: where the box begins, in source pixels from the image's edge.
        extent: its length in source pixels.
        source: pixels of the axis before.
        size: pixels of the axis after.

    Returns:
        Rows that sum to 1; a box reaching over the edge takes what lies inside.
    """
    step = (extent / size)[:, None, None]
    out = torch.arange(size, device=start.device, dtype=start.dtype)[None, :, None] + 0.5
    pixel = torch.arange(source, device=start.device, dtype=start.dtype)[None, None, :] + 0.5
    centre = start[:, None, None] + out * step
    support = step.clamp(min=1.0)
    triangle = (1.0 - (pixel - centre).abs() / support).clamp(min=0.0)
    return triangle / triangle.sum(dim=2, keepdim=True)


def crop_resize(
    images: UInt8[Tensor, "batch 3 height width"],
    box: Float[Tensor, "batch 4"],
    flip: Bool[Tensor, " batch"],
    *,
    size: int,
) -> Float[Tensor, "batch 3 size size"]:
    """Cut a box from each image, mirror some, and resize to `size` pixels.

    Args:
        images: RGB.
        box: left, top, width and height as fractions of the image.
        flip: which results to mirror left to right.
        size: edge of the results in pixels.

    Returns:
        Values in 0 to 1.
    """
    batch, channels, height, width = images.shape
    rows = weights(box[:, 1] * height, box[:, 3] * height, source=height, size=size)
    columns = weights(box[:, 0] * width, box[:, 2] * width, source=width, size=size)
    columns = torch.where(flip[:, None, None], columns.flip(1), columns)
    pixels = images.to(box.dtype).contiguous()
    wide = pixels.reshape(batch, channels * height, width) @ (columns / 255.0).transpose(1, 2)
    return rows[:, None] @ wide.reshape(batch, channels, height, size)
