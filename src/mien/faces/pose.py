"""How the head is turned, from its landmarks."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_RIGID = np.array(
    [  # landmark, x to the subject's left, y up, z to the camera, weight
        (4, 0.00, -0.46, 7.59, 0.0709),
        (6, 0.00, 2.47, 5.79, 0.0321),
        (10, 0.00, 8.26, 4.48, 0.0084),
        (33, -4.45, 2.66, 3.17, 0.0587),
        (54, -6.28, 6.62, 1.43, 0.0077),
        (67, -3.52, 8.01, 3.73, 0.0091),
        (117, -5.26, 0.95, 2.97, 0.0098),
        (119, -3.30, 0.86, 3.87, 0.0146),
        (121, -1.82, 1.47, 4.22, 0.0186),
        (127, -7.74, 2.36, -2.01, 0.0052),
        (129, -1.79, -0.98, 4.85, 0.1206),
        (132, -7.27, -2.89, -2.25, 0.0056),
        (133, -1.86, 2.59, 3.76, 0.0533),
        (143, -6.41, 2.24, 1.56, 0.0148),
        (198, -1.25, 0.23, 5.68, 0.0255),
        (263, 4.45, 2.66, 3.17, 0.0587),
        (284, 6.28, 6.62, 1.43, 0.0077),
        (297, 3.52, 8.01, 3.73, 0.0091),
        (346, 5.26, 0.95, 2.97, 0.0098),
        (348, 3.30, 0.86, 3.87, 0.0146),
        (350, 1.82, 1.47, 4.22, 0.0186),
        (356, 7.74, 2.36, -2.01, 0.0052),
        (358, 1.79, -0.98, 4.85, 0.1206),
        (361, 7.27, -2.89, -2.25, 0.0056),
        (362, 1.86, 2.59, 3.76, 0.0533),
        (372, 6.41, 2.24, 1.56, 0.0148),
        (420, 1.25, 0.23, 5.68, 0.0255),
    ]
)
"""Points of the mean face that expressions hardly move, and their weights.

From the asset's `geometry_pipeline_metadata_landmarks.binarypb` (Apache-2.0), rounded, without
its points on cheek and jaw (136, 147, 205, 365, 376, 425), which a smile or a jaw would turn.
"""
_LEVEL = 4.0
"""Degrees by which that face looks up when a person looks ahead: without it the median of 400 ORL
photos was -3.5, and of the lab's heads -4 to -5 below their true pitch. Our choice."""


@dataclass(frozen=True, kw_only=True)
class Pose:
    """Turn of the head, in degrees; all 0 when the face looks into the camera upright."""

    yaw: float
    """Positive: to the subject's left, the picture's right."""
    pitch: float
    """Positive: up."""
    roll: float
    """Positive: the crown to the subject's left, clockwise in the picture."""

    def matrix(self) -> npt.NDArray[np.float64]:
        """(3, 3) rotation: the nod first, then the turn, then the tilt in the picture.

        Axes: x to the picture's right, y up, z to the camera.
        """
        yaw, pitch, roll = np.deg2rad([self.yaw, self.pitch, self.roll])
        nod = _about(0, -pitch)
        turn = _about(1, yaw)
        tilt = _about(2, -roll)
        return tilt @ turn @ nod


def pose(landmarks: npt.NDArray[np.floating]) -> Pose:
    """Pose of a head, by a weighted rigid fit (with scale) of the mean face to its landmarks.

    Weak perspective; the fit is Kabsch's (1976, Acta Cryst. A32) singular value solution.

    Args:
        landmarks: (478, 3), image px, z away from the camera (as `Landmarker` gives them).

    Raises:
        ValueError: not (478, 3), or not finite.
    """
    return angles(_fit(landmarks)[0])


def scale(landmarks: npt.NDArray[np.floating]) -> float:
    """Image px to a unit of the mean face, which is about 1 cm, by the same fit as `pose`.

    Args:
        landmarks: (478, 3), image px.

    Raises:
        ValueError: not (478, 3), or not finite.
    """
    return _fit(landmarks)[1]


def _fit(landmarks: npt.NDArray[np.floating]) -> tuple[npt.NDArray[np.float64], float]:
    """Rotation and scale (Umeyama, 1991, eq. 40-42) that take the mean face to the landmarks."""
    if landmarks.shape != (478, 3) or not np.isfinite(landmarks).all():
        raise ValueError(f"finite landmarks (478, 3) are needed, got {landmarks.shape}")
    weight = _RIGID[:, 4] / _RIGID[:, 4].sum()
    model = _level_face()
    model = model - weight @ model
    seen = landmarks[_RIGID[:, 0].astype(int)].astype(np.float64) * np.array([1.0, -1.0, -1.0])
    seen = seen - weight @ seen
    left, size, right = np.linalg.svd((seen * weight[:, None]).T @ model)
    proper = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    enlarged = float(size @ np.diag(proper)) / float(weight @ (model**2).sum(axis=1))
    return left @ proper @ right, enlarged


def angles(rotation: npt.NDArray[np.float64]) -> Pose:
    """Yaw, pitch and roll of a rotation (3, 3), the inverse of `Pose.matrix` within ±90° yaw."""
    yaw = np.arcsin(np.clip(-rotation[2, 0], -1, 1))
    pitch = -np.arctan2(rotation[2, 1], rotation[2, 2])
    roll = -np.arctan2(rotation[1, 0], rotation[0, 0])
    return Pose(
        yaw=float(np.rad2deg(yaw)), pitch=float(np.rad2deg(pitch)), roll=float(np.rad2deg(roll))
    )


def _level_face() -> npt.NDArray[np.float64]:
    """(points, 3) the fitted points of the mean face, looking straight ahead."""
    return _RIGID[:, 1:4] @ _about(0, np.deg2rad(_LEVEL)).T


def _about(axis: int, angle: float) -> npt.NDArray[np.float64]:
    """Right-handed rotation about x, y or z."""
    cosine, sine = np.cos(angle), np.sin(angle)
    first, second = ((1, 2), (2, 0), (0, 1))[axis]
    rotation = np.eye(3)
    rotation[first, first] = rotation[second, second] = cosine
    rotation[first, second], rotation[second, first] = -sine, sine
    return rotation
