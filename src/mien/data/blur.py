"""Gaussian blur as a matrix product: every image has its own width, on any device."""

import torch
from jaxtyping import Float
from torch import Tensor


def blur_matrix(sigma: Float[Tensor, " batch"], *, size: int) -> Float[Tensor, "batch size size"]:
    """The matrices that blur one axis of `size` pixels, the image mirrored at its edges.

    Args:
        sigma: standard deviations in pixels, above 0.
        size: pixels of the axis.

    Returns:
        Rows that sum to 1. The kernel is cut at 3 sigma, and never longer than the image (the
        usual kernels are; SimCLR's is a tenth of the image whatever the sigma).
    """
    place = torch.arange(size, device=sigma.device, dtype=sigma.dtype)
    sigma = sigma[:, None, None]
    reach = (3.0 * sigma).clamp(min=1.0, max=size - 1.0)

    def kernel(distance: Tensor) -> Tensor:
        return torch.exp(-0.5 * (distance / sigma) ** 2) * (distance.abs() <= reach)

    # A pixel past the edge is the mirror of one inside; the edge pixel itself is not doubled.
    inside = kernel(place[None, :, None] - place[None, None, :])
    left = kernel(place[None, :, None] + place[None, None, :])
    right = kernel(2.0 * (size - 1) - place[None, :, None] - place[None, None, :])
    left[:, :, 0] = 0.0
    right[:, :, -1] = 0.0
    matrix = inside + left + right
    return matrix / matrix.sum(dim=2, keepdim=True)


def gaussian_blur(
    images: Float[Tensor, "batch 3 size size"], sigma: Float[Tensor, " batch"]
) -> Float[Tensor, "batch 3 size size"]:
    """Blur each image with its own standard deviation, in pixels."""
    matrix = blur_matrix(sigma, size=images.shape[-1])[:, None]
    return matrix @ images @ matrix.transpose(2, 3)
