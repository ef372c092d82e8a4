"""The 68 points of the faces of a store, as the papers on expressions use them."""

from typing import Final

import numpy as np
import numpy.typing as npt

from mien.data.manifest import open_manifest, read_columns
from mien.data.store import Store, column_array
from mien.faces.groups import TO_68

Points = npt.NDArray[np.float32]
"""(68, 2) or (n, 68, 2): x to the right and y down in crop pixels, pixel centres at n + 0.5; all
NaN where no face was found."""

BROWS: Final = slice(17, 27)
NOSE: Final = slice(27, 36)
RIGHT_EYE: Final = slice(36, 42)
"""Right and left are the subject's."""
LEFT_EYE: Final = slice(42, 48)
EYES: Final = slice(36, 48)
MOUTH: Final = slice(48, 68)


def landmarks68(store: Store, rows: npt.NDArray[np.int64]) -> Points:
    """The points of some rows, (n, 68, 2); NaN where the store has none.

    The store's 478 points are read a row group at a time: they weigh 3.8 kB a row.

    Raises:
        MienError: the manifest is corrupt.
    """
    path = store.path / store.facts.manifest
    manifest = open_manifest(path)
    whole = np.empty((len(store), 68, 2), np.float32)
    start = 0
    for group in range(manifest.num_row_groups):
        table = read_columns(manifest, ["landmarks"], path=path, group=group)
        whole[start : start + len(table)] = column_array(table, "landmarks")[:, TO_68]
        start += len(table)
    return whole[rows]
