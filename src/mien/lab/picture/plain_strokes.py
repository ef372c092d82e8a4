"""Brows, lid lines and glasses of the second look: strokes along the landmarks."""

import cv2
import numpy as np
from jaxtyping import Float32, Float64

from mien.lab.chance.streams import stream
from mien.lab.people.person import Person

_BROWS = (
    ((46, 53, 52, 65, 55), (70, 63, 105, 66, 107), -1.0),
    ((276, 283, 282, 295, 285), (300, 293, 334, 296, 336), 1.0),
)
"""Lower and upper edge of each brow from tail to inner end, and the side it is seen from."""
_LIDS = (
    ((33, 246, 161, 160, 159, 158, 157, 173, 133), -1.0),
    ((263, 466, 388, 387, 386, 385, 384, 398, 362), 1.0),
)
_EYES = ((33, 133, 159, 145), (263, 362, 386, 374))
_HIDDEN = 0.62
"""Sine of the yaw beyond which the far side's strokes are left out."""


def add_strokes(
    picture: Float32[np.ndarray, "height width 4"],
    person: Person,
    points: Float64[np.ndarray, "478 2"],
    turn: Float32[np.ndarray, "3 3"],
) -> None:
    """Draw over linear RGB times cover; `points` in its pixels, `turn` the head's rotation."""
    unit = float(np.linalg.norm(points[263] - points[33]))
    away = float(turn[0, 2])
    mask = np.zeros(picture.shape[:2], np.uint8)
    for lower, upper, side in _BROWS:
        if away * side > -_HIDDEN:
            _hairs(mask, person, points[list(lower)], points[list(upper)], unit)
    _lay(picture, cv2.GaussianBlur(mask, (0, 0), 0.006 * unit + 0.3), person.brows.colour)
    mask[:] = 0
    thick = max(1, round(unit * (0.012 + 0.016 * person.eyes.lashes)))
    for line, side in _LIDS:
        if away * side > -_HIDDEN:
            cv2.polylines(mask, [_fixed(points[list(line)])], False, 255, thick, cv2.LINE_AA, 4)
    _lay(picture, (mask * 0.8).astype(np.uint8), (0.012, 0.008, 0.006))
    if person.glasses.frame != "none":
        _lay(picture, _frames(picture.shape[:2], points, unit), person.glasses.colour)


def _hairs(
    mask: np.ndarray, person: Person, lower: np.ndarray, upper: np.ndarray, unit: float
) -> None:
    """Slanting hairs between the edges of one brow; the same person has the same hairs."""
    generator = stream(person.texture_seed, "plain", "brow")
    count = int(60 + 150 * person.brows.density)
    along = generator.uniform(0.0, len(lower) - 1.001, count)
    high = generator.uniform(0.0, 0.75, (count, 1))
    place, rest = along.astype(int), (along % 1.0)[:, None]
    low = lower[place] + (lower[place + 1] - lower[place]) * rest
    top = upper[place] + (upper[place + 1] - upper[place]) * rest
    middle = (low + top) / 2.0
    reach = 0.5 * person.brows.thickness
    start = middle + (low - middle) * reach + (top - low) * high * reach
    slant = (lower[0] - lower[-1]) / max(float(np.linalg.norm(lower[0] - lower[-1])), 1e-6)
    end = start + (slant * 0.055 * unit + (top - low) * 0.25) * generator.uniform(
        0.5, 1.2, (count, 1)
    )
    thick = max(1, round(0.012 * unit))
    for first, last in zip(_fixed(start), _fixed(end), strict=True):
        cv2.line(mask, first.tolist(), last.tolist(), 255, thick, cv2.LINE_AA, 4)


def _frames(
    shape: tuple[int, int], points: Float64[np.ndarray, "478 2"], unit: float
) -> np.ndarray:
    """Two oval rims, a bridge and the beginnings of the arms."""
    mask = np.zeros(shape, np.uint8)
    thick = max(1, round(0.022 * unit))
    across = (points[263] - points[33]) / max(unit, 1e-6)
    angle = float(np.degrees(np.arctan2(across[1], across[0])))
    inner: list[np.ndarray] = []
    for outer_corner, inner_corner, top, bottom in _EYES:
        middle = points[[outer_corner, inner_corner, top, bottom]].mean(axis=0)
        wide = 0.72 * float(np.linalg.norm(points[outer_corner] - points[inner_corner])) + 0.03
        axes = (round(wide * 16), round(0.19 * unit * 16))
        centre = _fixed(middle[None])[0].tolist()
        cv2.ellipse(mask, centre, axes, angle, 0, 360, 255, thick, cv2.LINE_AA, 4)
        away = points[inner_corner] - points[outer_corner]
        inner.append(middle + away / max(float(np.linalg.norm(away)), 1e-6) * wide)
    cv2.polylines(mask, [_fixed(np.stack(inner))], False, 255, thick, cv2.LINE_AA, 4)
    return mask


def _lay(picture: np.ndarray, mask: np.ndarray, colour: tuple[float, float, float]) -> None:
    """Blend a colour in where the mask is and the head is."""
    share = (mask.astype(np.float32) / 255.0)[..., None] * picture[..., 3:]
    picture[..., :3] += (np.array(colour, np.float32) - picture[..., :3]) * share


def _fixed(points: np.ndarray) -> np.ndarray:
    """Points with four binary places, as OpenCV draws them."""
    return np.round(points * 16.0).astype(np.int32)
