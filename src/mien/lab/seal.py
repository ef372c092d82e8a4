"""Lips that meet at rest: a small correction of heads whose shapes leave a slit between them."""

import numpy as np
from jaxtyping import Float32

from mien.lab import head as heads

_PAIRS = ((13, 14), (82, 87), (312, 317), (81, 178), (311, 402), (80, 88), (310, 318))
"""Landmarks on the inner rims of the upper and the lower lip, from the middle outwards."""

_MET = 0.0
"""Mean gap between those landmarks at which no light passes, in model units."""


def sealed(vertices: Float32[np.ndarray, "vertex 3"]) -> Float32[np.ndarray, "vertex 3"]:
    """A resting mesh with its lips brought together by as much as its own shape left them apart."""
    gap = _gap(vertices)
    closer = heads.blend(vertices, {_CLOSE: 0.1})
    gained = (gap - _gap(closer)) / 0.1
    share = float(np.clip((gap - _MET) / gained, -0.06, 0.15))
    return heads.blend(vertices, {_CLOSE: share})


_CLOSE = "face/mouthClose"
"""The target that brings the lips together."""


def _gap(vertices: np.ndarray) -> float:
    """Mean height of the upper rim's landmarks over the lower rim's."""
    head = heads.head()
    upper, lower = np.array(_PAIRS).T
    points = vertices[head.landmark_corners] * head.landmark_weights[:, :, None]
    heights = points.sum(axis=1)[:, 1]
    return float((heights[upper] - heights[lower]).mean())
