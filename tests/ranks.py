"""A table of rows by two ranks at a time, averaged over them."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from torch import distributed as dist
from torch import multiprocessing

Table = Callable[[slice], dict[str, np.ndarray]]
"""What is found of some of the rows, by name; at the top of a module."""


def averaged(table: Table, rows: int, folder: Path) -> dict[str, np.ndarray]:
    """What two ranks find of half the rows each, and their mean."""
    multiprocessing.spawn(work, (2, str(folder), table, rows), 2)
    one, two = (np.load(folder / f"rank{rank}.npz") for rank in range(2))
    return {name: (one[name] + two[name]) / 2 for name in one}


def work(rank: int, world: int, folder: str, table: Table, rows: int) -> None:
    """What a rank finds; they meet at a file in the folder, which cannot be taken as ports can."""
    warnings.simplefilter("error")
    meeting = (Path(folder) / "meeting").as_uri()
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=world)
    share = rows // world
    np.savez(Path(folder) / f"rank{rank}.npz", **table(slice(rank * share, (rank + 1) * share)))
    dist.destroy_process_group()
