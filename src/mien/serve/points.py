"""Landmarks of a clip, in a file whose rows are those of its readings; read a stretch at a time."""

from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from mien.faces.groups import COUNT
from mien.predict.reading import FaceReading, FrameReading

FILE: Final = "landmarks.rows"
"""Its name, beside the readings."""
MOST: Final = 300
"""Rows that are read at once."""
_ROW: Final = np.dtype([("step", "<f4"), ("points", "<i2", (COUNT, 2))])
"""A face: x and y in steps of so many px; a step of 0 px where the row has no face."""
_STEPS: Final = 30_000
"""To the longer side of the picture: 0.04 px of 1280, and a face may reach a little beyond."""

Points = list[tuple[float, float]]
"""The landmarks of one face, px."""


def write(reading: FrameReading, *, file: BinaryIO) -> None:
    """Append a row for each face of a frame, or the one of a frame without any."""
    side = max(reading.width or 1, reading.height or 1)
    file.writelines(_row(face, side / _STEPS).tobytes() for face in reading.faces or (None,))


def read(path: Path, *, first: int, count: int) -> list[Points | None]:
    """Landmarks of some rows; None where a row has no face.

    Args:
        path: what `write` has left.
        first: row, from 0.
        count: rows, fewer where the file ends.

    Raises:
        OSError: there is no such file.
    """
    rows = np.fromfile(path, _ROW, count=count, offset=first * _ROW.itemsize)
    return [_points(row) if row["step"] > 0 else None for row in rows]


def _row(face: FaceReading | None, step: float) -> np.ndarray:
    row = np.zeros((), _ROW)
    if face is not None:
        row["step"] = step
        most = np.iinfo(np.int16).max
        row["points"] = np.clip(np.rint(face.landmarks[:, :2] / step), -most, most)
    return row


def _points(row: np.void) -> Points:
    pixels = np.round(row["points"] * np.float64(row["step"]), 1)
    return [(x, y) for x, y in pixels.tolist()]
