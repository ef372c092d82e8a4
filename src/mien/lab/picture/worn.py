"""What is worn on the head: hair, covers and glasses, laid over the drawn skin."""

import numpy as np
from jaxtyping import Float32, Int64

from mien.lab.anatomy import head as heads
from mien.lab.bodies.fit_glasses import fit
from mien.lab.bodies.garment import HAIR, Garment
from mien.lab.bodies.outfit import outfit
from mien.lab.bodies.posing import Posed
from mien.lab.chance.noise import fields
from mien.lab.kernels.light import smooth_normals
from mien.lab.kernels.shade_cover import shade_cover
from mien.lab.kernels.shade_glasses import cast, shade_arms, shade_front
from mien.lab.kernels.shade_hair import shade_hair
from mien.lab.people.person import Person
from mien.lab.picture.view import Layers, Lighting, View, layer_of, screen_of

_LIFT = 0.03
"""How much nearer glasses count than they are, so that no cheek or brow pokes through."""


def draw_worn(
    out: Float32[np.ndarray, "height width 4"],
    person: Person,
    posed: Posed,
    view: View,
    lighting: Lighting,
    *,
    solid: Layers,
) -> None:
    """Draw hair and glasses over `out`: long hair falls over the arms, short hair lies below.

    Args:
        out: linear RGB times cover, and cover; changed.
        person: who.
        posed: the mesh and what is worn.
        view: the camera.
        lighting: the lights.
        solid: the head's own layer.
    """
    garments = outfit(person)
    hangs = any(each.hangs for each in garments)
    if hangs:
        _draw_glasses(out, person, posed, view, lighting, solid=solid)
    nearness = solid.nearness.copy()
    for garment, vertices in zip(garments, posed.worn, strict=True):
        _draw_garment(
            out, garment=garment, vertices=vertices, person=person, posed=posed, view=view,
            lighting=lighting, nearness=nearness,
        )  # fmt: skip
    if not hangs:
        _draw_glasses(out, person, posed, view, lighting, solid=solid)


def _draw_glasses(
    out: np.ndarray,
    person: Person,
    posed: Posed,
    view: View,
    lighting: Lighting,
    *,
    solid: Layers,
) -> None:
    """Their shadow, the arms, then the front."""
    fitted = fit(person)
    if fitted is None or posed.glasses is None:
        return
    screen = screen_of(posed.glasses, view.placing, view.distance)
    screen[:, 2] = 1.0 / (1.0 / screen[:, 2] - _LIFT)
    axes = np.ascontiguousarray(posed.turn)
    lights, ambient = lighting.lights, lighting.ambient
    pixel = np.float32(1.0 / np.hypot(view.placing[0, 0], view.placing[0, 1]))
    cast(
        out, solid.face_of, solid.weights, heads.head().faces, posed.vertices, axes,
        posed.glasses[-1], fitted.numbers, lights, _shaded_box(screen, view, pixel),
        np.float32(0.75 * _key_share(lighting)),
    )  # fmt: skip
    top, bottom = _rows(screen[:-1], view.height)
    if top >= bottom:
        return
    screen[:, 1] -= top
    part, behind = out[top:bottom], solid.nearness[top:bottom]
    for faces in (fitted.arms, fitted.front):
        kept = np.full(len(faces), 2, np.uint8)
        layer = layer_of(screen, faces, kept, view.width, bottom - top, behind=behind)
        if faces is fitted.arms:
            shade_arms(
                part, layer.face_of, layer.weights, faces, fitted.plane, axes, fitted.numbers,
                lights, ambient, pixel,
            )  # fmt: skip
        else:
            shade_front(
                part, layer.face_of, layer.weights, faces, fitted.plane, axes, fitted.numbers,
                lights, ambient, fields(), pixel,
            )  # fmt: skip


def _shaded_box(
    screen: Float32[np.ndarray, "point 3"], view: View, pixel: np.float32
) -> Int64[np.ndarray, "4"]:
    """Top, bottom, left and right of what glasses may shade; a pixel's size in model units."""
    reach = 0.35 / pixel
    low, high = screen[:, :2].min(axis=0), screen[:, :2].max(axis=0)
    return np.array(
        [
            *(max(0.0, low[1] - 0.3 * reach), min(float(view.height), high[1] + reach)),
            *(max(0.0, low[0]), min(float(view.width), high[0])),
        ]
    ).astype(np.int64)


def _key_share(lighting: Lighting) -> float:
    """Share of the key light, whose shadow this is, in all light."""
    lights = lighting.lights
    key = float(np.mean(lights[0, 3:6]))
    return key / (key + float(np.mean(lighting.ambient)) + 0.5 * float(lights[1:, 3:6].sum() / 3))


def _draw_garment(
    out: np.ndarray,
    *,
    garment: Garment,
    vertices: Float32[np.ndarray, "vertex 3"],
    person: Person,
    posed: Posed,
    view: View,
    lighting: Lighting,
    nearness: Float32[np.ndarray, "height width"],
) -> None:
    """Its far side first where that can be seen, then the near one, hidden by what is nearer."""
    normals = np.empty_like(vertices)
    smooth_normals(vertices, garment.faces, len(garment.faces), normals)
    screen = screen_of(vertices, view.placing, view.distance)
    top, bottom = _rows(screen[garment.faces[garment.kept > 0].ravel()], view.height)
    if top >= bottom:
        return
    screen[:, 1] -= top
    part, behind = out[top:bottom], nearness[top:bottom]
    colour = np.array(garment.colour, np.float32)
    offset = np.random.default_rng(person.texture_seed).integers(0, 512, 2)
    near, up = garment.faces, np.ascontiguousarray(posed.turn[:, 1])
    far = np.ascontiguousarray(near[:, ::-1])
    for faces in (far, near) if garment.hangs else (near,):
        layer = layer_of(screen, faces, garment.kept, view.width, bottom - top, behind=behind)
        if garment.material == HAIR:
            shade_hair(
                part, layer.face_of, layer.weights, faces, vertices, normals, garment.grid,
                garment.cuts, fields(), offset, lighting.lights, lighting.ambient, up,
                lighting.shadow, lighting.frame, colour, np.float32(garment.curl),
            )  # fmt: skip
        else:
            shade_cover(
                part, layer.face_of, layer.weights, faces, vertices, normals, garment.grid,
                garment.cuts, fields(), offset, lighting.lights, lighting.ambient,
                lighting.shadow, lighting.frame, colour, np.array(garment.second, np.float32),
                np.float32(garment.material),
            )  # fmt: skip


def _rows(screen: Float32[np.ndarray, "point 3"], height: int) -> tuple[int, int]:
    """First and end row of the picture that some points span; equal where they lie outside."""
    if not len(screen):
        return 0, 0
    low, high = float(screen[:, 1].min()), float(screen[:, 1].max())
    top = int(np.clip(np.floor(low), 0, height))
    return top, int(np.clip(np.ceil(high) + 1, top, height))
