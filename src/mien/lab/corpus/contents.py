"""What a rendered store holds, as two digests: one of its labels, one of its pictures."""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from mien.data.schema import LABEL_COLUMNS, SCHEMA
from mien.data.store import Store

RENDERED: Final = frozenset({"landmarks", "yaw", "pitch", "roll"})
"""Columns that the renderer works out; they are no part of the digest of labels."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """Two stores with equal contents show the same pictures and say the same of them."""

    frames: int
    labels: str
    """sha256 of identities, units, expression, affect, gaze and light."""
    pictures: str
    """sha256 of the checksums of all JPEG files, in order."""


def contents(store: Store) -> Contents:
    """Digests of a store's labels and pictures; they do not depend on how its files are laid out.

    Args:
        store: an open one.
    """
    labels = hashlib.sha256()
    for name in ("sample_id", *(name for name in LABEL_COLUMNS if name not in RENDERED)):
        values = store.column(name)
        words = pa.types.is_string(SCHEMA.field(name).type)
        known = values != "" if words else ~np.isnan(values.astype(np.float64))
        if not known.any():  # a column that this lab does not fill
            continue
        labels.update(name.encode() + b"\0")
        said = (
            "\n".join(map(str, values)).encode() if words else values.astype(np.float64).tobytes()
        )
        labels.update(said)
    pictures = hashlib.sha256(np.ascontiguousarray(store.column("crc32"), np.uint32).tobytes())
    return Contents(frames=len(store), labels=labels.hexdigest(), pictures=pictures.hexdigest())
