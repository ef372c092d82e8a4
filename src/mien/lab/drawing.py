"""The software renderer: posed mesh to linear pixels, on the processor."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from jaxtyping import Float32, Float64, Int32, UInt8

from mien.lab import head as heads
from mien.lab.atlas import FOLDS, atlas
from mien.lab.composition import fold_depths
from mien.lab.expression import FaceState
from mien.lab.hair import shell
from mien.lab.noise import fields
from mien.lab.person import Person
from mien.lab.posing import Posed, project
from mien.lab.raster import NOTHING, rasterise
from mien.lab.shade import shade, smooth_normals
from mien.lab.shade_hair import shade_hair, shade_lashes
from mien.lab.skin import skin
from mien.lab.world import World

_SHADOW_SIDE = 192
_SHADOW_REACH = 1.75
"""Half the width, in model units, of what the shadow map sees."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Fixed:
    """What the shader reads of the common head, the same for everyone."""

    kept: UInt8[np.ndarray, " face"]
    lash_kept: UInt8[np.ndarray, " face"]
    inside: Float32[np.ndarray, " vertex"]
    cloth: Float32[np.ndarray, " vertex"]
    tip: Float32[np.ndarray, " vertex"]
    local: Float32[np.ndarray, "vertex 3"]
    openness: Float32[np.ndarray, " vertex"]
    solid_count: int
    """Faces before the hair helper, which is not drawn."""


@cache
def fixed() -> Fixed:
    """Derived once a process from the common head."""
    head = heads.head()
    group, base = head.face_group, head.vertices
    kept = np.ones(len(group), np.uint8)
    kept[(group == heads.LASHES) | (group == heads.HAIR)] = 0
    lashes = np.where(group == heads.LASHES, 2, 0).astype(np.uint8)
    box = (np.abs(base[:, 0]) < 0.36) & (base[:, 1] > 6.15) & (base[:, 1] < 7.0)
    # The mouth's walls see no sky, but neither do the lips where they touch.
    inside = (box & (base[:, 2] < 1.47) & (head.openness < 0.02)).astype(np.float32)
    openness, local = head.openness.copy(), np.zeros_like(base)
    for teeth, edge in ((heads.TEETH_UPPER, 6.565), (heads.TEETH_LOWER, 6.60)):
        rows = head.group_vertices(teeth)
        away = np.abs(base[rows, 1] - edge)
        inside[rows] = np.clip((away - 0.085) / 0.02, 0, 1)
        local[rows] = base[rows]
        openness[rows] = np.clip((1.50 - base[rows, 2]) / 0.16, 0, 1)
    neckline = 5.62 - 0.22 * np.clip(base[:, 2] - 0.3, -0.6, 0.8)
    cloth = np.clip((neckline - base[:, 1]) * 3 + 0.5, 0, 1).astype(np.float32)
    for eye in (heads.EYE_LEFT, heads.EYE_RIGHT):
        rows = head.group_vertices(eye)
        local[rows] = base[rows] - base[rows].mean(axis=0)
    return Fixed(
        kept=kept,
        lash_kept=lashes,
        inside=inside,
        cloth=cloth,
        tip=_lash_tips(),
        local=local,
        openness=openness,
        solid_count=int((group != heads.HAIR).sum()),
    )


def _lash_tips() -> Float32[np.ndarray, " vertex"]:
    """Distance of lash vertices from the lids, 0 at the root to 1 at the tip."""
    head = heads.head()
    tip = np.zeros(len(head.vertices), np.float32)
    lids = head.vertices[head.group_vertices(heads.SKIN)]
    lids = lids[(np.abs(lids[:, 1] - 7.28) < 0.2) & (lids[:, 2] > 1.2)]
    rows = head.group_vertices(heads.LASHES)
    away = np.linalg.norm(head.vertices[rows][:, None] - lids[None], axis=2).min(axis=1)
    tip[rows] = np.clip(away / 0.045, 0, 1)
    return tip


@dataclass(frozen=True, kw_only=True, eq=False)
class Layers:
    """Buffers of one rasterised layer."""

    nearness: Float32[np.ndarray, "height width"]
    face_of: Int32[np.ndarray, "height width"]
    weights: Float32[np.ndarray, "height width 2"]


def draw(
    person: Person,
    face: FaceState,
    world: World,
    posed: Posed,
    *,
    placing: Float64[np.ndarray, "2 3"],
    distance: float,
    width: int,
    height: int,
) -> Float32[np.ndarray, "height width 4"]:
    """Linear RGB times cover, and cover, at the given size.

    Args:
        person: for skin, eyes and hair.
        face: for the folds of the skin.
        world: for lights.
        posed: the mesh.
        placing: similarity from the projection plane to pixels.
        distance: of the camera from the origin.
        width: pixels.
        height: pixels.
    """
    head, still = heads.head(), fixed()
    normals = np.empty_like(posed.vertices)
    smooth_normals(posed.vertices, head.faces, still.solid_count, normals)
    screen = screen_of(posed.vertices, placing, distance)
    solid = layer_of(screen, head.faces, still.kept, width, height)
    lights = light_array(world)
    shadow, frame = _shadow(posed, lights, still)
    closeness = _closeness(solid.nearness, float(np.hypot(placing[0, 0], placing[0, 1])))
    ambient = np.array([*world.ambient, *(0.55 * value for value in world.ambient)], np.float32)
    painted = skin(person)
    out = np.zeros((height, width, 4), np.float32)
    head_up = np.ascontiguousarray(posed.turn[:, 1])
    local = still.local
    shade(
        out, solid.face_of, solid.weights, closeness, head.faces, head.face_group,
        posed.vertices, normals, atlas().uv, still.openness, local, still.inside, still.cloth,
        painted.colour, folded(person, face, painted.height), fields(), lights, ambient,
        _eye_numbers(person), np.float32(distance), head_up, shadow, frame,
        np.array(person.clothing, np.float32),
    )  # fmt: skip
    bright = float(np.mean(world.ambient) + world.lights[0].intensity * 0.5)
    lash = layer_of(screen, head.faces, still.lash_kept, width, height, behind=solid.nearness)
    shade_lashes(
        out, lash.face_of, lash.weights, head.faces, still.tip, fields(),
        np.float32(0.25 + 0.7 * person.eyes.lashes), np.float32(bright),
    )  # fmt: skip
    if posed.hair is not None and posed.cuts is not None:
        _draw_hair(
            out, person, posed, posed.hair, posed.cuts, solid.nearness, placing, distance,
            lights, ambient, shadow, frame,
        )  # fmt: skip
    return out


def screen_of(points: np.ndarray, placing: np.ndarray, distance: float) -> np.ndarray:
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
    posed: Posed, lights: np.ndarray, still: Fixed
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
    layer = layer_of(screen, heads.head().faces, still.kept, _SHADOW_SIDE, _SHADOW_SIDE)
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
    out: np.ndarray, person: Person, posed: Posed, hair: np.ndarray, cuts: np.ndarray,
    nearness: np.ndarray, placing: np.ndarray, distance: float, lights: np.ndarray,
    ambient: np.ndarray, shadow: np.ndarray, frame: np.ndarray,
) -> None:  # fmt: skip
    """Far side of the shell first, then the near one, each hidden by the head where it is."""
    model = shell()
    height, width = nearness.shape
    normals = np.empty_like(hair)
    smooth_normals(hair, model.faces, len(model.faces), normals)
    screen = screen_of(hair, placing, distance)
    capped = person.hair.style == "cap"
    colour = np.array(person.hair.cap_colour if capped else person.hair.colour, np.float32)
    generator = np.random.default_rng(person.texture_seed)
    offset = generator.integers(0, 512, 2)
    sides = (
        (model.faces[:, ::-1], model.faces)
        if person.hair.style in ("medium", "long")
        else (model.faces,)
    )
    for faces in sides:
        faces = np.ascontiguousarray(faces)
        kept = np.ones(len(faces), np.uint8)
        layer = layer_of(screen, faces, kept, width, height, behind=nearness)
        shade_hair(
            out, layer.face_of, layer.weights, faces, hair, normals, model.grid, cuts, fields(),
            offset, lights, ambient, np.float32(distance),
            np.ascontiguousarray(posed.turn[:, 1]), shadow, frame, colour,
            np.float32(1.0 if capped else 0.0),
        )  # fmt: skip
