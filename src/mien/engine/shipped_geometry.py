"""What the landmark networks see on the crops of a store: the geometry a reader will have.

Landmarks are found by the networks, not taken from the renderer: what a model learns from must be
as wrong as what it will be given.
"""

from contextlib import closing
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.data.store import Store, column_array
from mien.engine.chunked import Rows
from mien.faces import geometry
from mien.faces.landmarker import Face, Landmarker

KIND = geometry.NAME
NAME = "geometry"


def measured(store: Path, rows: Rows) -> npt.NDArray[np.float32]:
    """Features (row, WIDTH) of some rows; NaN where the networks see no face.

    The search begins at the renderer's landmarks, as a detection would put it.
    """
    landmarker = _landmarker()
    found = np.full((len(rows), geometry.WIDTH), np.nan, np.float32)
    with closing(Store(store)) as opened:
        exact = column_array(opened.select(["landmarks"]).take(rows), "landmarks")
        for place, row in enumerate(rows):
            if np.isnan(exact[place]).any():
                continue
            image = opened.images(np.array([row]))[0]
            face = landmarker.follow(image, _at(exact[place]))
            if face is not None:
                scores = landmarker.blendshapes(face.landmarks)
                found[place] = geometry.describe(face.landmarks, scores)
    return found


@cache
def _landmarker() -> Landmarker:
    return Landmarker()


def _at(points: npt.NDArray[np.float32]) -> Face:
    """A face whose landmarks are known."""
    landmarks = np.column_stack([points, np.zeros(len(points))]).astype(np.float32)
    box = np.concatenate([points.min(axis=0), points.max(axis=0)]).astype(np.float32)
    return Face(
        box=box, score=1.0, landmarks=landmarks, presence=1.0, matrix=np.eye(2, 3, dtype=np.float64)
    )
