"""What covers the head: caps, scarves, turbans, hoods and bands; cut from the hair's shell."""

from dataclasses import replace
from typing import Final

import numpy as np
from jaxtyping import Float32, Int32

from mien.lab.anatomy import head as heads
from mien.lab.bodies.garment import CLOTH, FOLDED, KNIT, Garment, kept_by
from mien.lab.bodies.hair import Shell, shell
from mien.lab.people.person import Person

COVERS: Final = ("none", "knitted", "cap", "scarf", "turban", "hood", "band")
"""Kinds of cover; `Cover.kind` is one of them."""


def cover_on(person: Person, resting: Float32[np.ndarray, "vertex 3"]) -> Garment | None:
    """The cover on a resting mesh, None without one.

    Raises:
        ValueError: an unknown kind.
    """
    kind = person.cover.kind
    if kind == "none":
        return None
    model = shell()
    moved = model.vertices + (resting - heads.head().vertices)[model.anchors]
    line, end, thick, material = _cut(kind, model, person.cover.depth)
    rise = np.clip(line / 0.06, 0.2, 1.0)
    moved = moved + model.outward * (thick * rise)[:, None]
    cuts = np.stack([line, end], axis=1).astype(np.float32)
    made = Garment(
        vertices=moved.astype(np.float32),
        faces=model.faces,
        kept=kept_by(cuts, model.faces),
        grid=model.grid,
        cuts=cuts,
        material=material,
        colour=person.cover.colour,
        second=person.cover.second,
        hangs=kind in ("scarf", "hood"),
    )
    return _peaked(made, model, person) if kind == "cap" else made


def _cut(
    kind: str, model: Shell, depth: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray | float, float]:
    """Distances inside the edge and above the lower end, thickness, material."""
    x, y, z = model.vertices.T
    far = np.full(len(x), 1.0)
    low = 7.80 - 0.16 * depth + 0.14 * (1.0 - z)
    match kind:
        case "knitted":
            return y - low, far, 0.10 + 0.05 * ((y - low) < 0.16), KNIT
        case "cap":
            return y - low - 0.04, far, 0.10, CLOTH
        case "turban":
            full = 0.14 + 0.22 * np.clip((y - low) / 0.3, 0, 1) * np.clip(8.9 - y, 0.3, 1)
            return y - low + 0.06, far, full, FOLDED
        case "band":
            return y - low - 0.02, low + 0.24 - y, 0.13, CLOTH
        case "scarf":
            return _opening(x, y, z, 0.60, 0.80 - 0.08 * depth), y - 5.1, 0.09, FOLDED
        case "hood":
            return _opening(x, y, z, 0.72, 0.98 - 0.08 * depth), y - 5.1, 0.24, CLOTH
        case _:
            raise ValueError(f"unknown cover: {kind}")


def _opening(x: np.ndarray, y: np.ndarray, z: np.ndarray, wide: float, high: float) -> np.ndarray:
    """Distance outside an upright oval about the face; all that lies behind it is covered."""
    away = np.hypot(x / wide, (y - 6.98) / high) - 1.0
    return np.maximum(0.6 * away, 0.75 - z)


def _peaked(made: Garment, model: Shell, person: Person) -> Garment:
    """A cap with its peak: a bent plate before the forehead."""
    columns, rows = 13, 4
    around = np.linspace(-0.95, 0.95, columns)
    out = np.linspace(0, 1, rows)[:, None]
    low = 7.86 - 0.16 * person.cover.depth
    brow = made.vertices[(model.vertices[:, 2] > 1.2) & (np.abs(model.vertices[:, 1] - low) < 0.12)]
    front = float(brow[:, 2].max()) if len(brow) else 1.6
    long = 0.52 * np.cos(around) ** 0.5
    x = 0.62 * np.sin(around) * (1 + 0.12 * out)
    z = 0.95 + (front - 0.95) * np.cos(around) + long * out
    y = low - 0.16 * np.sin(np.abs(around)) ** 2 - 0.10 * out - 0.03 * (x / 0.6) ** 2
    lift = float(np.mean(made.vertices[:, 1] - model.vertices[:, 1]))
    upper = np.stack(np.broadcast_arrays(x, y + 0.5 * lift, z), axis=2).reshape(-1, 3)
    plate = np.concatenate([upper, upper - [0.0, 0.02, 0.0]])
    faces = _both_sides(rows, columns) + len(made.vertices)
    grid = np.stack(np.broadcast_arrays(around * 60, out * 30), axis=2).reshape(-1, 2)
    grid = np.concatenate([grid, grid])
    inside = np.ones((len(plate), 2), np.float32)
    return replace(
        made,
        vertices=np.concatenate([made.vertices, plate]).astype(np.float32),
        faces=np.concatenate([made.faces, faces]).astype(np.int32),
        kept=np.concatenate([made.kept, np.ones(len(faces), np.uint8)]),
        grid=np.concatenate([made.grid, grid]).astype(np.float32),
        cuts=np.concatenate([made.cuts, inside]),
    )


def _both_sides(rows: int, columns: int) -> Int32[np.ndarray, "face 3"]:
    """Triangles of two grids of vertices: the first seen from above, the second from below."""
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    lower = np.stack([a, d, c], axis=-1).reshape(-1, 3)
    upper = np.stack([a, c, b], axis=-1).reshape(-1, 3)
    one = np.concatenate([lower, upper])
    return np.concatenate([one, one[:, ::-1] + rows * columns]).astype(np.int32)
