"""CutMix (Yun et al., 2019, arXiv 1905.04899, section 3) as a rival of FaceSwap."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.errors import MienError

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class CutMix:
    """A box of another clip's frame is pasted into P and Q; what attracts stays the same.

    SSLFER's row c; nothing of it was released, so all of it is our choice.

    Raises:
        MienError: the probability lies outside 0 to 1.
    """

    probability: float = 0.8
    """How often a P or a Q is changed; FaceSwap's."""

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise MienError(
                f"CutMix with probability {self.probability}", remedy="give one of 0 to 1"
            )


def cutmix(image: Image, other: Image, *, area: float, centre: tuple[float, float]) -> None:
    """Paste a box of `other` into the same place of `image`.

    Args:
        image: (height, width, 3), changed in place.
        other: the same size.
        area: of the box as a fraction of the image; Beta(1, 1), which is even, in the paper.
        centre: of the box, x and y as fractions; what sticks out is cut off.
    """
    height, width = image.shape[:2]
    half = area**0.5 / 2
    left, right = (round(width * min(max(centre[0] + s * half, 0.0), 1.0)) for s in (-1, 1))
    top, bottom = (round(height * min(max(centre[1] + s * half, 0.0), 1.0)) for s in (-1, 1))
    image[top:bottom, left:right] = other[top:bottom, left:right]
