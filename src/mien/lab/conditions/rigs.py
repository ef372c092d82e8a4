"""Light rigs: a catalogue of ways to light a face, split between the pools.

The numbers are ours; the names are those of portrait photography where it has one.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from mien.lab.chance.pools import Pool, choose
from mien.lab.conditions.world import Light
from mien.lab.people.person import Colour, rgb

Span = tuple[float, float]
"""Lowest and highest value; uniform between."""

_WARM, _COOL = np.array([1.15, 1.0, 0.74]), np.array([0.86, 0.98, 1.16])


@dataclass(frozen=True, kw_only=True)
class Rig:
    """Ranges of one way to light a face."""

    pools: tuple[Pool, ...]
    """Who may use it."""
    easy: float
    """How often it comes at hardness 0."""
    hard: float
    """How often it comes at hardness 1."""
    yaw: Span
    """Of the key light, degrees to one side; the side is drawn."""
    pitch: Span
    """Of the key light, degrees above the eyes."""
    softness: Span
    key: Span = (0.9, 1.2)
    """Intensity of the key light."""
    fill: Span = (0.0, 0.0)
    """Intensity of a fill light on the other side, as a share of the key."""
    fill_pitch: Span = (-5.0, 30.0)
    ambient: Span = (0.12, 0.24)
    rim: float = 0.12
    """How often a light from behind is added."""
    warmth: Span = (-0.5, 0.5)
    """Of the key light: -1 (shade) to 1 (a bulb)."""
    colourful: float = 0.0
    """How far key and fill stray from white, each its own way."""


_TRAIN: tuple[Pool, ...] = ("train",)
_TEST: tuple[Pool, ...] = ("test",)

RIGS: Final = MappingProxyType(
    {
        "flat": Rig(
            pools=_TRAIN, easy=3.0, hard=1.6, yaw=(0.0, 20.0), pitch=(5.0, 35.0),
            softness=(0.5, 1.0), fill=(0.3, 0.8), ambient=(0.17, 0.30),
        ),
        "three-quarter": Rig(
            pools=_TRAIN, easy=3.0, hard=1.6, yaw=(22.0, 55.0), pitch=(15.0, 45.0),
            softness=(0.4, 1.0), fill=(0.2, 0.6), rim=0.3,
        ),
        "butterfly": Rig(
            pools=_TRAIN, easy=1.2, hard=0.8, yaw=(0.0, 10.0), pitch=(38.0, 60.0),
            softness=(0.3, 0.9), fill=(0.1, 0.4), fill_pitch=(-35.0, -10.0), rim=0.3,
        ),
        "two sides": Rig(
            pools=_TRAIN, easy=0.8, hard=0.8, yaw=(35.0, 70.0), pitch=(0.0, 35.0),
            softness=(0.4, 1.0), key=(0.5, 0.75), fill=(0.6, 1.0),
        ),
        "ceiling": Rig(
            pools=_TRAIN, easy=0.5, hard=1.3, yaw=(0.0, 40.0), pitch=(50.0, 78.0),
            softness=(0.4, 1.0), ambient=(0.16, 0.30), warmth=(-0.4, 0.6),
        ),
        "window": Rig(
            pools=_TRAIN, easy=0.6, hard=1.3, yaw=(55.0, 92.0), pitch=(0.0, 30.0),
            softness=(0.75, 1.0), fill=(0.0, 0.15), ambient=(0.07, 0.20), warmth=(-1.0, 0.1),
        ),
        "sun": Rig(
            pools=_TRAIN, easy=0.1, hard=1.3, yaw=(0.0, 75.0), pitch=(22.0, 65.0),
            softness=(0.0, 0.15), key=(0.8, 1.25), ambient=(0.10, 0.22), warmth=(0.0, 0.8),
        ),
        "flash": Rig(
            pools=_TRAIN, easy=0.3, hard=1.0, yaw=(0.0, 8.0), pitch=(2.0, 14.0),
            softness=(0.05, 0.35), key=(0.85, 1.15), ambient=(0.04, 0.12), warmth=(-0.2, 0.2),
        ),
        "overcast": Rig(
            pools=_TRAIN, easy=0.5, hard=0.8, yaw=(0.0, 90.0), pitch=(45.0, 80.0),
            softness=(0.9, 1.0), key=(0.25, 0.45), ambient=(0.30, 0.48), warmth=(-0.7, 0.1),
        ),
        "against the light": Rig(
            pools=_TRAIN, easy=0.2, hard=0.7, yaw=(0.0, 45.0), pitch=(0.0, 30.0),
            softness=(0.7, 1.0), key=(0.35, 0.55), fill=(0.2, 0.6), ambient=(0.12, 0.24), rim=1.0,
        ),
        "from below": Rig(
            pools=_TRAIN, easy=0.0, hard=0.45, yaw=(0.0, 45.0), pitch=(-55.0, -18.0),
            softness=(0.2, 0.9), ambient=(0.06, 0.20), warmth=(-0.8, 0.8),
        ),
        "coloured": Rig(
            pools=_TRAIN, easy=0.0, hard=0.5, yaw=(10.0, 85.0), pitch=(-15.0, 50.0),
            softness=(0.2, 0.9), fill=(0.4, 1.0), ambient=(0.06, 0.16), colourful=0.5,
        ),
        "rembrandt": Rig(
            pools=_TEST, easy=2.0, hard=1.2, yaw=(38.0, 58.0), pitch=(40.0, 56.0),
            softness=(0.15, 0.5), fill=(0.1, 0.3), rim=0.3,
        ),
        "clamshell": Rig(
            pools=_TEST, easy=3.0, hard=1.2, yaw=(0.0, 8.0), pitch=(30.0, 48.0),
            softness=(0.6, 1.0), fill=(0.5, 0.85), fill_pitch=(-50.0, -30.0),
        ),
        "split": Rig(
            pools=_TEST, easy=0.2, hard=0.8, yaw=(78.0, 95.0), pitch=(0.0, 20.0),
            softness=(0.15, 0.5), fill=(0.0, 0.2), ambient=(0.07, 0.17),
        ),
        "table lamp": Rig(
            pools=_TEST, easy=0.2, hard=1.0, yaw=(20.0, 60.0), pitch=(-20.0, 6.0),
            softness=(0.3, 0.8), ambient=(0.07, 0.19), warmth=(0.7, 1.4),
        ),
        "screen": Rig(
            pools=_TEST, easy=0.1, hard=0.9, yaw=(0.0, 20.0), pitch=(-18.0, 0.0),
            softness=(0.8, 1.0), key=(0.6, 0.8), ambient=(0.06, 0.17), warmth=(-1.5, -0.6),
        ),
    }
)  # fmt: skip
"""Every rig by name."""


def light(
    generator: np.random.Generator, *, hardness: float, pool: Pool
) -> tuple[str, tuple[Light, ...], Colour]:
    """A rig of the pool, its lights (the key first) and the ambient light."""
    names = [name for name, rig in RIGS.items() if pool in rig.pools]
    weights = [RIGS[name].easy * (1 - hardness) + RIGS[name].hard * hardness for name in names]
    name = choose(generator, names, weights)
    rig = RIGS[name]
    side = 1.0 if generator.random() < 0.5 else -1.0
    warmth = generator.uniform(*rig.warmth) * (0.35 + 0.65 * hardness)
    level = float(np.exp(generator.normal(0.0, 0.05 + 0.10 * hardness)))
    key = Light(
        yaw=float(side * generator.uniform(*rig.yaw)),
        pitch=float(generator.uniform(*rig.pitch)),
        intensity=float(generator.uniform(*rig.key)) * level,
        colour=_colour(generator, warmth, rig.colourful),
        softness=float(generator.uniform(*rig.softness)),
    )
    lights = [key]
    share = float(generator.uniform(*rig.fill))
    if share > 0.02:
        lights.append(
            Light(
                yaw=float(-side * generator.uniform(15.0, 65.0)),
                pitch=float(generator.uniform(*rig.fill_pitch)),
                intensity=key.intensity * share,
                colour=_colour(generator, float(generator.normal(0.0, 0.3)), rig.colourful),
                softness=0.9,
            )
        )
    if generator.random() < rig.rim:
        lights.append(_rim(generator))
    around = generator.uniform(*rig.ambient) * np.exp(generator.normal(0.0, 0.05 + 0.15 * hardness))
    tint = _white(float(generator.normal(0.0, 0.15 + 0.35 * hardness)))
    return name, tuple(lights), rgb(around * tint)


def lit(lights: tuple[Light, ...], ambient: Colour) -> float:
    """About how much light falls on a face that looks ahead."""
    total = float(np.mean(ambient)) * 1.4
    for each in lights:
        yaw, pitch = np.deg2rad([each.yaw, each.pitch])
        ahead = 0.35 + 0.65 * float(np.cos(yaw) * np.cos(pitch))
        total += each.intensity * float(np.mean(each.colour)) * max(ahead, 0.0)
    return total


def _rim(generator: np.random.Generator) -> Light:
    return Light(
        yaw=float(generator.choice([-1, 1]) * generator.uniform(115, 155)),
        pitch=float(generator.uniform(5, 45)),
        intensity=float(generator.uniform(0.2, 1.0)),
        softness=0.4,
    )


def _white(warmth: float) -> np.ndarray:
    toward = _WARM if warmth > 0 else _COOL
    return 1 + (toward - 1) * min(abs(warmth), 1.6)


def _colour(generator: np.random.Generator, warmth: float, colourful: float) -> Colour:
    tint = _white(float(warmth))
    strange = generator.random(3)
    tint = tint * (1 - colourful + colourful * 1.6 * strange / max(float(strange.max()), 0.2))
    return rgb(tint)
