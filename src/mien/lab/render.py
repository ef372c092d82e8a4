"""One picture from a person, a face and a world: drawn on the CPU."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8

from mien.faces.template import CANONICAL, Jitter
from mien.lab.anatomy.head import landmarks
from mien.lab.bodies.posing import Posed, pose, project
from mien.lab.conditions.world import Camera, World
from mien.lab.expression import FaceState
from mien.lab.people.person import Person
from mien.lab.picture.background import paint
from mien.lab.picture.degrade import degrade, expose
from mien.lab.picture.drawing import View, draw
from mien.lab.picture.occluders import occlude

_SUPERSAMPLE = 2
"""Pixels are drawn this many times finer each way."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rendered:
    """A picture and what is true of it."""

    image: UInt8[np.ndarray, "height width 3"]
    landmarks: Float32[np.ndarray, "478 2"]
    """MediaPipe's points in pixels of the picture, pixel centres at integer + 0.5."""
    pose: tuple[float, float, float]
    """Yaw, pitch, roll of the head in degrees (`World`'s signs)."""


def render(
    person: Person, face: FaceState, world: World, *, size: int = 112, seed: int = 0
) -> Rendered:
    """Render the crop that `faces.CANONICAL` would cut, moved by `world.framing`.

    Args:
        person: who.
        face: the expression.
        world: the conditions.
        size: side of the picture in pixels.
        seed: of noise and everything else that differs between two frames of one scene.

    Returns:
        Image (size, size, 3) uint8 RGB, landmarks (478, 2) in its pixels, and the pose.
    """
    posed = pose(person, face, world)
    distance = camera_distance(world.camera)
    flat = project(landmarks(posed.vertices), distance)[:, :2]
    framing = world.framing
    jitter = Jitter(
        dx=framing.dx, dy=framing.dy, log_scale=framing.log_scale, degrees=framing.degrees
    )
    placing = CANONICAL.matrix(flat, size, jitter=jitter)
    image = _picture(
        person, face, world, posed, placing=placing, width=size, height=size,
        unit=float(size), origin=(0.0, 0.0), seed=seed,
    )  # fmt: skip
    points = flat @ placing[:, :2].T + placing[:, 2]
    return Rendered(
        image=image,
        landmarks=points.astype(np.float32),
        pose=(world.yaw, world.pitch, world.roll),
    )


def render_scene(
    person: Person,
    face: FaceState,
    world: World,
    *,
    width: int,
    height: int,
    centre: tuple[float, float],
    scale: float,
    seed: int = 0,
) -> Rendered:
    """Render a whole frame with head, neck and shoulders somewhere in it.

    Unlike in a crop, the head stands in the picture as it is: turning or moving the face
    neither recentres nor rescales it, so that the frames of a clip belong together.

    Args:
        person: who.
        face: the expression.
        world: the conditions; `framing` is not used.
        width: of the frame, pixels.
        height: of the frame, pixels.
        centre: where the point between the eyes lies when the head rests and looks ahead, pixels.
        scale: side, in pixels, of the canonical crop of that resting head.
        seed: as in `render`.
    """
    posed = pose(person, face, world)
    placing = scene_placing(person, world, centre=centre, scale=scale)
    image = _picture(
        person, face, world, posed, placing=placing, width=width, height=height, unit=scale,
        origin=(centre[0] - 0.5 * scale, centre[1] - 0.2 * scale), seed=seed,
    )  # fmt: skip
    flat = project(landmarks(posed.vertices), camera_distance(world.camera))[:, :2]
    points = flat @ placing[:, :2].T + placing[:, 2]
    return Rendered(
        image=image,
        landmarks=points.astype(np.float32),
        pose=(world.yaw, world.pitch, world.roll),
    )


def scene_placing(
    person: Person, world: World, *, centre: tuple[float, float], scale: float
) -> Float64[np.ndarray, "2 3"]:
    """Similarity from the projection plane to a scene's pixels; arguments as in `render_scene`."""
    ahead = replace(world, yaw=0.0, pitch=0.0, roll=0.0)
    resting = pose(person, FaceState(), ahead)
    flat = project(landmarks(resting.vertices), camera_distance(world.camera))[:, :2]
    upright = CANONICAL.matrix(flat, 1)
    enlargement = scale * float(np.hypot(upright[0, 0], upright[0, 1]))
    shift = np.array(centre) - enlargement * flat[list(CANONICAL.indices)].mean(axis=0)
    return np.column_stack([np.eye(2) * enlargement, shift])


def camera_distance(camera: Camera) -> float:
    """Distance at which the field of view spans two head heights (4.6 units)."""
    return 2.3 / float(np.tan(np.deg2rad(camera.field_of_view) / 2))


def _picture(
    person: Person,
    face: FaceState,
    world: World,
    posed: Posed,
    *,
    placing: Float64[np.ndarray, "2 3"],
    width: int,
    height: int,
    unit: float,
    origin: tuple[float, float],
    seed: int,
) -> UInt8[np.ndarray, "height width 3"]:
    """Draw at twice the size, halve, lay over the background, then spoil as asked."""
    view = View(
        placing=_SUPERSAMPLE * placing,
        distance=camera_distance(world.camera),
        width=_SUPERSAMPLE * width,
        height=_SUPERSAMPLE * height,
    )
    drawn = draw(person, face, world, posed, view)
    halved = cv2.resize(drawn, (width, height), interpolation=cv2.INTER_AREA)
    behind = paint(world.background, width=width, height=height)
    linear = halved[..., :3] + behind * (1 - halved[..., 3:])
    linear = occlude(linear, world, skin=person.skin.tone, unit=unit, origin=origin)
    return degrade(
        expose(linear, world.camera),
        world.degradation,
        unit=unit,
        generator=np.random.default_rng(seed),
    )
