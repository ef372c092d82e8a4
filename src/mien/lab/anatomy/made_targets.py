"""Targets the asset lacks: halves of two-sided units, and a few small movements of our own.

All are functions of the resting mesh, so they are made when the head is loaded. Names end in
".left" or ".right"; those of our own begin with "own/".
"""

import numpy as np
from jaxtyping import Float32

TWO_SIDED = (
    *("face/browInnerUp", "face/mouthFunnel", "face/mouthPucker", "face/mouthShrugLower"),
    *("face/mouthRollLower", "face/mouthRollUpper", "unit/mouth-pursing", "unit/mouth-parling"),
    *("unit/mouth-retraction", "unit/mouth-protusion", "unit/mouth-depression"),
    "unit/mouth-corner-puller",
)
"""Units of both sides at once, which are cut into halves."""

_MIDLINE = 0.12
"""Half width of the band around the midline in which the halves overlap."""

_LIP_LINE = (6.608, 1.5)
"""Height and depth of the closed lips' line on the resting mesh."""

BUMPS: dict[str, tuple[tuple[float, float, float], tuple[float, float, float], float]] = {
    "browTogether": ((0.17, 7.48, 1.47), (-0.030, -0.010, 0.008), 0.10),
    "cheekUp": ((0.33, 7.00, 1.38), (0.0, 0.045, 0.035), 0.13),
    "lidTight": ((0.31, 7.22, 1.39), (0.0, 0.022, 0.006), 0.055),
    "cornerIn": ((0.26, 6.61, 1.42), (0.0, 0.0, -0.045), 0.05),
    "cornerBulge": ((0.335, 6.62, 1.33), (0.015, 0.0, 0.050), 0.035),
    "lidArch": ((0.31, 7.29, 1.39), (0.0, 0.0, 0.02), 0.06),
    "chinUp": ((0.0, 6.30, 1.50), (0.0, 0.055, 0.015), 0.13),
}
"""Gaussian displacements on the left (mirrored for the right): centre, direction, radius.

`browTogether` draws the brow to the midline (corrugator), `cheekUp` lifts the cheek (orbicularis
oculi), `lidTight` raises the lower lid, `cornerIn` draws the corner of the mouth into the cheek
(buccinator) and `cornerBulge` swells beside it, `lidArch` carries a lid that is half way down over
the ball of the eye, `chinUp` pushes the chin boss up (mentalis).
"""

_LIP_REACH = (0.15, 0.30)
"""Height and half width over which the lips' own movements fade out."""

_LIPS_BACK = -0.05
"""How far `own/lipsIn` draws the lips back; the teeth stand that far behind them."""


RIMS = {"upperRim": "face/mouthUpperUp", "lowerRim": "face/mouthLowerDown"}
"""Targets that take back, at the rims where the lips touch, what another does: the lip is drawn
away and stays closed."""

_RIM = 0.045
"""Height of the rim over the lip line."""


def made_targets(
    vertices: Float32[np.ndarray, "vertex 3"],
    names: list[str],
    dense: Float32[np.ndarray, "target vertex 3"],
) -> tuple[list[str], Float32[np.ndarray, "made vertex 3"]]:
    """Names and dense displacements of every made target."""
    made_names: list[str] = []
    made: list[np.ndarray] = []
    left = left_share(vertices)
    for name in TWO_SIDED:
        whole = dense[names.index(name)]
        made_names += [f"{name}.left", f"{name}.right"]
        made += [whole * left[:, None], whole * (1 - left)[:, None]]
    for name, (centre, direction, radius) in BUMPS.items():
        for side, sign in (("left", 1.0), ("right", -1.0)):
            mirror = np.array([sign, 1.0, 1.0])
            square = ((vertices - np.array(centre) * mirror) ** 2).sum(axis=1)
            weight = np.exp(-square / (2 * radius**2)) * (square < (3 * radius) ** 2)
            if centre[0] == 0.0:
                weight *= left if sign > 0 else 1 - left
            made_names.append(f"own/{name}.{side}")
            made.append(weight[:, None] * np.array(direction) * mirror)
    for name, moved in (("lipsThin", _squeezed(vertices)), ("lipsIn", _drawn_in(vertices))):
        made_names += [f"own/{name}.left", f"own/{name}.right"]
        made += [moved * left[:, None], moved * (1 - left)[:, None]]
    rim = np.exp(-(((vertices[:, 1] - _LIP_LINE[0]) / _RIM) ** 4))[:, None]
    for name, of in RIMS.items():
        for side in ("left", "right"):
            made_names.append(f"own/{name}.{side}")
            made.append(-rim * dense[names.index(f"{of}{side.title()}")])
    return made_names, np.stack(made).astype(np.float32)


def left_share(vertices: Float32[np.ndarray, "vertex 3"]) -> Float32[np.ndarray, " vertex"]:
    """1 on the subject's left, 0 on the right, smooth across the midline."""
    x = np.clip((vertices[:, 0] / _MIDLINE + 1) / 2, 0, 1)
    return (x * x * (3 - 2 * x)).astype(np.float32)


def _squeezed(vertices: np.ndarray) -> np.ndarray:
    """Displacement that flattens the lips onto their line; what is above stays above."""
    moved = np.zeros_like(vertices)
    moved[:, 1] = (_LIP_LINE[0] - vertices[:, 1]) * _at_lips(vertices)
    return moved


def _drawn_in(vertices: np.ndarray) -> np.ndarray:
    """Displacement that draws the lips back to the teeth."""
    moved = np.zeros_like(vertices)
    moved[:, 2] = _LIPS_BACK * _at_lips(vertices)
    return moved


def _at_lips(vertices: np.ndarray) -> np.ndarray:
    """1 on the lips, fading out around them."""
    height, depth = _LIP_LINE
    up, across = _LIP_REACH
    away = (vertices[:, 1] - height) / up
    weight = np.exp(-(away**4)) * np.exp(-((vertices[:, 0] / across) ** 4))
    return weight * (vertices[:, 2] > depth - 0.12)
