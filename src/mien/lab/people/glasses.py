"""Glasses: a catalogue of frames, who wears which, and how they sit on a face.

Sunglasses are left out on purpose: they would hide eyes whose units are labelled.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from mien.lab.chance.pools import Pool, choose


@dataclass(frozen=True, kw_only=True)
class Glasses:
    """One pair of glasses; `frame` "none" is no glasses."""

    frame: str = "none"
    """Name in `FRAMES`, or "none"."""
    size: float = 1.0
    """Multiplies width and height of the lenses."""
    thickness: float = 1.0
    """Multiplies the rim's."""
    colour: tuple[float, float, float] = (0.02, 0.02, 0.02)
    """Of the rim, linear RGB."""
    metal: float = 0.0
    """0 plastic to 1 polished metal."""
    tint: float = 0.0
    """Share of light that the lenses keep back; never dark."""
    gloss: float = 0.4
    """How strongly the lenses mirror: 0 is a perfect coating, 1 bare glass."""
    slip: float = 0.0
    """How far down the nose they sit, model units."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The outline of a lens and its rim, in model units (decimetres)."""

    pools: tuple[Pool, ...]
    """Who may wear it."""
    weight: float
    """How often it is worn."""
    width: float
    """Half the width of a lens."""
    height: float
    """Half its height."""
    corner: float
    """Radius of the corners over the smaller half side: 1 is round."""
    taper: float = 0.0
    """How much narrower the lower edge is, on the nose's side."""
    top: float = 0.022
    """Thickness of the rim above."""
    bottom: float = 0.022
    """Thickness of the rim below; 0 is no rim."""
    bridge: float = 0.25
    """Height of the bridge over the lens's middle, as a share of its height."""
    double: bool = False
    """Whether a second bridge runs above the first."""
    metal: float = 0.2
    """How often it is of metal."""


_BOTH: tuple[Pool, ...] = ("train", "test")
_TRAIN: tuple[Pool, ...] = ("train",)
_TEST: tuple[Pool, ...] = ("test",)

FRAMES: Final = MappingProxyType(
    {
        "rectangle": Frame(
            pools=_TRAIN, weight=1.2, width=0.255, height=0.155, corner=0.35, taper=0.10,
        ),
        "narrow": Frame(
            pools=_TRAIN, weight=0.7, width=0.25, height=0.115, corner=0.45, top=0.018,
            bottom=0.018, metal=0.6,
        ),
        "thick": Frame(
            pools=_TRAIN, weight=0.8, width=0.255, height=0.185, corner=0.42, taper=0.16,
            top=0.045, bottom=0.034, metal=0.0,
        ),
        "oval": Frame(
            pools=_TRAIN, weight=0.7, width=0.235, height=0.165, corner=1.0, top=0.013,
            bottom=0.013, metal=0.8,
        ),
        "round": Frame(
            pools=_TRAIN, weight=0.7, width=0.215, height=0.215, corner=1.0, top=0.014,
            bottom=0.014, bridge=0.35, metal=0.7,
        ),
        "aviator": Frame(
            pools=_TRAIN, weight=1.3, width=0.285, height=0.225, corner=0.62, taper=0.28,
            top=0.014, bottom=0.014, bridge=0.35, double=True, metal=0.85,
        ),
        "large": Frame(
            pools=_TRAIN, weight=1.1, width=0.28, height=0.225, corner=0.5, taper=0.15,
            top=0.024, bottom=0.020, bridge=0.4, metal=0.35,
        ),
        "half-rim": Frame(
            pools=_TRAIN, weight=0.6, width=0.255, height=0.14, corner=0.4, taper=0.08,
            top=0.018, bottom=0.0, metal=0.6,
        ),
        "rimless": Frame(
            pools=_BOTH, weight=0.5, width=0.25, height=0.15, corner=0.5, top=0.0, bottom=0.0,
            metal=1.0,
        ),
        "brow line": Frame(
            pools=_TEST, weight=1.0, width=0.25, height=0.18, corner=0.6, taper=0.14,
            top=0.045, bottom=0.012, metal=0.0,
        ),
        "square": Frame(
            pools=_TEST, weight=1.0, width=0.245, height=0.20, corner=0.22, top=0.026,
            bottom=0.024,
        ),
        "cat eye": Frame(
            pools=_TEST, weight=0.5, width=0.26, height=0.165, corner=0.65, taper=-0.22,
            top=0.034, bottom=0.018, metal=0.1,
        ),
        "wire": Frame(
            pools=_TEST, weight=1.4, width=0.25, height=0.175, corner=0.75, taper=0.10,
            top=0.012, bottom=0.012, metal=1.0,
        ),
    }
)  # fmt: skip
"""Every frame by name."""

_METALS = ((0.40, 0.28, 0.12), (0.36, 0.36, 0.37), (0.12, 0.12, 0.13), (0.32, 0.19, 0.13))
_PLASTICS = (
    *((0.012, 0.012, 0.013), (0.012, 0.012, 0.013), (0.05, 0.022, 0.010), (0.14, 0.06, 0.02)),
    *((0.02, 0.03, 0.08), (0.20, 0.02, 0.03), (0.40, 0.36, 0.32), (0.10, 0.09, 0.09)),
)
"""Black twice as often, browns, blue, red, clear, grey."""


def draw_glasses(generator: np.random.Generator, *, age: float, pool: Pool) -> Glasses:
    """Draw a pair, or none: about 22 % of the young and 50 % of the old wear glasses."""
    worn = generator.random() < 0.22 + 0.28 * float(np.clip((age - 30) / 40, 0, 1))
    names = [name for name, frame in FRAMES.items() if pool in frame.pools]
    name = choose(generator, names, [FRAMES[each].weight for each in names])
    metal = generator.random() < FRAMES[name].metal
    colours = _METALS if metal else _PLASTICS
    shade = np.array(colours[int(generator.integers(len(colours)))])
    red, green, blue = (float(c) for c in shade * np.exp(generator.normal(0, 0.25)))
    drawn = Glasses(
        frame=name,
        size=float(np.clip(generator.normal(0.90, 0.06), 0.78, 1.05)),
        thickness=float(np.exp(generator.normal(0.0, 0.2))),
        colour=(red, green, blue),
        metal=float(generator.uniform(0.6, 1.0) if metal else generator.uniform(0.0, 0.25)),
        tint=float(generator.uniform(0.03, 0.10) if generator.random() < 0.8
                   else generator.uniform(0.10, 0.35)),
        gloss=float(generator.beta(1.2, 1.6)),
        slip=float(generator.gamma(1.2, 0.018)),
    )  # fmt: skip
    return drawn if worn else Glasses()
