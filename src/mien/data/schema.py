"""The manifest's columns: what a store knows about each of its faces."""

from typing import Final

import pyarrow as pa

from mien.facs import ACTION_UNITS, SIDES, au_column, intensity_column, sided_column

LANDMARKS: Final = 478
"""Points of the face mesh in the `landmarks` column, two crop pixels each."""

RECORD_FIELDS: Final = (
    pa.field("sample_id", pa.string()),
    pa.field("shard", pa.string()),
    pa.field("offset", pa.int64()),
    pa.field("length", pa.int64()),
    pa.field("crc32", pa.uint32()),
    pa.field("width", pa.int32()),
    pa.field("height", pa.int32()),
)
"""Where a record lies and what its bytes must hash to; never null."""

IDENTITY_FIELDS: Final = (
    pa.field("subject", pa.string()),
    pa.field("clip", pa.string()),
    pa.field("activity", pa.string()),
    pa.field("frame", pa.int32()),
    pa.field("pts_ms", pa.float64()),
    pa.field("split", pa.string()),
    pa.field("licence", pa.string()),
    pa.field("consent", pa.string()),
)
"""Who, when, and on what terms; unknown is null (read as "" or -1)."""

CONDITION_COLUMNS: Final = (
    "valence",
    "arousal",
    "yaw",
    "pitch",
    "roll",
    "gaze_yaw",
    "gaze_pitch",
    "light_yaw",
    "light_pitch",
    "light_ratio",
)
"""Affect in -1..1; angles in degrees; `light_ratio` is the key light's share of all light."""

PERSON_COLUMNS: Final = ("age", "sex", "melanin", "glasses")
"""Years; 0 female to 1 male; 0 very fair to 1 very dark; 1 where glasses are worn. For reports by
group; never a target."""


def unit_columns(number: int) -> tuple[str, ...]:
    """The four columns of one action unit: occurrence, intensity, intensity left and right.

    Occurrence lies in 0..1, intensities in 0..5; all are nullable, null meaning unknown.
    """
    sided = tuple(sided_column(number, side) for side in SIDES)
    return (au_column(number), intensity_column(number), *sided)


def _build() -> pa.Schema:
    units = [
        pa.field(name, pa.float32()) for number in ACTION_UNITS for name in unit_columns(number)
    ]
    conditions = [pa.field(name, pa.float32()) for name in (*CONDITION_COLUMNS, *PERSON_COLUMNS)]
    landmarks = pa.field("landmarks", pa.list_(pa.float32(), LANDMARKS * 2))
    expression, source = pa.field("expression", pa.string()), pa.field("source", pa.string())
    fields = (*RECORD_FIELDS, *IDENTITY_FIELDS, *units, expression, *conditions, landmarks, source)
    return pa.schema(fields)


SCHEMA: Final[pa.Schema] = _build()
"""Every column of `manifest.parquet`, in order."""

RECORD_COLUMNS: Final = frozenset(field.name for field in RECORD_FIELDS)
LABEL_COLUMNS: Final = tuple(name for name in SCHEMA.names if name not in RECORD_COLUMNS)
"""The columns a writer is given; the record columns it works out itself."""
