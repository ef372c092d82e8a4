"""Eyes and mouth cut out of a frame: what MaskFN compares expressions by.

Shu et al., BMVC 2022 (arXiv 2210.03853).
"""

from math import ceil, floor
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from mien.data.component_mask import MARGIN
from mien.data.landmarks import EYES, MOUTH, Points

Image = npt.NDArray[np.uint8]

PATCH: Final = 64
"""Side of a patch, pixels."""


def face_patches(image: Image, points: Points) -> npt.NDArray[np.uint8]:
    """(2, PATCH, PATCH, 3): eyes, then mouth; black where there is no face.

    The eyes' box has a margin above and below (`MARGIN`), the mouth's none. A box is enlarged until
    its longer side fills the patch and put in the middle; the rest is black.

    Args:
        image: (height, width, 3) RGB.
        points: (68, 2) in pixels.
    """
    out = np.zeros((2, PATCH, PATCH, 3), np.uint8)
    if not np.isfinite(points).all():
        return out
    height = image.shape[0]
    for place, (group, margin) in enumerate(((EYES, MARGIN * height), (MOUTH, 0.0))):
        _fill(out[place], image, points[group], margin=margin)
    return out


def _fill(patch: Image, image: Image, points: Points, *, margin: float) -> None:
    height, width = image.shape[:2]
    left, top = (max(0, floor(v)) for v in (points[:, 0].min(), points[:, 1].min() - margin))
    right = min(width, ceil(points[:, 0].max()))
    bottom = min(height, ceil(points[:, 1].max() + margin))
    if right <= left or bottom <= top:
        return
    scale = PATCH / max(right - left, bottom - top)
    wide, high = (max(1, round(scale * v)) for v in (right - left, bottom - top))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(image[top:bottom, left:right], (wide, high), interpolation=how)
    x, y = (PATCH - wide) // 2, (PATCH - high) // 2
    patch[y : y + high, x : x + wide] = small
