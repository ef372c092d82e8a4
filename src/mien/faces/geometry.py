"""A face's shape in numbers: landmarks in the template's frame, and the blendshape scores.

A reader of these and of pixels sees fine movements by the one and skin by the other. Both are
measured from the landmarks that a reader has anyhow.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from mien.faces import blendshapes
from mien.faces.groups import GROUPS, MIRROR_478
from mien.faces.template import CANONICAL
from mien.faces.warp import apply

NAME: Final = "mien-1-points-blendshapes"
"""What a model records of the features it was trained on."""
_PARTS = ("brow", "eye", "iris", "nose", "lip", "oval")
POINTS: Final = np.array(
    sorted({int(i) for name, group in GROUPS.items() if name.endswith(_PARTS) for i in group}),
    np.int64,
)
"""The landmarks that count: brows, eyes, irises, nose, lips and the outline."""
WIDTH: Final = 2 * len(POINTS) + len(blendshapes.NAMES)
"""Numbers of a face: x and y of every point, then the scores."""
PARTS: Final = (slice(0, 2 * len(POINTS)), slice(2 * len(POINTS), WIDTH))
"""Where the points are, and where the scores; either may be unknown."""

Features = npt.NDArray[np.float32]
"""(WIDTH,) or (n, WIDTH); NaN where nothing is known."""


def describe(
    landmarks: npt.NDArray[np.floating], scores: npt.NDArray[np.floating] | None
) -> Features:
    """(WIDTH,) float32 of one face.

    Args:
        landmarks: (478, 2 or more), image px.
        scores: (52,) blendshape scores of the same landmarks, in the order of
            `blendshapes.NAMES`; None if they are not known.

    Raises:
        ValueError: not 478 landmarks, or all in one place.
    """
    flat = apply(CANONICAL.matrix(landmarks, 1), np.asarray(landmarks[:, :2], np.float64))
    points = flat[POINTS] - 0.5
    said = np.full(len(blendshapes.NAMES), np.nan) if scores is None else scores
    return np.concatenate([points.ravel(), said]).astype(np.float32)


def _other(name: str) -> str:
    """The score that one becomes when the picture is mirrored."""
    for one, two in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(one):
            return name.removesuffix(one) + two
    return name


def _exchange() -> tuple[npt.NDArray[np.int64], Features]:
    place = {int(number): row for row, number in enumerate(POINTS)}
    points = np.array([place[int(MIRROR_478[number])] for number in POINTS], np.int64)
    both = np.stack([2 * points, 2 * points + 1], axis=1).ravel()
    scores = np.array([blendshapes.NAMES.index(_other(name)) for name in blendshapes.NAMES])
    sign = np.ones(WIDTH, np.float32)
    sign[0 : 2 * len(POINTS) : 2] = -1.0
    return np.concatenate([both, 2 * len(POINTS) + scores]).astype(np.int64), sign


MIRROR, SIGN = _exchange()
"""(WIDTH,) each: a mirrored face's features are `features[..., MIRROR] * SIGN`."""


def mirrored(features: Features) -> Features:
    """What the mirror image of each face would be described by, (…, WIDTH)."""
    return features[..., MIRROR] * SIGN
