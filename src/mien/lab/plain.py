"""A second look at the same heads: another painter, another light, nothing shared but the mesh.

To learn how much a reader leans on one renderer. Skin, hair and lips are painted per vertex; light
is a smooth environment of second-order spherical harmonics, without shadows, gloss or relief;
brows, lashes and glasses are strokes laid over the picture. Camera and damage are the lab's.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import Float32

from mien.faces.template import CANONICAL, Jitter
from mien.lab.anatomy import head as heads
from mien.lab.anatomy.fixed import fixed
from mien.lab.anatomy.head import landmarks
from mien.lab.bodies.posing import Posed, pose, project
from mien.lab.chance.streams import stream
from mien.lab.conditions.world import World
from mien.lab.expression import FaceState
from mien.lab.kernels.light import smooth_normals
from mien.lab.people.person import Person
from mien.lab.picture.degrade import degrade, expose
from mien.lab.picture.plain_light import environment, irradiance
from mien.lab.picture.plain_paint import eye_colours, vertex_colours
from mien.lab.picture.plain_strokes import add_strokes
from mien.lab.picture.view import View, layer_of, screen_of
from mien.lab.render import Rendered, camera_distance, scene_placing

_FINER = 2
"""Pixels are drawn this many times finer each way."""


@dataclass(frozen=True, kw_only=True)
class PlainRenderer:
    """The second look, behind the interface of `mien.lab.renderer.Renderer`."""

    def render(
        self, person: Person, face: FaceState, world: World, *, size: int, seed: int
    ) -> Rendered:
        """A canonical crop."""
        posed = pose(person, face, world)
        flat = project(landmarks(posed.vertices), camera_distance(world.camera))[:, :2]
        moved = world.framing
        jitter = Jitter(dx=moved.dx, dy=moved.dy, log_scale=moved.log_scale, degrees=moved.degrees)
        placing = CANONICAL.matrix(flat, size, jitter=jitter)
        return _rendered(
            person, world, posed, placing=placing, side=(size, size), unit=float(size), seed=seed
        )

    def render_scene(
        self,
        person: Person,
        face: FaceState,
        world: World,
        *,
        width: int,
        height: int,
        centre: tuple[float, float],
        scale: float,
        seed: int,
    ) -> Rendered:
        """A whole frame with the head in it."""
        posed = pose(person, face, world)
        placing = scene_placing(person, world, centre=centre, scale=scale)
        return _rendered(
            person, world, posed, placing=placing, side=(width, height), unit=scale, seed=seed
        )


def _rendered(
    person: Person,
    world: World,
    posed: Posed,
    *,
    placing: np.ndarray,
    side: tuple[int, int],
    unit: float,
    seed: int,
) -> Rendered:
    wide, high = side
    distance = camera_distance(world.camera)
    fine = _FINER * placing
    points = project(landmarks(posed.vertices), distance)[:, :2]
    view = View(placing=fine, distance=distance, width=_FINER * wide, height=_FINER * high)
    linear = _drawn(person, world, posed, view)
    add_strokes(linear, person, points @ fine[:, :2].T + fine[:, 2], posed.turn)
    small = cv2.resize(linear, (wide, high), interpolation=cv2.INTER_AREA)
    cover = small[..., 3:]
    picture = small[..., :3] + _behind(world, wide, high) * (1.0 - cover)
    camera = replace(world.camera, contrast=0.5 * (1.0 + world.camera.contrast))
    image = degrade(
        expose(picture.astype(np.float32), camera),
        world.degradation,
        unit=unit,
        generator=np.random.default_rng(seed),
    )
    return Rendered(
        image=image,
        landmarks=(points @ placing[:, :2].T + placing[:, 2]).astype(np.float32),
        pose=(world.yaw, world.pitch, world.roll),
    )


def _drawn(
    person: Person, world: World, posed: Posed, view: View
) -> Float32[np.ndarray, "height width 4"]:
    """Linear RGB times cover, and cover."""
    head, still = heads.head(), fixed()
    screen = screen_of(posed.vertices, view.placing, view.distance)
    layer = layer_of(screen, head.faces, still.kept, view.width, view.height)
    normals = np.empty_like(posed.vertices)
    smooth_normals(posed.vertices, head.faces, still.solid_count, normals)
    rows, columns = np.nonzero(layer.face_of >= 0)
    shown = layer.face_of[rows, columns]
    corners = head.faces[shown]
    first = layer.weights[rows, columns]
    shares = np.column_stack([first, 1.0 - first.sum(axis=1)]).astype(np.float32)[:, :, None]

    def mixed(values: np.ndarray) -> np.ndarray:
        return (values[corners] * shares).sum(axis=1)

    normal = mixed(normals)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
    albedo = mixed(vertex_colours(person))
    group = head.face_group[shown]
    ball = (group == heads.EYE_LEFT) | (group == heads.EYE_RIGHT)
    albedo[ball] = eye_colours(person, mixed(still.local)[ball])
    open_sky = np.clip(mixed(still.openness[:, None]), 0.0, 1.0) ** 0.7
    open_sky[ball] = 0.75
    light = irradiance(environment(world), normal) * (0.2 + 0.8 * open_sky)
    out = np.zeros((view.height, view.width, 4), np.float32)
    out[rows, columns, :3] = albedo * light
    out[rows, columns, 3] = 1.0
    return out


def _behind(world: World, width: int, height: int) -> Float32[np.ndarray, "height width 3"]:
    """Two colours in large soft blots."""
    first, second = (np.array(colour, np.float32) for colour in world.background.colours)
    generator = stream(world.background.seed, "plain", "background")
    blots = generator.uniform(0.0, 1.0, (4, 4)).astype(np.float32)
    mix = cv2.resize(blots, (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
    return np.clip(first + (second - first) * np.clip(mix, 0.0, 1.0), 0.0, None)
