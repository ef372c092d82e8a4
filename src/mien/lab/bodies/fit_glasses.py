"""Glasses on a face: a curved front before the eyes and two arms to the ears."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float32, Int32

from mien.lab.anatomy.head import landmarks
from mien.lab.bodies.shape import shape
from mien.lab.people.glasses import FRAMES
from mien.lab.people.person import Person

_COLUMNS, _ROWS, _STEPS = 25, 7, 4
_WRAP = 0.22
"""How far the front bends back: depth over the square of the distance from the middle."""
_TILT = 0.14
"""How far the lower edge leans towards the cheeks."""
_ARM = 0.06
"""Half the height of the strip an arm is drawn on."""
_BRIDGES = (168, 6)
_TEMPLES = (356, 127)
"""Landmarks before the left and the right ear."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """A pair of glasses on a resting face."""

    vertices: Float32[np.ndarray, "vertex 3"]
    """The front, the arms, and last the middle of the front."""
    front: Int32[np.ndarray, "front 3"]
    arms: Int32[np.ndarray, "arm 3"]
    plane: Float32[np.ndarray, "point 2"]
    """Of the front: right and up from its middle. Of an arm: along it, and up from its axis."""
    numbers: Float32[np.ndarray, " number"]
    """What `shade_glasses` reads."""


@lru_cache(maxsize=64)
def fit(person: Person) -> Fitted | None:
    """Put a person's glasses on their resting face; None without glasses."""
    worn = person.glasses
    if worn.frame == "none":
        return None
    frame = FRAMES[worn.frame]
    resting = shape(person)
    points = landmarks(resting.vertices)
    eyes = resting.eye_centres
    wide, high = frame.width * worn.size, frame.height * worn.size
    apart = max(float(eyes[0, 0] - eyes[1, 0]) / 2 + 0.015, wide + 0.07)
    temple = float(points[_TEMPLES[0], 0] - points[_TEMPLES[1], 0]) / 2
    end = max(apart + wide + 0.025, min(temple - 0.03, apart + wide + 0.09))
    middle = np.array(
        [
            points[list(_BRIDGES), 0].mean(),
            eyes[:, 1].mean() - 0.015 - worn.slip,
            points[list(_BRIDGES), 2].mean() + 0.025 + 0.8 * worn.slip,
        ]
    )
    plane, hinge = _front_plane(end), 0.45 * high
    front = middle + _surface(plane)
    strips = _arms(points, middle, end=end, hinge=hinge)
    shapes = np.array([frame.top, frame.bottom]) * worn.thickness
    numbers = [
        *(apart, wide, high, frame.corner * min(wide, high), frame.taper, *shapes),
        *(frame.bridge * high, float(frame.double), end, hinge, worn.metal, worn.tint),
        *(worn.gloss, *worn.colour, 0.018 + 0.35 * shapes[0]),
    ]
    count = len(front)
    return Fitted(
        vertices=np.concatenate([front, *strips, middle[None]]).astype(np.float32),
        front=_faces(_ROWS, _COLUMNS),
        arms=np.concatenate(
            [_faces(2, _STEPS) + count, _faces(2, _STEPS) + count + 2 * _STEPS]
        ).astype(np.int32),
        plane=np.concatenate([plane, _strip_plane(), _strip_plane()]).astype(np.float32),
        numbers=np.array(numbers, np.float32),
    )


def _front_plane(end: float) -> np.ndarray:
    """The front, spread out flat to both ends."""
    across, up = np.meshgrid(np.linspace(-end, end, _COLUMNS), np.linspace(-1, 1, _ROWS) * 0.34)
    return np.stack([across.ravel(), up.ravel()], axis=1)


def _arms(points: np.ndarray, middle: np.ndarray, *, end: float, hinge: float) -> list[np.ndarray]:
    """Both arms, each from its hinge on the front to the landmark before the ear."""
    strips = []
    for sign, ear in zip((1.0, -1.0), _TEMPLES, strict=True):
        start = middle + _surface(np.array([[sign * (end - 0.005), hinge]]))[0]
        stop = points[ear] + np.array([sign * 0.012, 0.09, -0.28])
        strips.append(_strip(start, stop))
    return strips


def _surface(plane: np.ndarray) -> np.ndarray:
    """From the front's plane to offsets from its middle."""
    back = -_WRAP * plane[:, 0] ** 2 + _TILT * plane[:, 1]
    return np.stack([plane[:, 0], plane[:, 1], back], axis=1)


def _strip(start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """From hinge to ear, out to the temple first, as high as an arm with room about it."""
    share = np.linspace(0, 1, _STEPS)[:, None]
    line = start + (stop - start) * share
    line[:, 0] = start[0] + (stop[0] - start[0]) * share[:, 0] ** 0.7
    above = np.array([0.0, _ARM, 0.0])
    return np.concatenate([line - above, line + above])


def _strip_plane() -> np.ndarray:
    share = np.linspace(0, 1, _STEPS)
    below = np.stack([share, np.full(_STEPS, -_ARM)], axis=1)
    return np.concatenate([below, below * [1.0, -1.0]])


def _faces(rows: int, columns: int) -> Int32[np.ndarray, "face 3"]:
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    lower = np.stack([a, b, c], axis=-1).reshape(-1, 3)
    upper = np.stack([a, c, d], axis=-1).reshape(-1, 3)
    return np.concatenate([lower, upper]).astype(np.int32)
