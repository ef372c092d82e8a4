"""OpenFace 2's columns, so that scripts written for its tables read ours.

Names, order, units and signs follow OpenFace 2.2's output format: intensities 0-5 in `AU.._r`,
presence 0 or 1 in `AU.._c`, radians, millimetres, pixels; x to the picture's right, y down, z away
from the camera. `source` and `status` stand after OpenFace's own columns.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mien.faces.groups import TO_68
from mien.faces.pose import Pose, scale
from mien.facs import au_column
from mien.predict.layouts.layout import Layout, Scores, Where
from mien.predict.reading import FaceReading, Values
from mien.predict.table import Row

INTENSITIES: Final = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26, 45)
"""Units with a column `AU.._r`."""
PRESENCES: Final = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26, 28, 45)
"""Units with a column `AU.._c`."""
_MM = 10.0
"""Millimetres to a unit of the mean face."""
_FLIP = np.diag([1.0, -1.0, -1.0])
"""Between axes with y up and z to the camera, and OpenFace's."""


def names() -> list[str]:
    """OpenFace's 714 columns, in its order."""
    found = ["frame", "face_id", "timestamp", "confidence", "success"]
    found += [f"gaze_{eye}_{axis}" for eye in (0, 1) for axis in "xyz"]
    found += ["gaze_angle_x", "gaze_angle_y"]
    found += [f"eye_lmk_{axis}_{point}" for axis in "xyXYZ" for point in range(56)]
    found += [f"pose_T{axis}" for axis in "xyz"] + [f"pose_R{axis}" for axis in "xyz"]
    found += [f"{axis}_{point}" for axis in "xyXYZ" for point in range(68)]
    found += ["p_scale", "p_rx", "p_ry", "p_rz", "p_tx", "p_ty"]
    found += [f"p_{number}" for number in range(34)]
    found += [f"{au_column(unit)}_r" for unit in INTENSITIES]
    return found + [f"{au_column(unit)}_c" for unit in PRESENCES]


@dataclass(frozen=True, kw_only=True)
class OpenFaceLayout(Layout):
    """OpenFace 2's columns; gaze, eye landmarks and shape parameters are NaN."""

    name: ClassVar[str] = "openface"

    @cached_property
    def schema(self) -> pa.Schema:
        """Columns in order, with their types."""
        special = {
            "frame": pa.int64(), "face_id": pa.int64(), "success": pa.int64(),
            "timestamp": pa.float64(),
        }  # fmt: skip
        columns = [(name, special.get(name, pa.float32())) for name in names()]
        return pa.schema([*columns, ("source", pa.string()), ("status", pa.string())])

    def face(self, where: Where, reading: FaceReading) -> Row:
        """The row of one face."""
        row = self.empty(where, status=reading.status)
        row.update(face_id=reading.face, confidence=reading.presence, success=1)
        row.update(zip(("pose_Rx", "pose_Ry", "pose_Rz"), rotation(reading.pose), strict=True))
        points = reading.landmarks[TO_68]
        for axis, name in enumerate("xy"):
            row.update((f"{name}_{i}", float(v)) for i, v in enumerate(points[:, axis]))
        if where.width is not None and where.height is not None:
            solid = in_space(reading.landmarks, width=where.width, height=where.height)
            middle = map(float, solid.mean(axis=0))
            row.update(zip(("pose_Tx", "pose_Ty", "pose_Tz"), middle, strict=True))
            for axis, name in enumerate("XYZ"):
                row.update((f"{name}_{i}", float(v)) for i, v in enumerate(solid[:, axis]))
        row.update(self.face_scores(reading))
        return row

    def empty(self, where: Where, *, status: str) -> Row:
        """The row of a frame without a face: no success, no confidence, all else NaN."""
        row = dict(self.blank)
        row.update(confidence=0.0, success=0, source=where.source, status=status)
        if where.frame is not None:
            row["frame"] = where.frame + 1
        if where.time is not None:
            row["timestamp"] = where.time
        return row

    def scores(self, au: Values, intensity: Values | None) -> Scores:
        """`AU.._r` from intensities, `AU.._c` from probabilities and the model's thresholds."""
        found: dict[str, npt.NDArray[np.floating]] = {}
        units = self.columns.units
        for column, (unit, threshold) in enumerate(
            zip(units, self.columns.thresholds, strict=True)
        ):
            if intensity is not None and unit in INTENSITIES:
                found[f"{au_column(unit)}_r"] = intensity[:, column]
            if unit in PRESENCES:
                values = au[:, column]
                present = np.where(np.isnan(values), np.nan, values >= threshold)
                found[f"{au_column(unit)}_c"] = present.astype(np.float32)
        return found


def rotation(turn: Pose) -> tuple[float, float, float]:
    """Radians about x, y and z, with R = Rx Ry Rz.

    Positive looks down, turns to the picture's left, and tilts clockwise in the picture.
    """
    matrix = _FLIP @ turn.matrix() @ _FLIP
    return (
        float(np.arctan2(-matrix[1, 2], matrix[2, 2])),
        float(np.arcsin(np.clip(matrix[0, 2], -1.0, 1.0))),
        float(np.arctan2(-matrix[0, 1], matrix[0, 0])),
    )


def focal_length(width: int, height: int) -> float:
    """The focal length in px that OpenFace assumes of an unknown camera."""
    return (500 * width / 640 + 500 * height / 480) / 2


def in_space(landmarks: Values, *, width: int, height: int) -> npt.NDArray[np.float64]:
    """The 68 landmarks (68, 3) in mm from the camera: x right, y down, z away.

    A camera of `focal_length` looking through the middle of the picture, and a head of the mean
    face's size, are assumed: distances are as right as these are.

    Args:
        landmarks: (478, 3), image px.
        width: of the picture, px.
        height: likewise.
    """
    enlarged, focal = scale(landmarks), focal_length(width, height)
    points = landmarks[TO_68].astype(np.float64)
    depth = (focal + points[:, 2] - points[:, 2].mean()) / enlarged * _MM
    flat = (points[:, :2] - np.array([width / 2, height / 2])) * (depth / focal)[:, None]
    return np.column_stack([flat, depth])
