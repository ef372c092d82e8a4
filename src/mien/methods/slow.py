"""Slow copies: the momentum encoders that targets come from."""

from copy import deepcopy

from torch import nn


def slow_copy(module: nn.Module) -> nn.Module:
    """A copy that no gradient reaches; `mien.models.momentum.follow` moves it."""
    return deepcopy(module).requires_grad_(requires_grad=False)
