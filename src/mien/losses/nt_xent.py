"""NT-Xent: two views of one image attract, all other images repel.

SimCLR, Chen et al., 2020 (arXiv 2002.05709), Eq. 1.
"""

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.autograd.function import FunctionCtx, once_differentiable
from torch.nn import functional

from mien.errors import MienError
from mien.losses.gather import gather, rank
from mien.losses.similarity import at_least_single, outside_autocast


def nt_xent(
    views: Float[Tensor, "batch 2 dim"],
    *,
    temperature: float | Float[Tensor, ""],
    chunk: int | None = None,
) -> Float[Tensor, ""]:
    """Mean over all 2N views of −log softmax over the other 2N − 1 views of the partner's place.

    In float32 or better, outside autocast (see `similarity`).

    Args:
        views: unit features of two views of each image of this rank; N counts all ranks' images.
        temperature: τ.
        chunk: anchors compared at a time, so that memory grows with chunk × N instead of N²; None
            compares all at once. Each piece's gradients are taken on the way forward, and cannot
            be differentiated again.

    Raises:
        MienError: chunk is not positive.
    """
    if chunk is not None and chunk < 1:
        raise MienError(f"{chunk} views at a time", remedy="set chunk to 1 or more, or to None")
    with outside_autocast(views.device):
        anchors = at_least_single(views.flatten(0, 1))
        everything = gather(anchors)
        scaled = anchors / temperature  # here, and not in every product
        first = rank() * len(anchors)
        if chunk is None:
            logits = _logits(scaled, everything, first)
            return functional.cross_entropy(logits, _partners(scaled, first))
        return _InPieces.apply(  # pyright: ignore[reportReturnType] - apply is untyped
            scaled, everything, first, chunk
        )


def _partners(anchors: Float[Tensor, "anchor dim"], first: int) -> Int64[Tensor, "anchor"]:
    # Views of one image lie side by side: 2n and 2n + 1.
    return torch.arange(first, first + len(anchors), device=anchors.device) ^ 1


def _logits(
    scaled: Float[Tensor, "anchor dim"], everything: Float[Tensor, "candidate dim"], first: int
) -> Float[Tensor, "anchor candidate"]:
    """Products of the views first, first + 1, ... with all; the lowest number with themselves."""
    logits = scaled @ everything.T  # for few views, an einsum takes longer than all else here
    # Autograd need not know: where the softmax is 0, so is the gradient.
    logits.detach().diagonal(first).fill_(torch.finfo(logits.dtype).min)
    return logits


class _InPieces(torch.autograd.Function):
    """The loss by pieces of the anchors, of which only sums stay: nothing is computed twice."""

    @staticmethod
    def forward(
        ctx: FunctionCtx,
        scaled: Float[Tensor, "anchor dim"],
        everything: Float[Tensor, "candidate dim"],
        first: int,
        chunk: int,
    ) -> Float[Tensor, ""]:
        learns: bool = ctx.needs_input_grad[0]  # pyright: ignore[reportAttributeAccessIssue]
        partner = _partners(scaled, first)[:, None]
        losses = torch.empty_like(scaled[:, :1])
        by_scaled, by_everything = torch.zeros_like(scaled), torch.zeros_like(everything)
        for start in range(0, len(scaled), chunk):
            rows = slice(start, start + chunk)
            share = _logits(scaled[rows], everything, first + start).log_softmax(1)
            losses[rows] = -share.gather(1, partner[rows])
            if learns:
                # A row's loss by its logits: the softmax, less 1 at the partner's place.
                share.exp_().scatter_(1, partner[rows], losses[rows].neg().expm1())
                torch.mm(share, everything, out=by_scaled[rows])
                by_everything.addmm_(share.T, scaled[rows])
        ctx.save_for_backward(by_scaled / len(scaled), by_everything / len(scaled))
        return losses.mean()

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: FunctionCtx, *gradients: Tensor
    ) -> tuple[Tensor, Tensor, None, None]:
        by_scaled, by_everything = ctx.saved_tensors  # pyright: ignore[reportAttributeAccessIssue]
        return gradients[0] * by_scaled, gradients[0] * by_everything, None, None
