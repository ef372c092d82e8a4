"""The one place where ranks meet: gathering with exact gradients, and means over all ranks.

Convention: the training loss of the global batch is the mean of the ranks' losses, and gradients
are averaged over ranks (as DistributedDataParallel does). With it, everything here makes several
ranks equal one process on the global batch. In one process, or without an initialised process
group, all of it is the identity. Every rank must hold equally many rows.
"""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch import distributed as dist


def world_size() -> int:
    """Number of ranks; 1 without a process group."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def rank() -> int:
    """This process's rank; 0 without a process group."""
    return dist.get_rank() if dist.is_available() and dist.is_initialized() else 0


class _Gather(torch.autograd.Function):
    """All ranks' rows in rank order; the gradient is summed over the ranks that used a row."""

    @staticmethod
    def forward(ctx: object, rows: Tensor) -> Tensor:  # noqa: ARG004 - torch's signature
        return _concatenated(rows)

    @staticmethod
    def backward(ctx: object, *gradients: Tensor) -> Tensor:  # noqa: ARG004
        # The usual shortcut (own rows only) drops what the other ranks' losses say about them.
        total = gradients[0].clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        return total.chunk(world_size())[rank()]


def _concatenated(rows: Tensor) -> Tensor:
    # The list form: torch 2.13 renames the one that writes into a single tensor.
    parts = [
        torch.empty_like(rows, memory_format=torch.contiguous_format) for _ in range(world_size())
    ]
    dist.all_gather(parts, rows.contiguous())
    return torch.cat(parts)


def gather(rows: Float[Tensor, "batch *rest"]) -> Float[Tensor, "whole *rest"]:
    """All ranks' rows in rank order, differentiable through every rank."""
    if world_size() == 1:
        return rows
    return _Gather.apply(rows)  # pyright: ignore[reportReturnType] - apply is untyped


def gather_codes(codes: Int64[Tensor, "batch *rest"]) -> Int64[Tensor, "whole *rest"]:
    """All ranks' integer codes in rank order."""
    if world_size() == 1:
        return codes
    return _concatenated(codes)


def sum_over_ranks(values: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Sum over ranks of counts or other values that carry no gradient."""
    total = values.detach().clone()
    if world_size() > 1:
        dist.all_reduce(total)
    return total


def masked_mean(
    values: Float[Tensor, "*shape"], known: Bool[Tensor, "*shape"]
) -> Float[Tensor, ""]:
    """Mean of the known values of all ranks, in this rank's share.

    The shares' mean over ranks is the global mean, however unevenly the known values lie.
    No known value anywhere gives 0, still attached to the graph.
    """
    count = sum_over_ranks(known.sum().to(values.dtype))
    return torch.where(known, values, 0.0).sum() * world_size() / count.clamp(min=1)
