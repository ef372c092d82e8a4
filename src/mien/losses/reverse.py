"""Gradient reversal: what learns behind it makes what lies before it unlearn.

Ganin and Lempitsky, 2015 (arXiv 1409.7495), section 3.
"""

import torch
from jaxtyping import Float
from torch import Tensor


class _Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, rows: Tensor, weight: float) -> Tensor:
        ctx.weight = weight  # pyright: ignore[reportAttributeAccessIssue] - torch's way
        return rows.view_as(rows)

    @staticmethod
    def backward(
        ctx: torch.autograd.function.FunctionCtx, *gradients: Tensor
    ) -> tuple[Tensor, None]:
        weight: float = ctx.weight  # pyright: ignore[reportAttributeAccessIssue]
        return -weight * gradients[0], None


def reversed_gradient(rows: Float[Tensor, "*shape"], *, weight: float) -> Float[Tensor, "*shape"]:
    """The rows as they are; their gradient is multiplied by −weight on its way back."""
    return _Reverse.apply(rows, weight)  # pyright: ignore[reportReturnType] - apply is untyped
