"""Random initial weights that depend on a seed and on nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw from `seed` inside the block; the global random state is as it was afterwards.

    Only the CPU's generator is touched: modules are built on the CPU and moved later.
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield
