"""Readings as a tidy table: a row per face per frame, and one for a frame without a face."""

import math
from collections.abc import Sequence

import pyarrow as pa

from mien.facs import au_column, intensity_column
from mien.predict.reading import FaceReading

Cell = str | int | float | None
Row = dict[str, Cell]

PARQUET, CSV = "readings.parquet", "readings.csv"
"""File names in an output folder."""
_FIXED: tuple[tuple[str, pa.DataType], ...] = (
    ("source", pa.string()),
    ("frame", pa.int64()),
    ("time", pa.float64()),
    ("status", pa.string()),
    ("face", pa.int32()),
    ("left", pa.float32()),
    ("top", pa.float32()),
    ("right", pa.float32()),
    ("bottom", pa.float32()),
    ("score", pa.float32()),
    ("presence", pa.float32()),
    ("yaw", pa.float32()),
    ("pitch", pa.float32()),
    ("roll", pa.float32()),
    ("size", pa.float32()),
    ("blur", pa.float32()),
    ("frontal", pa.float32()),
)


def schema(
    units: Sequence[int],
    *,
    intensity: bool,
    expressions: Sequence[str],
    affect: bool,
    prompts: Sequence[str] = (),
) -> pa.Schema:
    """Columns of the table.

    `source` to `frontal` always; `AU12` the probability of unit 12, `AU12_intensity` its intensity
    (0-5); `expression_NAME`, `valence`, `arousal` only where they were asked for; `ask: PHRASE` the
    probability of a phrase. `time` is null for photos; from `face` on all is null in a row without
    a face, and from `AU..` on in the row of a face that was not scored.
    """
    scores = [au_column(unit) for unit in units]
    if intensity:
        scores += [intensity_column(unit) for unit in units]
    scores += [f"expression_{name}" for name in expressions]
    scores += ["valence", "arousal"] if affect else []
    scores += map(ask_column, prompts)
    return pa.schema([*_FIXED, *((name, pa.float32()) for name in scores)])


def ask_column(phrase: str) -> str:
    """Column of a phrase's probability: `ask: eyes wide open`."""
    return f"ask: {phrase}"


def face_row(source: str, *, frame: int | None, time: float | None, reading: FaceReading) -> Row:
    """The row of one face."""
    row: Row = {"source": source, "frame": frame, "time": time, "status": reading.status}
    row["face"] = reading.face
    row.update(zip(("left", "top", "right", "bottom"), map(float, reading.box), strict=True))
    row.update(score=reading.score, presence=reading.presence)
    row.update(yaw=reading.pose.yaw, pitch=reading.pose.pitch, roll=reading.pose.roll)
    quality = reading.quality
    row.update(size=quality.size, blur=quality.blur, frontal=quality.frontal)
    row.update(zip(map(au_column, reading.units), map(float, reading.au), strict=True))
    if reading.intensity is not None:
        values = map(float, reading.intensity)
        row.update(zip(map(intensity_column, reading.units), values, strict=True))
    if reading.expression is not None:
        names = (f"expression_{name}" for name in reading.expressions)
        row.update(zip(names, map(float, reading.expression), strict=True))
    if reading.affect is not None:
        row.update(valence=float(reading.affect[0]), arousal=float(reading.affect[1]))
    row.update((ask_column(phrase), value) for phrase, value in reading.answers.items())
    return {key: _known(value) for key, value in row.items()}


def empty_row(source: str, *, frame: int | None, time: float | None, status: str) -> Row:
    """The row of a frame without a face, or of a file that cannot be read."""
    return {"source": source, "frame": frame, "time": time, "status": status}


def _known(value: Cell) -> Cell:
    return None if isinstance(value, float) and math.isnan(value) else value
