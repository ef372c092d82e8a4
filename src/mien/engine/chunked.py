"""Tables beside a store, worked out piece by piece: a stop of any kind loses one piece at most."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from time import monotonic

import numpy as np
import numpy.typing as npt

from mien import atomic
from mien.data.store import Store
from mien.data.tables import has_table, place, write_table

Rows = npt.NDArray[np.int64]
Work = Callable[[Path, Rows], npt.NDArray[np.float32]]
"""Gives the table's rows for some rows of the store at a path; where there are several processes,
a function at the top of a module or a partial of one."""
PIECE = 1024
"""Rows of a piece."""


def fill_table(
    store: Path,
    name: str,
    work: Work,
    *,
    kind: str,
    jobs: int = 1,
    until: float | None = None,
    tell: Callable[[str], None] = print,
    piece: int = PIECE,
) -> bool:
    """Make a store's table unless it is there; False where time ran out.

    Args:
        store: the store's folder.
        name: of the table.
        work: makes some rows of it.
        kind: what its columns mean.
        jobs: processes; 1 works in this one.
        until: stop at this moment of the monotonic clock, keeping whole pieces.
        tell: told how far it is.
        piece: rows of a piece.
    """
    with closing(Store(store)) as opened:
        if has_table(opened, name, kind=kind):
            return True
        count = len(opened)
        folder = place(store, name).parent / f".{store.name}.{name}.{opened.digest[:12]}.making"
        folder.mkdir(parents=True, exist_ok=True)
        starts = range(0, count, piece)
        missing = [start for start in starts if not _file(folder, start).exists()]
        tell(f"{name} of {store.name}: {len(starts) - len(missing)} of {len(starts)} pieces")
        pieces = [np.arange(start, min(start + piece, count)) for start in missing]
        for rows, values in _worked(store, work, pieces, jobs=jobs, until=until):
            _save(_file(folder, int(rows[0])), values)
        found = [_file(folder, start) for start in starts]
        if not all(each.exists() for each in found):
            return False
        values = np.concatenate([np.load(each, allow_pickle=False) for each in found])
        write_table(opened, name, values, kind=kind)
    shutil.rmtree(folder)
    return True


def _worked(
    store: Path, work: Work, pieces: Sequence[Rows], *, jobs: int, until: float | None
) -> Iterator[tuple[Rows, npt.NDArray[np.float32]]]:
    def late() -> bool:
        return until is not None and monotonic() >= until

    if jobs == 1:
        for rows in pieces:
            if late():
                return
            yield rows, work(store, rows)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting = iter(pieces)
        while some := list(islice(waiting, jobs)):
            if late():
                return
            yield from zip(some, pool.map(work, [store] * len(some), some), strict=True)


def _save(path: Path, values: npt.NDArray[np.float32]) -> None:
    with atomic.file(path) as temporary, temporary.open("wb") as file:
        np.save(file, values.astype(np.float16))


def _file(folder: Path, start: int) -> Path:
    return folder / f"{start:08d}.npy"
