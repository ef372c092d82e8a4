"""The processes of one run: who we are, where we compute, how we agree.

`torchrun` sets RANK, WORLD_SIZE and LOCAL_RANK; without them a run is one process.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor, nn

from mien.errors import MienError

PATIENCE = timedelta(minutes=10)
"""How long a rank waits for the others before it gives up (validation included)."""


@dataclass(frozen=True)
class Ranks:
    """One process among those that train together.

    Args:
        rank: our number, 0 to size - 1.
        size: number of processes.
        device: where this process computes.
    """

    rank: int
    size: int
    device: torch.device

    @property
    def main(self) -> bool:
        """Whether this process writes files and talks."""
        return self.rank == 0


def device_named(name: str | None) -> torch.device:
    """The device called "cpu", "cuda" (the local rank's) or "cuda:1"; for None CUDA or the CPU.

    Raises:
        MienError: no such device, or no CUDA here.
    """
    if name is None:
        return _own_device()
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise MienError(f"there is no device called {name!r}", remedy="name cpu or cuda") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise MienError(
            "torch finds no CUDA device here", remedy="compute on the cpu, or install its driver"
        )
    return _own_device() if device.type == "cuda" and device.index is None else device


@contextmanager
def joined(device: torch.device | None = None) -> Iterator[Ranks]:
    """Join the processes that torchrun started (gloo on CPU, nccl on CUDA) and leave at the end.

    Args:
        device: where to compute; by default the local rank's CUDA device, else the CPU.
    """
    rank, size = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    if device is None:
        device = _own_device()
    if device.type == "cuda":
        torch.cuda.set_device(device)
    opened = size > 1 and not dist.is_initialized()
    if opened:
        backend = "nccl" if device.type == "cuda" else "gloo"
        dist.init_process_group(backend, timeout=PATIENCE)
    try:
        yield Ranks(rank, size, device)
    finally:
        if opened:
            dist.destroy_process_group()


def agree(flags: Sequence[bool], ranks: Ranks) -> list[bool]:
    """For each flag, whether it is set on any rank; every rank gets the same answer."""
    if ranks.size == 1:
        return list(flags)
    votes = torch.tensor([float(flag) for flag in flags], device=ranks.device)
    dist.all_reduce(votes, op=dist.ReduceOp.MAX)
    return [vote > 0 for vote in votes.tolist()]


def average_gradients(parameters: Iterable[nn.Parameter], ranks: Ranks) -> None:
    """Average gradients over ranks in place, by one flat all-reduce for each element type.

    A parameter without a gradient counts as zero; it stays without one on a single process.
    """
    if ranks.size == 1:
        return
    wanted = [p for p in parameters if p.requires_grad]
    for dtype in sorted({p.dtype for p in wanted}, key=str):
        group = [p for p in wanted if p.dtype == dtype]
        grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in group]
        flat = torch.cat([grad.reshape(-1) for grad in grads])
        dist.all_reduce(flat)
        flat /= ranks.size
        start = 0
        for parameter, grad in zip(group, grads, strict=True):
            grad.copy_(flat[start : start + grad.numel()].view_as(grad))
            parameter.grad = grad
            start += grad.numel()


def mean_over_ranks(value: Tensor, ranks: Ranks) -> Tensor:
    """The mean of a detached tensor over ranks, for logs."""
    if ranks.size == 1:
        return value
    total = value.clone()
    dist.all_reduce(total)
    return total / ranks.size


def share_weights(module: nn.Module, ranks: Ranks) -> None:
    """Copy rank 0's parameters and buffers to every rank, so that all start from one model."""
    if ranks.size == 1:
        return
    for tensor in [*module.parameters(), *module.buffers()]:
        dist.broadcast(tensor.detach(), src=0)


def _own_device() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    return torch.device("cpu")
