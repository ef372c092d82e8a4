"""The software renderer: posed mesh to linear pixels, on the processor."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, Float64, Int32

from mien.lab import head as heads
from mien.lab.atlas import atlas
from mien.lab.composition import fold_depths
from mien.lab.expression import FaceState
from mien.lab.fixed import fixed
from mien.lab.folds import FOLDS
from mien.lab.hair import shell
from mien.lab.light import smooth_normals
from mien.lab.noise import fields
from mien.lab.person import Person
from mien.lab.posing import Posed, project
from mien.lab.raster import NOTHING, rasterise
from mien.lab.shade import shade
from mien.lab.shade_hair import shade_hair, shade_lashes
from mien.lab.skin import skin
from mien.lab.world import World

_SHADOW_SIDE = 192
_SHADOW_REACH = 1.75
"""Half the width, in model units, of what the shadow map sees."""


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


def draw(
    person: Person, face: FaceState, world: World, posed: Posed, view: View
) -> Float32[np.ndarray, "height width 4"]:
    """Linear RGB times cover, and cover.

    Args:
        person: for skin, eyes and hair.
        face: for the folds of the skin.
        world: for lights.
        posed: the mesh.
        view: the camera and the size.
    """
    head, still = heads.head(), fixed()
    normals = np.empty_like(posed.vertices)
    smooth_normals(posed.vertices, head.faces, still.solid_count, normals)
    screen = screen_of(posed.vertices, view.placing, view.distance)
    solid = layer_of(screen, head.faces, still.kept, view.width, view.height)
    lighting = _lighting(world, posed)
    scale = float(np.hypot(view.placing[0, 0], view.placing[0, 1]))
    closeness = _closeness(solid.nearness, scale)
    painted = skin(person)
    out = np.zeros((view.height, view.width, 4), np.float32)
    red, green, blue = (np.float32(value) for value in person.clothing)
    shade(
        out, solid.face_of, solid.weights, closeness, head.faces, head.face_group,
        posed.vertices, normals, atlas().uv, still.openness, still.local, still.inside,
        still.cloth, painted.colour, folded(person, face, painted.height), fields(),
        lighting.lights, lighting.ambient, _eye_numbers(person), np.float32(view.distance),
        np.ascontiguousarray(posed.turn[:, 1]), lighting.shadow, lighting.frame,
        (red, green, blue),
    )  # fmt: skip
    bright = float(np.mean(world.ambient) + world.lights[0].intensity * 0.5)
    lash = layer_of(
        screen, head.faces, still.lash_kept, view.width, view.height, behind=solid.nearness
    )
    shade_lashes(
        out, lash.face_of, lash.weights, head.faces, still.tip, fields(),
        np.float32(0.25 + 0.7 * person.eyes.lashes), np.float32(bright),
    )  # fmt: skip
    _draw_hair(out, person, posed, view, lighting, nearness=solid.nearness)
    return out


def _lighting(world: World, posed: Posed) -> Lighting:
    lights = light_array(world)
    shadow, frame = _shadow(posed, lights)
    ambient = np.array([*world.ambient, *(0.55 * value for value in world.ambient)], np.float32)
    return Lighting(lights=lights, ambient=ambient, shadow=shadow, frame=frame)


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


def light_array(world: World) -> Float32[np.ndarray, "light 7"]:
    """Directions, colours times intensities, and softness of a world's lights."""
    rows = []
    for light in world.lights:
        yaw, pitch = np.deg2rad([light.yaw, light.pitch])
        toward = (np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch))
        rows.append([*toward, *(light.intensity * value for value in light.colour), light.softness])
    return np.array(rows, np.float32)


def _shadow(
    posed: Posed, lights: np.ndarray
) -> tuple[Float32[np.ndarray, "side side"], Float32[np.ndarray, "4 3"]]:
    """Depth map of the head seen from the key light, and its frame (`shade.shadow_of`)."""
    toward = lights[0, :3]
    helper = np.array([0.0, 1.0, 0.0] if abs(toward[1]) < 0.9 else [1.0, 0.0, 0.0])
    right = np.cross(helper, toward)
    right /= np.linalg.norm(right)
    up = np.cross(toward, right)
    frame = np.zeros((4, 3), np.float32)
    frame[:3] = np.stack([right, up, toward])
    scale = _SHADOW_SIDE / 2 / _SHADOW_REACH
    frame[3] = (scale, _SHADOW_SIDE / 2, _SHADOW_SIDE)
    seen = posed.vertices @ frame[:3].T
    screen = np.stack(
        [
            _SHADOW_SIDE / 2 + seen[:, 0] * scale,
            _SHADOW_SIDE / 2 - seen[:, 1] * scale,
            seen[:, 2] + 10.0,
        ],
        axis=1,
    ).astype(np.float32)
    layer = layer_of(screen, heads.head().faces, fixed().kept, _SHADOW_SIDE, _SHADOW_SIDE)
    return layer.nearness, frame


def _closeness(nearness: np.ndarray, scale: float) -> np.ndarray:
    """1 in the open, less where the picture's neighbourhood lies nearer to the camera."""
    seen = (nearness > 0).astype(np.float32)
    depth = np.where(nearness > 0, 1.0 / np.maximum(nearness, 1e-6), 0.0).astype(np.float32)
    total = np.ones_like(depth)
    for reach, strength in ((0.05, 9.0), (0.16, 2.2)):
        side = max(3, int(2 * reach * scale) | 1)
        cover = cv2.boxFilter(seen, -1, (side, side))
        mean = cv2.boxFilter(depth, -1, (side, side)) / np.maximum(cover, 1e-3)
        gap = np.clip(depth - mean, 0.0, 0.25)
        total /= 1.0 + strength * gap
    return total.astype(np.float32)


def folded(
    person: Person, face: FaceState, height: Float32[np.ndarray, "size size"]
) -> Float32[np.ndarray, "size size"]:
    """The skin's relief with the folds that the face's units deepen."""
    relief = height
    strength = 0.45 + 0.75 * person.wrinkles
    depths = fold_depths(face)
    for name, fold in zip(FOLDS, atlas().folds, strict=True):
        left, right = depths[name]
        if left < 0.02 and right < 0.02:
            continue
        if relief is height:
            relief = height.copy()
        rows, columns = fold.height.shape[1:]
        box = relief[fold.row : fold.row + rows, fold.column : fold.column + columns]
        box += fold.height[0] * np.float32(left * strength)
        box += fold.height[1] * np.float32(right * strength)
    return relief


def _eye_numbers(person: Person) -> Float32[np.ndarray, "8"]:
    eyes = person.eyes
    return np.array([*eyes.iris, *eyes.sclera, 0.061 * eyes.iris_radius, eyes.pupil], np.float32)


def _draw_hair(
    out: np.ndarray,
    person: Person,
    posed: Posed,
    view: View,
    lighting: Lighting,
    *,
    nearness: np.ndarray,
) -> None:
    """Far side of the shell first, then the near one, each hidden by the head where it is."""
    if posed.hair is None or posed.cuts is None:
        return
    model = shell()
    normals = np.empty_like(posed.hair)
    smooth_normals(posed.hair, model.faces, len(model.faces), normals)
    screen = screen_of(posed.hair, view.placing, view.distance)
    capped = person.hair.style == "cap"
    colour = np.array(person.hair.cap_colour if capped else person.hair.colour, np.float32)
    offset = np.random.default_rng(person.texture_seed).integers(0, 512, 2)
    kept = np.ones(len(model.faces), np.uint8)
    far = np.ascontiguousarray(model.faces[:, ::-1])
    hangs = person.hair.style in ("medium", "long")
    for faces in (far, model.faces) if hangs else (model.faces,):
        layer = layer_of(screen, faces, kept, view.width, view.height, behind=nearness)
        shade_hair(
            out, layer.face_of, layer.weights, faces, posed.hair, normals, model.grid,
            posed.cuts, fields(), offset, lighting.lights, lighting.ambient,
            np.ascontiguousarray(posed.turn[:, 1]), lighting.shadow, lighting.frame, colour,
            np.float32(1.0 if capped else 0.0),
        )  # fmt: skip
