"""Folds of the skin: grooves and bulges that units of the face deepen, on the flattened skin.

A fold has two layers. Its grooves are lines, deep in old and thin skin. Its bulge is the soft
shape that the tissue takes beside them, which everyone shows: at thumbnail size that is what is
seen of a smile's cheek or a frown's ridge.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32

from mien.lab.anatomy.fold_lines import (
    BULGES,
    GROOVES,
    HOLLOWS,
    LID_BULGE,
    LID_CREASE,
    Groove,
    Spot,
)
from mien.lab.kernels.add_sides import add_sides

FOLDS = (
    *("forehead_inner", "forehead_outer", "glabella", "nose", "crow", "under_eye"),
    *("nasolabial", "dimple", "marionette", "chin", "mentolabial", "lip_lines"),
)
"""Names of the folds of the skin, in the order of `Atlas.folds`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Patch:
    """A layer of a fold inside a box of the map, left and right side apart."""

    row: int
    column: int
    sides: Float32[np.ndarray, "2 rows columns 2"]
    """Height in texels, and darkness (about 1 in the depth of a groove)."""

    def add(self, relief: Float32[np.ndarray, "size size 2"], left: float, right: float) -> None:
        """Add the layer to a relief, each side by its own depth."""
        if max(abs(left), abs(right)) > 0.01:
            add_sides(
                relief, self.sides, self.row, self.column, np.float32(left), np.float32(right)
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class Fold:
    """One fold of the skin."""

    lines: Patch
    """Its grooves."""
    bulge: Patch
    """The soft shape beside them."""


def folds(place: Float32[np.ndarray, "size size 3"]) -> tuple[Fold, ...]:
    """Every fold of `FOLDS`, drawn on the texels whose resting positions are `place`."""
    return tuple(
        Fold(
            lines=_patch([_lines(name, place, sign) for sign in (1.0, -1.0)]),
            bulge=_patch([_bulge(name, place, sign) for sign in (1.0, -1.0)]),
        )
        for name in FOLDS
    )


def crease(place: Float32[np.ndarray, "size size 3"]) -> Patch:
    """The fold that most people's upper lids make below the brow."""
    return _patch([_draw(LID_CREASE, place, sign) for sign in (1.0, -1.0)])


def lid_bulge(place: Float32[np.ndarray, "size size 3"]) -> Patch:
    """The roundness of a closed upper lid over the eyeball."""
    return _patch([_heap(LID_BULGE, (), place, sign) for sign in (1.0, -1.0)])


def _patch(halves: list[np.ndarray]) -> Patch:
    """Cut two sides to the box where either is more than nothing."""
    seen = np.maximum(*(np.abs(half).max(axis=2) for half in halves)) > 0.02
    if not seen.any():
        return Patch(row=0, column=0, sides=np.zeros((2, 1, 1, 2), np.float32))
    rows, columns = np.nonzero(seen)
    top, left = max(0, rows.min() - 1), max(0, columns.min() - 1)
    box = (slice(top, rows.max() + 2), slice(left, columns.max() + 2))
    sides = np.stack([half[box] for half in halves]).astype(np.float32)
    return Patch(row=int(top), column=int(left), sides=sides)


def _lines(name: str, place: np.ndarray, sign: float) -> np.ndarray:
    """Grooves of one side over the whole map: height and darkness."""
    if name == "chin":
        return _pebbles(place, sign)
    return _draw(GROOVES[name], place, sign)


def _draw(grooves: tuple[Groove, ...], place: np.ndarray, sign: float) -> np.ndarray:
    """Lines as grooves with a low ridge on either side."""
    total = np.zeros((*place.shape[:2], 2), np.float32)
    for points, width, depth in grooves:
        curve = _curve(points, place, sign)
        line = np.zeros(place.shape[:2], np.uint8)
        spots = np.round(curve * 16).astype(np.int32)
        cv2.polylines(line, [spots], False, 255, 1, cv2.LINE_AA, 4)
        thin = line.astype(np.float32) / 255
        groove = cv2.GaussianBlur(thin, (0, 0), width) * (width * 2.2)
        ridge = cv2.GaussianBlur(thin, (0, 0), width * 2.4) * (width * 2.4 * 1.1)
        total[..., 0] += (ridge - groove) * depth
        total[..., 1] += (0.75 * groove + 0.25 * ridge) * depth
    return total


def _pebbles(place: np.ndarray, sign: float) -> np.ndarray:
    """The chin's skin when it is pushed up: bumps with pits between them."""
    x, y = place[..., 0], place[..., 1]
    bumps = np.random.default_rng(17).normal(size=place.shape[:2]).astype(np.float32)
    bumps = cv2.GaussianBlur(bumps, (0, 0), 2.2) * 4.5
    where = np.exp(-((x / 0.16) ** 2) - ((y - 6.31) / 0.10) ** 2)
    where = where * np.clip(0.5 + sign * x / 0.1, 0, 1)
    height = bumps * where
    return np.stack([height, np.maximum(-height, 0) * 0.9], axis=2).astype(np.float32)


def _bulge(name: str, place: np.ndarray, sign: float) -> np.ndarray:
    """Soft bulges (up) and hollows (dark) of one side over the whole map."""
    return _heap(BULGES.get(name, ()), HOLLOWS.get(name, ()), place, sign)


def _heap(
    bulges: tuple[Spot, ...], hollows: tuple[Spot, ...], place: np.ndarray, sign: float
) -> np.ndarray:
    """Sum of soft spots: height and darkness."""
    total = np.zeros((*place.shape[:2], 2), np.float32)
    front = place[..., 2] > 0.2
    for channel, spots in ((0, bulges), (1, hollows)):
        for x, y, wide, high, tilt, amount in spots:
            across, up = place[..., 0] * sign - x, place[..., 1] - y
            cosine, sine = np.cos(np.deg2rad(tilt)), np.sin(np.deg2rad(tilt))
            along = (across * cosine + up * sine) / wide
            over = (up * cosine - across * sine) / high
            shape = np.exp(-(along**2) - over**2) * front
            # A spot on the midline belongs half to each side.
            share = np.clip(0.5 + place[..., 0] * sign / 0.10, 0, 1) if x == 0 else 1.0
            total[..., channel] += (amount * shape * share).astype(np.float32)
    return total


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
