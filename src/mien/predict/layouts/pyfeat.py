"""py-feat's columns (`Fex`, version 2), so that scripts written for its tables read ours."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final

import numpy as np
import pyarrow as pa

from mien.faces.blendshapes import NAMES
from mien.faces.groups import COUNT, TO_68
from mien.facs import au_column
from mien.predict.layouts.layout import Layout, Scores, Where
from mien.predict.reading import FaceReading, Values
from mien.predict.table import Row

UNITS: Final = (1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 17, 20, 23, 24, 25, 26, 28, 43)
"""py-feat's units."""
EXPRESSIONS: Final = {
    "Neutral": "neutral",
    "Happy": "happiness",
    "Sad": "sadness",
    "Surprise": "surprise",
    "Fear": "fear",
    "Disgust": "disgust",
    "Anger": "anger",
}
"""py-feat's names of the expressions, and ours."""
_TEXT: Final = ("input", "Identity", "approx_time", "status")


def names() -> list[str]:
    """py-feat's columns, in its order."""
    found = ["FaceRectX", "FaceRectY", "FaceRectWidth", "FaceRectHeight", "FaceScore"]
    found += [f"{axis}_{point}" for axis in "xy" for point in range(68)]
    found += ["Pitch", "Roll", "Yaw", "X", "Y", "Z"]
    found += map(au_column, UNITS)
    found += EXPRESSIONS
    found += ["valence", "arousal", "gaze_pitch", "gaze_yaw", "gaze_angle"]
    found += [f"Identity_{number}" for number in range(1, 513)]
    found += [f"mesh_{axis}_{point}" for axis in "xyz" for point in range(COUNT)]
    found += NAMES
    found += ["FrameHeight", "FrameWidth", "input", "frame"]
    return [*found, "Identity", "approx_time"]


@dataclass(frozen=True, kw_only=True)
class PyFeatLayout(Layout):
    """py-feat's columns; identity, gaze and place in space are NaN."""

    name: ClassVar[str] = "pyfeat"

    @cached_property
    def schema(self) -> pa.Schema:
        """Columns in order, with their types; `face` and `status` stand after py-feat's own."""
        special = {name: pa.string() for name in _TEXT} | {"frame": pa.int64(), "face": pa.int64()}
        columns = [*names(), "face", "status"]
        return pa.schema([(name, special.get(name, pa.float32())) for name in columns])

    def face(self, where: Where, reading: FaceReading) -> Row:
        """The row of one face."""
        row = self.empty(where, status=reading.status)
        left, top, right, bottom = map(float, reading.box)
        row.update(FaceRectX=left, FaceRectY=top, FaceScore=reading.presence, face=reading.face)
        row.update(FaceRectWidth=right - left, FaceRectHeight=bottom - top)
        turn = reading.pose  # py-feat turns and tilts to the subject's right, we to the left
        for name, degrees in (("Pitch", turn.pitch), ("Roll", -turn.roll), ("Yaw", -turn.yaw)):
            row[name] = float(np.deg2rad(degrees))
        for axis, name in enumerate("xyz"):
            mesh = reading.landmarks[:, axis]
            row.update((f"mesh_{name}_{i}", float(v)) for i, v in enumerate(mesh))
            if axis < 2:
                row.update((f"{name}_{i}", float(v)) for i, v in enumerate(mesh[TO_68]))
        if reading.shapes is not None:
            row.update(zip(NAMES, map(float, reading.shapes), strict=True))
        if reading.expression is not None:
            known = dict(zip(reading.expressions, map(float, reading.expression), strict=True))
            row.update((name, known[ours]) for name, ours in EXPRESSIONS.items() if ours in known)
        if reading.affect is not None:
            row.update(valence=float(reading.affect[0]), arousal=float(reading.affect[1]))
        row.update(self.face_scores(reading))
        return row

    def empty(self, where: Where, *, status: str) -> Row:
        """The row of a frame without a face: NaN but for where it is."""
        row = dict(self.blank)
        row.update(input=where.source, frame=where.frame, status=status)
        if where.width is not None and where.height is not None:
            row.update(FrameHeight=float(where.height), FrameWidth=float(where.width))
        if where.time is not None:
            minutes, seconds = divmod(int(where.time), 60)
            row["approx_time"] = f"{minutes:02d}:{seconds:02d}"
        return row

    def scores(self, au: Values, intensity: Values | None) -> Scores:  # noqa: ARG002 - it has none
        """The probability of each unit that py-feat has."""
        units = enumerate(self.columns.units)
        return {au_column(unit): au[:, place] for place, unit in units if unit in UNITS}
