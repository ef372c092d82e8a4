"""The software renderer: posed mesh to linear pixels, on the processor."""

import cv2
import numpy as np
from jaxtyping import Float32

from mien.facs import LAB_AUS
from mien.lab.anatomy import head as heads
from mien.lab.anatomy.atlas import atlas
from mien.lab.anatomy.composition import fold_depths
from mien.lab.anatomy.fixed import fixed
from mien.lab.anatomy.folds import FOLDS
from mien.lab.bodies.posing import Posed
from mien.lab.bodies.skin import fold_habits, skin
from mien.lab.chance.noise import fields
from mien.lab.conditions.world import World
from mien.lab.expression import FaceState
from mien.lab.kernels.light import smooth_normals
from mien.lab.kernels.shade import shade
from mien.lab.kernels.shade_hair import shade_lashes
from mien.lab.people.person import Person
from mien.lab.picture.view import Lighting, View, layer_of, screen_of
from mien.lab.picture.worn import draw_worn

_SHADOW_SIDE = 192
_SHADOW_REACH = 1.75
"""Half the width, in model units, of what the shadow map sees."""

_FLOOR = 0.35
"""Light from below as a share of the light from above."""

_REACHES = ((0.05, 7.5), (0.15, 3.0), (0.38, 1.0))
"""Neighbourhoods that count for `_closeness`: half width in model units, strength."""

_POOLED_BELOW = 130.0
"""Pixels to a model unit below which skin is shaded at half the texels and half the pixels."""

_TEETH_BEHIND = np.float32(0.997)
"""Nearness of teeth over what it would be: lips stretched over them hide them all the same."""

_SHUT = [LAB_AUS.index(43), LAB_AUS.index(45)]
"""Rows of the units that close the lids."""


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
    screen[still.teeth, 2] *= _TEETH_BEHIND
    solid = layer_of(screen, head.faces, still.kept, view.width, view.height)
    lighting = _lighting(world, posed)
    scale = float(np.hypot(view.placing[0, 0], view.placing[0, 1]))
    closeness = _closeness(solid.nearness, scale)
    painted = skin(person)
    relief = folded(person, face, painted.relief)
    pooled = scale < _POOLED_BELOW
    colour = painted.half if pooled else painted.colour
    if pooled:
        relief = cv2.resize(relief, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    out = np.zeros((view.height, view.width, 4), np.float32)
    red, green, blue = (np.float32(value) for value in person.clothing)
    shade(
        out, solid.face_of, solid.weights, closeness, head.faces, head.face_group,
        posed.vertices, normals, atlas().uv, _openness(person, face), still.local, still.inside,
        still.cloth, colour, relief, fields(),
        lighting.lights, lighting.ambient, _eye_numbers(person, face), np.float32(view.distance),
        np.ascontiguousarray(posed.turn[:, 1]), lighting.shadow, lighting.frame,
        (red, green, blue), solid.nearness, np.float32(2.0 if pooled else 1.0), pooled,
    )  # fmt: skip
    bright = float(np.mean(world.ambient) + world.lights[0].intensity * 0.5)
    lash = layer_of(
        screen, head.faces, still.lash_kept, view.width, view.height, behind=solid.nearness
    )
    shade_lashes(
        out, lash.face_of, lash.weights, head.faces, still.tip, fields(),
        np.float32(0.45 + 0.6 * person.eyes.lashes), np.float32(bright),
    )  # fmt: skip
    draw_worn(out, person, posed, view, lighting, solid=solid)
    return out


def _lighting(world: World, posed: Posed) -> Lighting:
    lights = light_array(world)
    shadow, frame = _shadow(posed, lights)
    below = [_FLOOR * value for value in world.ambient]
    ambient = np.array([*world.ambient, *below], np.float32)
    return Lighting(lights=lights, ambient=ambient, shadow=shadow, frame=frame)


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
    layer = layer_of(screen, heads.head().faces, fixed().casting, _SHADOW_SIDE, _SHADOW_SIDE)
    return layer.nearness, frame


def _closeness(nearness: np.ndarray, scale: float) -> np.ndarray:
    """1 in the open, less where the picture's neighbourhood lies nearer to the camera.

    Found on every other pixel and enlarged: it is smooth but for the outline, where the nearest
    pixel is as good.
    """
    sparse = nearness[::2, ::2]
    seen = (sparse > 0).astype(np.float32)
    depth = np.where(sparse > 0, 1.0 / np.maximum(sparse, 1e-6), 0.0).astype(np.float32)
    total = np.ones_like(depth)
    for reach, strength in _REACHES:
        side = max(3, int(reach * scale) | 1)
        cover = cv2.boxFilter(seen, -1, (side, side))
        mean = cv2.boxFilter(depth, -1, (side, side)) / np.maximum(cover, 1e-3)
        gap = np.clip(depth - mean, 0.0, 0.25)
        total /= 1.0 + strength * gap
    high, wide = nearness.shape
    return cv2.resize(total, (wide, high), interpolation=cv2.INTER_LINEAR)


def folded(
    person: Person, face: FaceState, resting: Float32[np.ndarray, "size size 2"]
) -> Float32[np.ndarray, "size size 2"]:
    """The skin's relief with what the face's units make of it.

    Lines are as deep as the person's skin is wrinkled, bulges as full as the face; both differ
    from fold to fold by the person's own habit. A lid that closes unfolds and turns round.
    """
    depths = fold_depths(face)
    shut = face.intensity[_SHUT].max(axis=0) / 5.0
    if shut.max() < 0.02 and max(max(pair) for pair in depths.values()) < 0.02:
        return resting
    relief = resting.copy()
    line = (0.30 + 0.85 * person.wrinkles) * (0.65 + 0.35 * person.sex)
    full = 0.95 + 0.30 * person.weight
    maps = atlas()
    for name, fold, habit in zip(FOLDS, maps.folds, fold_habits(person), strict=True):
        left, right = depths[name]
        fold.lines.add(relief, left * line * habit[0], right * line * habit[0])
        fold.bulge.add(relief, left * full * habit[1], right * full * habit[1])
    left, right = float(shut[0]), float(shut[1])
    crease = -0.8 * person.eyes.crease
    maps.crease.add(relief, crease * left, crease * right)
    maps.lid_bulge.add(relief, left, right)
    return relief


def _eye_numbers(person: Person, face: FaceState) -> Float32[np.ndarray, "13"]:
    eyes = person.eyes
    shut = face.intensity[_SHUT].max(axis=0) / 5.0
    corner = np.array(person.skin.tone) * (0.45, 0.32, 0.32)
    radius = 0.061 * eyes.iris_radius
    numbers = [*eyes.iris, *eyes.sclera, radius, eyes.pupil, *shut, *corner]
    return np.array(numbers, np.float32)


_BARING = ((25, 0.16), (26, 0.16), (27, 0.20), (10, 0.12), (16, 0.12), (12, 0.07), (20, 0.07))
"""Units that let light in to the teeth, and how much at each step of intensity."""


def _openness(person: Person, face: FaceState) -> Float32[np.ndarray, " vertex"]:
    """What shades each vertex: teeth behind nearly closed lips lie in their shade.

    The further back they stand, the less of it reaches them.
    """
    still = fixed()
    lit = 0.15 + sum(
        share * float(face.intensity[LAB_AUS.index(unit)].mean()) for unit, share in _BARING
    )
    reached = min(lit, 1.0) * (1 - 0.4 * person.bite)
    openness = still.openness.copy()
    openness[still.teeth] = 1 - (1 - openness[still.teeth]) * np.float32(reached)
    return openness
