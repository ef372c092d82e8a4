"""Pictures inside the page: uint8 arrays become data addresses."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture with what is said about it."""

    image: npt.NDArray[np.uint8]
    """Pixels, (height, width, 3), RGB."""
    alt: str
    """What it shows, for people who cannot see it."""
    caption: str = ""
    """Text beneath it."""
    note: str = ""
    """A second, quieter line beneath it."""

    def __repr__(self) -> str:
        height, width = self.image.shape[:2]
        return f"Picture({width} by {height}, {self.alt!r})"


def data_uri(
    image: npt.NDArray[np.uint8],
    *,
    width: int | None = None,
    kind: Literal["jpeg", "png"] = "jpeg",
    quality: int = 88,
) -> str:
    """Encode an RGB picture as a `data:` address.

    Args:
        image: pixels, (height, width, 3), RGB.
        width: shrink to at most so many pixels across; never enlarges.
        kind: "jpeg" for photographs, "png" for drawings.
        quality: JPEG quality, 1 to 100.

    Raises:
        ValueError: the array is no RGB picture, or is empty.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(f"not an RGB picture: shape {image.shape}")
    if width is not None and image.shape[1] > width:
        height = max(1, round(image.shape[0] * width / image.shape[1]))
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)
    options = [cv2.IMWRITE_JPEG_QUALITY, quality] if kind == "jpeg" else []
    done, encoded = cv2.imencode(f".{kind}", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    if not done:
        raise ValueError(f"the picture could not be encoded as {kind}")
    return f"data:image/{kind};base64,{base64.b64encode(encoded.tobytes()).decode()}"


def best_and_worst(errors: Sequence[float | int], *, count: int) -> tuple[list[int], list[int]]:
    """Indices of the smallest errors and of the largest, most extreme first; NaN takes no part.

    The two never overlap: with fewer than twice `count` samples each gets half.
    """
    known = [index for index, error in enumerate(errors) if not np.isnan(error)]
    order = sorted(known, key=lambda index: (errors[index], index))
    size = min(count, len(order) // 2)
    return order[:size], order[::-1][:size]
