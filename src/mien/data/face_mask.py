"""Which pixels belong to the inner face: the hulls of eyes with brows, and of nose with mouth."""

import cv2
import numpy as np
import numpy.typing as npt

from mien.data.landmarks import BROWS, EYES, MOUTH, NOSE, Points

Mask = npt.NDArray[np.bool_]


def face_mask(points: Points, *, height: int, width: int) -> Mask:
    """(height, width): the union of two filled convex hulls (the paper's step 4).

    A pixel belongs to a hull if its centre lies in it or on its edge.

    Args:
        points: (68, 2) in pixels.
        height: of the image.
        width: of the image.
    """
    mask = np.zeros((height, width), bool)
    for group in ((EYES, BROWS), (NOSE, MOUTH)):
        _fill(mask, np.concatenate([points[part] for part in group]))
    return mask


def _fill(mask: Mask, points: Points) -> None:
    """Add the hull of some points: where every edge has the pixel on its inner side."""
    height, width = mask.shape
    hull = cv2.convexHull(np.ascontiguousarray(points, np.float32))[:, 0].astype(np.float32)
    left, top = np.maximum(np.floor(hull.min(axis=0)), 0).astype(int)
    right, bottom = np.minimum(np.ceil(hull.max(axis=0)), [width, height]).astype(int)
    if right <= left or bottom <= top or len(hull) < 3:
        return
    x = np.arange(left, right, dtype=np.float32) + 0.5
    y = np.arange(top, bottom, dtype=np.float32)[:, None] + 0.5
    ahead = np.roll(hull, -1, axis=0)
    edge = ahead - hull
    # cv2 lists hulls clockwise or the other way round by version: the area's sign tells.
    sign = np.sign(np.sum(hull[:, 0] * ahead[:, 1] - ahead[:, 0] * hull[:, 1]))
    inside = np.ones((bottom - top, right - left), bool)
    for (dx, dy), (x0, y0) in zip(sign * edge, hull, strict=True):
        inside &= (dx * y - dy * x) >= dx * y0 - dy * x0
    mask[top:bottom, left:right] |= inside
