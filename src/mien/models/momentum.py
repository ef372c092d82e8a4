"""Momentum encoders: a slow copy that follows a fast network."""

import torch
from torch import nn


@torch.no_grad()
def follow(slow: nn.Module, fast: nn.Module, *, decay: float) -> None:
    """Move `slow` towards `fast` in place; call it after the optimiser's step.

    Parameters: slow ← decay·slow + (1 − decay)·fast (He et al., 2020, arXiv 1911.05722, eq. 2).
    Buffers, such as running statistics, are copied (as BYOL and MoCo v3 do).

    Args:
        slow: a copy of `fast`, without gradients.
        fast: the network that learns.
        decay: how much of the slow one stays, 0 to 1; at 0 it becomes a copy.

    Raises:
        ValueError: the two differ in structure, or `decay` lies outside 0 to 1.
    """
    if not 0 <= decay <= 1:
        raise ValueError(f"decay {decay} lies outside 0 to 1")
    if [n for n, _ in slow.named_parameters()] != [n for n, _ in fast.named_parameters()]:
        raise ValueError("the slow network is no copy of the fast one")
    for one, other in zip(slow.parameters(), fast.parameters(), strict=True):
        one.lerp_(other.detach(), 1 - decay)
    for one, other in zip(slow.buffers(), fast.buffers(), strict=True):
        one.copy_(other)
