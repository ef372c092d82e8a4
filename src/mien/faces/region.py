"""The upright square of the image that the landmark network looks at."""

import numpy as np
import numpy.typing as npt

from mien.faces.detector import Detection
from mien.faces.warp import Matrix

SIDE = 256
"""Side of the network's view, px."""
_MARGIN = 1.5
"""Side of the region per side of the face's box."""
_RIGHT_EYE, _LEFT_EYE = 33, 263


def of_detection(found: Detection) -> Matrix:
    """Image px to view px: 1.5 times the box, turned so that the eyes are level."""
    centre = (found.box[:2] + found.box[2:]) / 2
    return _square(centre, found.side * _MARGIN, found.points[1] - found.points[0])


def of_landmarks(landmarks: npt.NDArray[np.floating]) -> Matrix:
    """Image px to view px: 1.5 times the box of the 478 points as seen with level eyes.

    The second look that steadies the first, and the next frame's look in a clip.
    """
    points = np.asarray(landmarks, np.float64)[:, :2]
    axis = points[_LEFT_EYE] - points[_RIGHT_EYE]
    axis = axis / max(float(np.hypot(*axis)), 1e-9)
    turn = np.array([[axis[0], axis[1]], [-axis[1], axis[0]]])
    level = points @ turn.T
    low, high = level.min(axis=0), level.max(axis=0)
    return _square(turn.T @ ((low + high) / 2), float((high - low).max()) * _MARGIN, axis)


def _square(centre: npt.NDArray[np.float64], side: float, axis: npt.NDArray[np.float64]) -> Matrix:
    angle = np.arctan2(axis[1], axis[0])
    scale = SIDE / max(side, 1e-6)
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.array([[cosine, sine], [-sine, cosine]])
    return np.column_stack([linear, np.array([SIDE / 2, SIDE / 2]) - linear @ centre])
