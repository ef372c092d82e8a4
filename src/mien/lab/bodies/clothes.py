"""What covers the shoulders: shirts with collars, jackets over them, jumpers, hoods that lie back.

Bodies are the shoulders' own triangles, moved outward and cut by a neckline; collars are bent bands
around the neck. All in model units on the common head, moved with the person's neck.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from jaxtyping import Float32, Int32, Int64

from mien.lab.anatomy import head as heads
from mien.lab.bodies.garment import CLOTH, KNIT, Garment, kept_by
from mien.lab.kernels.light import smooth_normals
from mien.lab.people.cuts import CUTS
from mien.lab.people.person import Colour, Person

_COLUMNS, _ROWS = 41, 4
_DEPTH = 0.21
"""Where the axis of the neck runs, forward."""


def clothes_on(person: Person, resting: Float32[np.ndarray, "vertex 3"]) -> list[Garment]:
    """A person's clothes on their resting mesh, from the skin outward.

    Raises:
        KeyError: an unknown kind.
    """
    cut = CUTS[person.clothes.kind]
    if person.clothes.kind == "bare":
        return []
    main, second = person.clothing, person.clothes.second
    material = KNIT if cut.knitted else CLOTH
    shirt = second if cut.jacket else main
    worn = [_body(resting, _neckline(cut.neck, cut.slit), 0.03, shirt, material)]
    if cut.collar:
        colour = second if cut.jacket or cut.knitted else main
        if cut.collar == "roll neck":
            colour = main
        worn.append(_collar(resting, cut.collar, colour, material))
    if cut.jacket:
        worn.append(_body(resting, _lapels, 0.07, main, CLOTH))
    return worn


Line = Callable[[Float32[np.ndarray, "vertex 3"]], Float32[np.ndarray, " vertex"]]
"""Signed distance inside the cloth of places on the common head."""


def _neckline(height: float, slit: float) -> Line:
    def line(places: np.ndarray) -> np.ndarray:
        x, y, z = places.T
        edge = 5.62 - 0.22 * np.clip(z - 0.3, -0.6, 0.8) + height
        front = np.clip((z - 0.2) / 0.2, 0, 1)
        opened = edge - slit * np.clip(1.4 - np.abs(x) / 0.22, 0, 1) * front - y
        return np.maximum(opened, 0.5 * (np.abs(x) - 0.78))

    return line


def _lapels(places: np.ndarray) -> np.ndarray:
    """A jacket: closed behind the neck, open in a V before it."""
    x, y, z = places.T
    back = 5.88 - 0.22 * np.clip(z - 0.3, -0.6, 0.8) - y
    opening = np.abs(x) - 0.10 - 0.42 * np.clip(y - 5.0, 0, 1)
    front = np.clip((z - 0.1) / 0.25, 0, 1)
    return np.minimum(back + 0.15 * (1 - front), 1 + (opening - 1) * front)


@cache
def _shoulders() -> tuple[Int64[np.ndarray, " vertex"], Int32[np.ndarray, "face 3"]]:
    """Skin vertices below the chin, and their triangles in terms of them."""
    head = heads.head()
    faces = head.faces[head.face_group == heads.SKIN]
    faces = faces[(head.vertices[faces][:, :, 1] < 6.12).all(axis=1)]
    rows, places = np.unique(faces, return_inverse=True)
    return rows.astype(np.int64), places.reshape(faces.shape).astype(np.int32)


def _body(
    resting: np.ndarray, line: Line, thick: float, colour: Colour, material: float
) -> Garment:
    rows, faces = _shoulders()
    own = np.ascontiguousarray(resting[rows])
    normals = np.empty_like(own)
    smooth_normals(own, faces, len(faces), normals)
    base = heads.head().vertices[rows]
    inside = line(base)
    cuts = np.stack([inside, np.ones_like(inside)], axis=1).astype(np.float32)
    return Garment(
        vertices=(own + thick * normals).astype(np.float32),
        faces=faces,
        kept=kept_by(cuts, faces),
        grid=(base[:, :2] * [45.0, -45.0]).astype(np.float32),
        cuts=cuts,
        material=material,
        colour=colour,
        second=colour,
    )


def _collar(resting: np.ndarray, kind: str, colour: Colour, material: float) -> Garment:
    """A band around the neck; it moves as the skin nearby moved with the person's shape."""
    places, grid, near = _band(kind)
    rows, _ = _shoulders()
    moved = near @ (resting[rows] - heads.head().vertices[rows])
    faces = _band_faces()
    return Garment(
        vertices=(places + moved).astype(np.float32),
        faces=faces,
        kept=np.ones(len(faces), np.uint8),
        grid=grid,
        cuts=np.ones((len(places), 2), np.float32),
        material=material,
        colour=colour,
        second=colour,
        hangs=True,
    )


@cache
def _band(
    kind: str,
) -> tuple[
    Float32[np.ndarray, "vertex 3"],
    Float32[np.ndarray, "vertex 2"],
    Float32[np.ndarray, "vertex near"],
]:
    """A collar on the common head: places, grid, and shares of the shoulders' vertices in each.

    Raises:
        ValueError: an unknown kind.
    """
    match kind:
        case "flaps":
            gaps, top, drop, lean, bulge = (0.10, 0.50), 6.04, 0.24, 0.16, 0.05
        case "band":
            gaps, top, drop, lean, bulge = (0.0, 0.0), 5.96, 0.09, 0.03, 0.02
        case "roll":
            gaps, top, drop, lean, bulge = (0.45, 0.15), 6.02, 0.28, 0.14, 0.14
        case "roll neck":
            gaps, top, drop, lean, bulge = (0.0, 0.0), 6.10, 0.34, 0.04, 0.03
        case _:
            raise ValueError(f"unknown collar: {kind}")
    down = np.linspace(0, 1, _ROWS)[:, None]
    gap = gaps[0] + (gaps[1] - gaps[0]) * down
    around = gap + (2 * np.pi - 2 * gap) * np.linspace(0, 1, _COLUMNS)
    ahead = np.cos(around)
    # The points of a shirt's collar hang lower in front.
    low = drop * (1 + 0.5 * np.clip(ahead, 0, 1) ** 4) if kind == "flaps" else drop
    wide = 0.03 + lean * down + bulge * np.sin(np.pi * down)
    x = np.sin(around) * (0.475 + wide)
    z = _DEPTH + ahead * (0.46 + wide)
    places = np.stack([x, top - 0.11 * ahead - low * down, z], axis=2).reshape(-1, 3)
    grid = np.stack(np.broadcast_arrays(around * 30, down * 12), axis=2).reshape(-1, 2)
    base = heads.head().vertices[_shoulders()[0]]
    away = ((places[:, None] - base[None]) ** 2).sum(axis=2)
    near = np.exp(-(away - away.min(axis=1, keepdims=True)) / 0.02)
    near /= near.sum(axis=1, keepdims=True)
    return places.astype(np.float32), grid.astype(np.float32), near.astype(np.float32)


@cache
def _band_faces() -> Int32[np.ndarray, "face 3"]:
    index = np.arange(_ROWS * _COLUMNS).reshape(_ROWS, _COLUMNS)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    lower = np.stack([a, d, c], axis=-1).reshape(-1, 3)
    upper = np.stack([a, c, b], axis=-1).reshape(-1, 3)
    return np.concatenate([lower, upper]).astype(np.int32)
