"""From a resting mesh to posed vertices: expression, gaze, the head's turn on the neck."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float32, Float64

from mien.faces.pose import Pose
from mien.facs import LAB_AUS, SIDES
from mien.lab.anatomy import head as heads
from mien.lab.anatomy.composition import target_weights
from mien.lab.bodies.fit_glasses import fit
from mien.lab.bodies.outfit import outfit
from mien.lab.bodies.shape import Shape, shape
from mien.lab.conditions.world import World
from mien.lab.expression import FaceState
from mien.lab.people.person import Person

ORIGIN = np.array([0.0, 7.05, 0.55], np.float32)
"""The point of the common head that the camera looks at."""

_SHUT = [LAB_AUS.index(43), LAB_AUS.index(45)]
"""Rows of the units that close the lids."""

_NECK = (5.45, 6.35)
"""Heights between which the head's turn grows from none to all."""

_WHOLE = np.ones((1, 1), np.float32)
"""Share of the head's turn of what does not bend."""

_PIVOT = np.array([0.0, 6.45, 0.25], np.float32)
"""The head turns about here (the top of the spine)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Posed:
    """The mesh before the camera: x right in the picture, y up, z towards the camera."""

    vertices: Float32[np.ndarray, "vertex 3"]
    worn: tuple[np.ndarray, ...]
    """Vertices (vertex, 3) of what `outfit` put on, in its order."""
    glasses: Float32[np.ndarray, "point 3"] | None
    turn: Float32[np.ndarray, "3 3"]
    shape: Shape


def pose(person: Person, face: FaceState, world: World) -> Posed:
    """Everything that moves, moved."""
    head = heads.head()
    resting = shape(person)
    weights = _fitted(target_weights(face), resting)
    vertices = heads.blend(resting.vertices, weights)
    closed = face.intensity[_SHUT].max(axis=0) / 5.0
    for index, group in enumerate((heads.EYE_LEFT, heads.EYE_RIGHT)):
        rows = head.group_vertices(group)
        centre = resting.eye_centres[index]
        gaze = Pose(yaw=face.gaze[0], pitch=face.gaze[1], roll=0.0).matrix().astype(np.float32)
        vertices[rows] = (resting.vertices[rows] - centre) @ gaze.T + centre
        vertices[rows, 2] -= 0.03 * closed[index]
    rotation = Pose(yaw=world.yaw, pitch=world.pitch, roll=world.roll).matrix().astype(np.float32)
    glasses = fit(person)
    return Posed(
        vertices=_turned(vertices, rotation, _body_share()),
        worn=tuple(
            _turned(each.vertices, rotation, _share(each.vertices)) for each in outfit(person)
        ),
        glasses=None if glasses is None else _turned(glasses.vertices, rotation, _WHOLE),
        turn=rotation,
        shape=resting,
    )


def _fitted(weights: dict[str, float], resting: Shape) -> dict[str, float]:
    """Weights for one person: the same action in a face of their measures.

    A wider eye has further to close and more to narrow, a fuller lip more to hide, a narrow
    mouth less to give.
    """
    lips = float(np.clip(resting.lip_height, 0.6, 1.8))
    mouth = float(np.clip(resting.mouth_width, 0.6, 1.2))
    factors: dict[str, float] = {}
    for side, gap in zip(SIDES, resting.lid_gap, strict=True):
        narrow = float(np.clip(gap, 0.5, 1.3))
        factors |= {
            f"face/eyeBlink{side.title()}": float(np.clip(gap, 0.75, 1.7)),
            f"face/eyeSquint{side.title()}": narrow,
            f"own/lidTight.{side}": narrow,
            f"face/eyeLookDown{side.title()}": narrow,
            f"own/lipsThin.{side}": lips,
            f"face/mouthPucker.{side}": mouth,
            f"unit/mouth-pursing.{side}": mouth,
        }
    return {name: weight * factors.get(name, 1.0) for name, weight in weights.items()}


def _turned(points: np.ndarray, rotation: np.ndarray, share: np.ndarray) -> np.ndarray:
    about = points - _PIVOT
    moved = about @ rotation.T
    return (about + (moved - about) * share + (_PIVOT - ORIGIN)).astype(np.float32)


def _share(points: np.ndarray) -> np.ndarray:
    x = np.clip((points[:, 1] - _NECK[0]) / (_NECK[1] - _NECK[0]), 0, 1)
    return (x * x * (3 - 2 * x))[:, None].astype(np.float32)


@cache
def _body_share() -> Float32[np.ndarray, "vertex 1"]:
    """1 on the head, 0 on the shoulders; the jaw and all within the head turn with it."""
    base = heads.head().vertices
    share = _share(base)
    front_of_neck = (base[:, 2] > 0.75) & (base[:, 1] > 5.95)
    return np.where(front_of_neck[:, None], 1.0, share).astype(np.float32)


def project(
    points: Float32[np.ndarray, "point 3"], distance: float
) -> Float64[np.ndarray, "point 3"]:
    """Perspective: x right, y down on a plane through the origin, and 1 / distance."""
    nearness = 1.0 / (distance - points[:, 2].astype(np.float64))
    scale = distance * nearness
    return np.stack([points[:, 0] * scale, -points[:, 1] * scale, nearness], axis=1)
