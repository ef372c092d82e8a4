"""Folds of the skin: grooves that units of the face deepen, drawn on the flattened skin."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32

FOLDS = (
    *("forehead_inner", "forehead_outer", "glabella", "nose", "crow", "under_eye"),
    *("nasolabial", "dimple", "marionette", "chin", "mentolabial", "lip_lines"),
)
"""Names of the folds of the skin, in the order of `Atlas.folds`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Fold:
    """One fold: a height map inside a box, with the share of each side."""

    row: int
    column: int
    height: Float32[np.ndarray, "2 rows columns"]
    """Left and right parts; about -1 in the groove."""


def _line_map(points: np.ndarray, size: int, *, width: float, strength: float = 1.0) -> np.ndarray:
    """A groove along a polyline of texels: -1 in the middle, a low ridge beside it."""
    drawn = np.zeros((size, size), np.uint8)
    spots = np.round(points * 16).astype(np.int32)
    cv2.polylines(drawn, [spots], False, 255, 1, cv2.LINE_AA, 4)
    line = drawn.astype(np.float32) / 255
    groove = cv2.GaussianBlur(line, (0, 0), width) * (width * 2.2)
    ridge = cv2.GaussianBlur(line, (0, 0), width * 2.4) * (width * 2.4 * 1.1)
    return (ridge - groove) * strength


def _curve(points: list[tuple[float, float]], place: np.ndarray, sign: float) -> np.ndarray:
    """Texels of a smooth curve through (x, y) points on the front of the common head."""
    xy = np.array(points)
    knots, steps = np.arange(len(xy)), np.linspace(0, len(xy) - 1, 24)
    fit = [np.polynomial.Polynomial.fit(knots, xy[:, axis], len(xy) - 1) for axis in (0, 1)]
    line = np.stack([fit[0](steps), fit[1](steps)], axis=1)
    flat = place.reshape(-1, 3)
    front = np.flatnonzero(flat[:, 2] > 0.2)
    found = []
    for x, y in line * np.array([sign, 1.0]):
        near = front[np.argmin((flat[front, 0] - x) ** 2 + (flat[front, 1] - y) ** 2)]
        found.append((near % len(place) + 0.5, near // len(place) + 0.5))
    return np.array(found, np.float32)


_GROOVES: dict[str, tuple[tuple[list[tuple[float, float]], float, float], ...]] = {
    "forehead_inner": tuple(
        ([(0.0, y + 0.01), (0.12, y + 0.0), (0.24, y + 0.02), (0.34, y + 0.015)], 1.7, s)
        for y, s in ((7.62, 0.8), (7.71, 1.0), (7.80, 1.0), (7.89, 0.7))
    ),
    "forehead_outer": tuple(
        ([(0.20, y + 0.02), (0.32, y + 0.03), (0.42, y), (0.50, y - 0.05)], 1.7, s)
        for y, s in ((7.62, 1.0), (7.71, 1.0), (7.80, 0.8))
    ),
    "glabella": (
        ([(0.065, 7.40), (0.075, 7.48), (0.085, 7.57)], 1.8, 1.3),
        ([(0.03, 7.42), (0.035, 7.50), (0.04, 7.55)], 1.4, 0.6),
        ([(0.0, 7.335), (0.05, 7.335), (0.09, 7.35)], 1.6, 0.7),
    ),
    "nose": (
        ([(0.0, 7.24), (0.05, 7.235), (0.09, 7.26)], 1.4, 0.9),
        ([(0.05, 7.12), (0.09, 7.17), (0.12, 7.20)], 1.4, 1.0),
        ([(0.06, 7.06), (0.10, 7.12), (0.14, 7.15)], 1.4, 0.9),
    ),
    "crow": (
        ([(0.49, 7.30), (0.54, 7.33), (0.60, 7.37)], 1.4, 1.0),
        ([(0.49, 7.26), (0.55, 7.26), (0.61, 7.27)], 1.4, 1.0),
        ([(0.48, 7.22), (0.53, 7.19), (0.58, 7.16)], 1.4, 0.9),
    ),
    "under_eye": (
        ([(0.18, 7.20), (0.26, 7.175), (0.36, 7.18), (0.44, 7.215)], 1.5, 1.0),
        ([(0.17, 7.165), (0.25, 7.115), (0.35, 7.10), (0.46, 7.15)], 2.0, 0.8),
    ),
    "nasolabial": (([(0.17, 6.93), (0.23, 6.83), (0.29, 6.72), (0.325, 6.60)], 2.6, 2.0),),
    "dimple": (([(0.30, 6.68), (0.315, 6.62), (0.30, 6.55)], 2.2, 1.6),),
    "marionette": (([(0.26, 6.59), (0.29, 6.53), (0.30, 6.45)], 2.2, 1.5),),
    "mentolabial": (([(0.0, 6.44), (0.08, 6.435), (0.15, 6.46)], 2.4, 1.6),),
    "lip_lines": tuple(
        ([(x, 6.71), (x * 0.95, 6.66)], 1.0, 0.7) for x in (0.03, 0.07, 0.11, 0.15, 0.19)
    ),
}
"""Grooves on the left: points (x, y) on the common head, width in texels, depth."""


def folds(place: Float32[np.ndarray, "size size 3"]) -> tuple[Fold, ...]:
    """Every fold of `FOLDS`, drawn on the texels whose resting positions are `place`."""
    made = []
    for name in FOLDS:
        halves = [_half(name, place, sign) for sign in (1.0, -1.0)]
        rows, columns = np.nonzero(np.maximum(np.abs(halves[0]), np.abs(halves[1])) > 0.01)
        top, left = max(0, rows.min() - 1), max(0, columns.min() - 1)
        box = (slice(top, rows.max() + 2), slice(left, columns.max() + 2))
        height = np.stack([half[box] for half in halves])
        made.append(Fold(row=int(top), column=int(left), height=height.astype(np.float32)))
    return tuple(made)


def _half(name: str, place: np.ndarray, sign: float) -> np.ndarray:
    """One side of a fold over the whole map."""
    if name == "chin":
        x, y = place[..., 0], place[..., 1]
        bumps = np.random.default_rng(17).normal(size=place.shape[:2]).astype(np.float32)
        bumps = cv2.GaussianBlur(bumps, (0, 0), 2.2) * 4.5
        where = np.exp(-((x / 0.16) ** 2) - ((y - 6.31) / 0.10) ** 2)
        return bumps * where * np.clip(0.5 + sign * x / 0.1, 0, 1).astype(np.float32)
    total = np.zeros(place.shape[:2], np.float32)
    for points, width, depth in _GROOVES[name]:
        total += _line_map(_curve(points, place, sign), len(place), width=width, strength=depth)
    return total
