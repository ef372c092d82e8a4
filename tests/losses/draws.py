"""Small random inputs of the losses, in float64."""

import torch
from torch import Tensor


def unit_rows(count: int, *, dim: int = 5, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randn(count, dim, generator=generator, dtype=torch.float64)
    return rows / rows.norm(dim=1, keepdim=True)


def codes(count: int, *, kinds: int, unknown: bool, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed + 1)
    low = -1 if unknown else 0
    return torch.randint(low, kinds, (count,), generator=generator)


def partly_known(count: int, units: int, *, seed: int = 0, binary: bool = True) -> Tensor:
    generator = torch.Generator().manual_seed(seed + 2)
    values = torch.rand(count, units, generator=generator, dtype=torch.float64)
    hidden = torch.rand(count, units, generator=generator) < 0.3
    values = (values > 0.5).double() if binary else values * 5
    return values.masked_fill(hidden, float("nan"))


def scores(count: int, units: int, *, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed + 3)
    return torch.randn(count, units, generator=generator, dtype=torch.float64)
