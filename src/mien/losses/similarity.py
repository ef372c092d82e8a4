"""Dot products of features in full precision."""

from contextlib import AbstractContextManager, nullcontext

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional


def unit(features: Float[Tensor, "*batch dim"]) -> Float[Tensor, "*batch dim"]:
    """Features scaled to length 1, in float32 or better (zero stays zero)."""
    return functional.normalize(at_least_single(features), dim=-1)


def at_least_single(values: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Half precisions widened to float32; float64 is kept."""
    return values if values.dtype == torch.float64 else values.float()


def outside_autocast(device: torch.device) -> AbstractContextManager[object]:
    """Products here are taken in the type of their factors."""
    if torch.is_autocast_enabled(device.type):
        return torch.autocast(device.type, enabled=False)
    return nullcontext()  # entering autocast takes as long as a small product


def similarity(
    face: Float[Tensor, "batch dim"], text: Float[Tensor, "label dim"]
) -> Float[Tensor, "batch label"]:
    """All dot products, outside autocast.

    Our choice: bf16 has 8 bits of mantissa, and a temperature of 0.07 multiplies its rounding
    of a cosine by 14; the product is small work beside the encoders.
    """
    with torch.autocast(face.device.type, enabled=False):
        return torch.einsum("bd,ld->bl", at_least_single(face), at_least_single(text))
