"""What every drawn layer needs: the camera's view, the lights, and buffers of nearest triangles."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int32

from mien.lab.bodies.posing import project
from mien.lab.kernels.raster import NOTHING, rasterise


@dataclass(frozen=True, kw_only=True, eq=False)
class Layers:
    """Buffers of one rasterised layer."""

    nearness: Float32[np.ndarray, "height width"]
    face_of: Int32[np.ndarray, "height width"]
    weights: Float32[np.ndarray, "height width 2"]


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """Where the camera stands and how its picture plane lies on the pixels."""

    placing: Float64[np.ndarray, "2 3"]
    """Similarity from the projection plane to pixels."""
    distance: float
    """Of the camera from the origin."""
    width: int
    height: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Lighting:
    """Lights as the shader reads them, and the key light's depth map."""

    lights: Float32[np.ndarray, "light 7"]
    ambient: Float32[np.ndarray, "6"]
    shadow: Float32[np.ndarray, "side side"]
    frame: Float32[np.ndarray, "4 3"]


def screen_of(
    points: Float32[np.ndarray, "point 3"], placing: Float64[np.ndarray, "2 3"], distance: float
) -> Float32[np.ndarray, "point 3"]:
    """Pixels and nearness of posed points, as `rasterise` reads them."""
    flat = project(points, distance)
    pixels = flat[:, :2] @ placing[:, :2].T + placing[:, 2]
    return np.concatenate([pixels, flat[:, 2:]], axis=1).astype(np.float32)


def layer_of(
    screen: np.ndarray,
    faces: np.ndarray,
    kept: np.ndarray,
    width: int,
    height: int,
    *,
    behind: np.ndarray | None = None,
) -> Layers:
    """Rasterise one set of faces, hidden by whatever `behind` (a nearness) already shows."""
    nearness = np.zeros((height, width), np.float32) if behind is None else behind.copy()
    face_of = np.full((height, width), NOTHING, np.int32)
    weights = np.empty((height, width, 2), np.float32)
    rasterise(screen, faces, kept, nearness, face_of, weights)
    return Layers(nearness=nearness, face_of=face_of, weights=weights)
