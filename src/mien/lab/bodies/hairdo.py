"""Hair on a person: the shell's thickness, its hairline with a fringe, its length and its curls."""

from typing import Final

import numpy as np
from jaxtyping import Float32

from mien.lab.anatomy import head as heads
from mien.lab.bodies.garment import HAIR, Garment, kept_by
from mien.lab.bodies.hair import COLUMNS, Shell, shell
from mien.lab.people.person import Person

_THICKNESS: Final = {
    "ring": (0.02, 0.06),
    "cropped": (0.045, 0.03),
    "short": (0.12, 0.055),
    "medium": (0.15, 0.11),
    "long": (0.14, 0.13),
    "tied": (0.06, 0.035),
    "afro": (0.30, 0.22),
}
"""Height of the shell over crown and sides in model units, before `Hair.volume`."""

_ENDS: Final = {"medium": (6.75, 6.0), "long": (5.7, 4.9), "afro": (7.0, 6.5)}
"""Height at which hair ends, for the shortest and the longest of a style."""

LOOSE: Final = ("medium", "long")
"""Styles that fall beside the face."""


def hair_on(person: Person, resting: Float32[np.ndarray, "vertex 3"]) -> Garment | None:
    """Hair on a resting mesh; None for the bald and under covers that hide it all."""
    hair = person.hair
    if hair.style not in _THICKNESS or person.cover.kind in ("scarf", "turban", "hood"):
        return None
    model = shell()
    moved = model.vertices + (resting - heads.head().vertices)[model.anchors]
    line = _line(person, model)
    steep = {"afro": 0.4, "medium": 0.09, "long": 0.09}.get(hair.style, 0.22)
    rise = np.clip(line / steep, 0.15, 1.0)
    thick = _thickness(person, model) * rise
    if person.cover.kind != "none":
        # Pressed flat below the cover, loose under its edge.
        thick = np.where(model.vertices[:, 1] > 7.6, 0.02, thick)
    moved = moved + model.outward * thick[:, None] + _waves(person, model)
    ends = _ENDS.get(hair.style, (6.9, 6.9))
    end = moved[:, 1] - (ends[0] + (ends[1] - ends[0]) * hair.length)
    cuts = np.stack([line, end], axis=1).astype(np.float32)
    return Garment(
        vertices=moved.astype(np.float32),
        faces=model.faces,
        kept=kept_by(cuts, model.faces),
        grid=model.grid,
        cuts=cuts,
        material=HAIR,
        colour=hair.colour,
        second=hair.colour,
        curl=hair.curl,
        hangs=hair.style in LOOSE,
    )


def _line(person: Person, model: Shell) -> Float32[np.ndarray, " vertex"]:
    """Signed distance behind the hairline; a fringe moves it down the forehead."""
    hair = person.hair
    x, y, z = model.vertices.T
    line = model.long + 0.10 * (hair.forward - 0.3) if hair.style in LOOSE else model.short
    front = np.clip((y - 7.3) / 0.5, 0, 1) * (z > 0)
    line = line - 0.09 * hair.hairline * front
    # Receding temples leave a tongue of hair in the middle.
    temples = np.exp(-(((np.abs(x) - 0.36) / 0.16) ** 2)) * front
    line = line - 0.16 * max(hair.hairline - 0.2, 0.0) * temples
    if hair.style == "ring":
        return np.minimum(line, 7.72 - y + 0.25 * np.clip(-z, 0, 1)).astype(np.float32)
    if hair.fringe != "none":
        before = np.minimum(0.62 - np.abs(x), z - 0.75)
        fringe = np.minimum(y - _fringe(hair.fringe, hair.parting, x, hair.length), before)
        line = np.maximum(line, fringe)
    return line.astype(np.float32)


def _fringe(kind: str, parting: float, x: np.ndarray, length: float) -> np.ndarray:
    """Height of a fringe's lower edge over the forehead.

    Raises:
        ValueError: an unknown fringe.
    """
    low = 7.66 - 0.14 * length
    match kind:
        case "full":
            return low + 0.10 * x**2
        case "swept":
            side = 1.0 if parting >= 0 else -1.0
            return low + 0.16 + 0.52 * (side * x - 0.05)
        case "curtain":
            return 8.02 - (0.75 + 0.35 * length) * np.abs(x - 0.35 * parting) ** 0.85
        case "tuft":
            return low + 0.10 + 0.9 * np.abs(x - 0.3 * parting) ** 1.3
        case _:
            raise ValueError(f"unknown fringe: {kind}")


def _thickness(person: Person, model: Shell) -> np.ndarray:
    """Height over the scalp: crown and sides, fuller on one side of a parting, lower along it."""
    hair = person.hair
    x, y, _ = model.vertices.T
    crown, side = _THICKNESS[hair.style]
    top = np.clip((y - 7.5) / 0.6, 0, 1)
    thick = (side + (crown - side) * top) * (0.55 + 0.9 * hair.volume)
    if hair.style in ("short", "medium", "long"):
        place = 0.35 * hair.parting
        thick *= 1 - 0.25 * np.sign(hair.parting) * np.tanh((x - place) / 0.2) * top
        thick *= 1 - 0.6 * np.exp(-(((x - place) / 0.07) ** 2)) * top
    return thick


def _waves(person: Person, model: Shell) -> Float32[np.ndarray, "vertex 3"]:
    """Lumps of curls, or slow waves of loose hair."""
    hair = person.hair
    generator = np.random.default_rng(person.texture_seed + 1)
    rows = len(model.vertices) // (COLUMNS + 1)
    lumps = generator.standard_normal((rows, COLUMNS))
    lumps = np.concatenate([lumps, lumps[:, :1]], axis=1).reshape(-1)
    phase = generator.uniform(0, 6.28)
    loose = np.clip((7.4 - model.vertices[:, 1]) / 0.6, 0, 1)
    across = np.arctan2(model.vertices[:, 0], model.vertices[:, 2])
    wave = np.sin(7 * model.vertices[:, 1] + 3 * across + phase) * loose * (hair.style in LOOSE)
    big = 0.04 if hair.style in LOOSE else 0.016
    out = big * hair.curl * lumps + 0.035 * (0.3 + hair.curl) * wave
    return (model.outward * out[:, None]).astype(np.float32)
