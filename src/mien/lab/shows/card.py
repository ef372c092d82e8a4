"""Words on pictures of a replay: why there is no face, and what it is."""

import cv2
import numpy as np
from jaxtyping import UInt8

Picture = UInt8[np.ndarray, "height width 3"]

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_PAPER, _INK = (205, 205, 205), (70, 70, 70)


def card(reason: str, *, width: int, height: int) -> Picture:
    """A flat grey picture that says why there is no face to show."""
    picture = np.full((height, width, 3), _PAPER, np.uint8)
    size = width / 480
    (wide, high), _ = cv2.getTextSize(reason, _FONT, size, 1)
    where = ((width - wide) // 2, (height + high) // 2)
    cv2.putText(picture, reason, where, _FONT, size, _INK, 1, cv2.LINE_AA)
    return picture


def label(picture: Picture, words: str) -> Picture:
    """The same picture with a line of small print at its foot, on a darker strip."""
    marked = picture.copy()
    height, width = picture.shape[:2]
    size = 0.42 * width / 480
    strip = max(round(22 * width / 480), 4)
    marked[height - strip :] = marked[height - strip :] // 3
    where = (round(0.02 * width), height - round(0.32 * strip))
    cv2.putText(marked, words, where, _FONT, size, (235, 235, 235), 1, cv2.LINE_AA)
    return marked
