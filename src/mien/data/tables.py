"""Tables beside a store: more columns for each of its rows, worked out after it was sealed.

`STORE.NAME.npy` holds float16 rows in the store's order, `STORE.NAME.json` says of which store
they are and what they mean. A table of another store, or of this one before it forgot somebody,
is refused.
"""

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien import atomic
from mien.data.store import Store
from mien.errors import MienError

Table = npt.NDArray[np.float16]
"""(row, column)."""


def place(store: Path, name: str) -> Path:
    """Where the table of a store lies."""
    return store.parent / f"{store.name}.{name}.npy"


def write_table(store: Store, name: str, values: npt.NDArray[np.floating], *, kind: str) -> Path:
    """Write a table beside a store, whole or not at all.

    Args:
        store: an open one.
        name: of the table, which is also the batch's field.
        values: (row, column), a row for each of the store's; kept as float16.
        kind: what the columns mean.

    Raises:
        ValueError: another number of rows.
    """
    if len(values) != len(store):
        raise ValueError(f"{len(values)} rows for a store of {len(store)}")
    path = place(store.path, name)
    with atomic.file(path) as temporary, temporary.open("wb") as file:
        np.save(file, values.astype(np.float16))
    said = {"store": store.digest, "kind": kind}
    atomic.write_text(path.with_suffix(".json"), json.dumps(said) + "\n")
    return path


def has_table(store: Store, name: str, *, kind: str) -> bool:
    """Whether a fitting table lies beside the store."""
    try:
        read_table(store, name, kind=kind)
    except MienError:
        return False
    return True


def read_table(store: Store, name: str, *, kind: str) -> Table:
    """A store's table, mapped from disk.

    Raises:
        MienError: there is none, or it belongs to another store or means something else.
    """
    path = place(store.path, name)
    try:
        said = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        values = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as problem:
        raise MienError(
            f"the store has no table {name!r} beside it ({problem})",
            remedy="make it: mien train shipped makes its own",
            path=path,
        ) from problem
    if said != {"store": store.digest, "kind": kind} or len(values) != len(store):
        raise MienError(
            f"the table {name!r} is of another store or of another kind",
            remedy="remove it and make it anew",
            path=path,
        )
    return values
