"""SSLFER's component mask: one eye or the mouth is covered by an ellipse.

Shu et al., BMVC 2022 (arXiv 2210.03853): the first of the changes that views go through.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from mien.data.landmarks import LEFT_EYE, MOUTH, RIGHT_EYE, Points
from mien.errors import MienError

Image = npt.NDArray[np.uint8]

COMPONENTS: Final = (MOUTH, LEFT_EYE, RIGHT_EYE)
"""What may be covered, equally likely."""
MARGIN: Final = 10 / 224
"""What is added around a box of landmarks, as a fraction of the image's side: the paper's 10 px on
frames that we take to be 224 px (VoxCeleb1's face tracks)."""


@dataclass(frozen=True, kw_only=True)
class ComponentMask:
    """How often a part of the face is covered, and which.

    Raises:
        MienError: the probability lies outside 0 to 1.
    """

    probability: float = 0.8
    """How often an image is changed."""
    component: Literal["image", "run"] = "image"
    """Whether the part is drawn for each image, or once for the whole run as in the released
    code."""

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise MienError(
                f"a component mask with probability {self.probability}",
                remedy="give one of 0 to 1",
            )


def cover(image: Image, points: Points, *, component: int) -> None:
    """Fill the ellipse about a component with the image's mean colour; no face, no ellipse.

    Args:
        image: (height, width, 3), changed in place.
        points: (68, 2) in pixels.
        component: index in `COMPONENTS`.
    """
    if not np.isfinite(points).all():
        return
    height, width = image.shape[:2]
    margin = MARGIN * np.array([width, height])
    chosen = points[COMPONENTS[component]]
    low, high = chosen.min(axis=0) - margin, chosen.max(axis=0) + margin
    (x0, y0), (rx, ry) = (low + high) / 2, (high - low) / 2
    x = (np.arange(width) + 0.5 - x0) / rx
    y = (np.arange(height) + 0.5 - y0) / ry
    inside = x[None] ** 2 + y[:, None] ** 2 <= 1
    image[inside] = np.rint(image.mean(axis=(0, 1))).astype(np.uint8)
