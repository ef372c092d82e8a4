"""Lips that meet at rest: a small correction of heads whose shapes leave a slit between them."""

from functools import cache

import numpy as np
from jaxtyping import Float32, Float64

from mien.lab.anatomy import head as heads

_PAIRS = ((13, 14), (82, 87), (312, 317), (81, 178), (311, 402), (80, 88), (310, 318))
"""Landmarks on the inner rims of the upper and the lower lip, from the middle outwards."""

_MIDDLE = slice(0, 3)
"""The pairs in the middle of the mouth."""

_CLOSE, _PART = "face/mouthClose", "unit/mouth-parling"
"""Targets that bring the lips together, and that part them in the middle most."""

_PRESS = 0.0015
"""How far, in model units, the rims are pressed into each other, so that no light passes."""


def sealed(vertices: Float32[np.ndarray, "vertex 3"]) -> Float32[np.ndarray, "vertex 3"]:
    """A resting mesh with its lips brought together by as much as its own shape left them apart.

    Shares of the two targets that come nearest to no gap along the whole mouth (least squares);
    the first within bounds, then the second so that the middle is shut whatever the bounds leave.
    """
    closing, gaps = _closing(), _gaps(vertices) + _PRESS
    shares, *_ = np.linalg.lstsq(closing, gaps, rcond=None)
    close = float(np.clip(shares[0], -0.06, 0.2))
    left = (gaps - close * closing[:, 0])[_MIDDLE].mean() / closing[_MIDDLE, 1].mean()
    return heads.blend(vertices, {_CLOSE: close, _PART: -float(np.clip(left, -0.5, 0.5))})


def lip_gap(vertices: Float32[np.ndarray, "vertex 3"]) -> float:
    """Mean height of the upper lip's inner rim over the lower one's, in model units."""
    return float(_gaps(vertices).mean())


@cache
def _closing() -> Float64[np.ndarray, "pair 2"]:
    """By how much one share of either target closes (parting: backwards) each pair's gap."""
    base = heads.head().vertices
    steps = [_gaps(heads.blend(base, {name: 0.1})) for name in (_CLOSE, _PART)]
    return np.stack([(_gaps(base) - steps[0]) / 0.1, (steps[1] - _gaps(base)) / 0.1], axis=1)


def _gaps(vertices: Float32[np.ndarray, "vertex 3"]) -> Float64[np.ndarray, " pair"]:
    """Heights of the upper rim's landmarks over the lower rim's."""
    head = heads.head()
    upper, lower = np.array(_PAIRS).T
    points = vertices[head.landmark_corners] * head.landmark_weights[:, :, None]
    heights = points.sum(axis=1)[:, 1].astype(np.float64)
    return heights[upper] - heights[lower]
