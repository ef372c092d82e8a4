"""Drawing worlds: how hard light, pose, camera and damage get, by one number.

All spreads are ours. `hardness` scales how far from a studio portrait conditions stray and how
often something goes wrong with the picture.
"""

from dataclasses import replace

import numpy as np

from mien.faces.template import jitter
from mien.lab import limits
from mien.lab.chance.pools import Pool, choose, pooled_seed
from mien.lab.conditions.cameras import camera, profile, recorded
from mien.lab.conditions.rigs import light, lit
from mien.lab.conditions.world import BACKGROUNDS, Background, Degradation, Framing, World
from mien.lab.people.person import rgb

_BACKGROUND_WEIGHTS = (0.26, 0.18, 0.10, 0.12, 0.16, 0.08, 0.10)
"""How often each of `BACKGROUNDS` comes."""


def sample_world(
    generator: np.random.Generator, *, hardness: float = 0.5, pool: Pool = "train"
) -> World:
    """Draw conditions; the same generator state and arguments give the same world.

    Args:
        generator: where they come from.
        hardness: 0 is a studio portrait, 1 is as hard as the lab gets.
        pool: whose lights and cameras.

    Raises:
        MienError: hardness outside 0-1.
    """
    limits.within_one(hardness=hardness)
    spread = 0.08 + 0.92 * hardness
    yaw, pitch, roll = generator.normal(size=3) * np.array([18.0, 9.0, 7.0]) * spread
    rig, lights, ambient = light(generator, hardness=hardness, pool=pool)
    slip = jitter(generator)
    name = profile(generator, hardness=hardness, pool=pool)
    return World(
        yaw=float(np.clip(yaw, -45, 45)),
        pitch=float(np.clip(pitch, -25, 25)),
        roll=float(np.clip(roll, -25, 25)),
        camera=camera(generator, name, hardness=hardness, lit=lit(lights, ambient)),
        lights=lights,
        ambient=ambient,
        background=_background(generator, pool),
        framing=Framing(dx=slip.dx, dy=slip.dy, log_scale=slip.log_scale, degrees=slip.degrees),
        degradation=_occluded(
            generator, recorded(generator, name, hardness=hardness), hardness=hardness
        ),
        rig=rig,
    )


def _background(generator: np.random.Generator, pool: Pool) -> Background:
    # Dark, middling or light throughout, with something of another tone in it.
    dark, light = ((1.0, 7.0), (1.5, 3.0), (3.0, 1.5))[int(generator.integers(3))], (1.1, 2.0)
    first, second = (
        generator.beta(*tone) * 0.85 * (1 + generator.normal(0, 0.15, 3)) for tone in (dark, light)
    )
    second = first + (second - first) * generator.uniform(0.2, 1.0)
    return Background(
        kind=choose(generator, BACKGROUNDS, _BACKGROUND_WEIGHTS),
        colours=(rgb(np.clip(first, 0.005, 0.95)), rgb(np.clip(second, 0.005, 0.95))),
        seed=pooled_seed(generator, pool),
    )


_HELD = ("strand", "hand", "phone", "cup", "microphone", "object")
_HELD_WEIGHTS = (0.36, 0.34, 0.08, 0.08, 0.08, 0.06)


def _occluded(
    generator: np.random.Generator, degradation: Degradation, *, hardness: float
) -> Degradation:
    """Something before the face, more often in harder worlds."""
    present = generator.random() < 0.20 * hardness
    kind = choose(generator, _HELD, _HELD_WEIGHTS)
    at, size, degrees = _place(generator, kind)
    tint = generator.beta(1, 2, 3) * 0.8
    if kind == "strand":
        tint = np.array([0.06, 0.04, 0.025]) * generator.uniform(0.3, 4.0)
    if kind in ("phone", "microphone"):
        tint = np.full(3, 0.02) + 0.1 * generator.beta(1, 4, 3)
    if not present:
        return degradation
    return replace(
        degradation,
        occluder=kind,
        occluder_at=at,
        occluder_size=size,
        occluder_colour=rgb(tint),
        occluder_degrees=degrees,
    )


def _place(generator: np.random.Generator, kind: str) -> tuple[tuple[float, float], float, float]:
    """Where in the crop it is, how large and how turned."""
    across, down, spread, turn = (float(value) for value in generator.uniform(-1, 1, 4))
    match kind:
        case "strand":
            return (0.5 + 0.35 * across, 0.02 + 0.07 * down), 0.26 + 0.12 * spread, 20 * turn
        case "hand":
            side = 1.0 if across > 0 else -1.0
            at = (0.5 + side * (0.12 + 0.28 * abs(across)), 0.84 + 0.16 * down)
            return at, 0.46 + 0.10 * spread, side * (18 + 30 * abs(turn))
        case "phone":
            side = 1.0 if across > 0 else -1.0
            return (
                (0.5 + side * (0.36 + 0.08 * down), 0.66),
                0.42 + 0.06 * spread,
                side * 14 + 8 * turn,
            )
        case "cup":
            return (0.5 + 0.14 * across, 0.93 + 0.10 * down), 0.34 + 0.07 * spread, 14 * turn
        case "microphone":
            return (0.5 + 0.24 * across, 0.97 + 0.08 * down), 0.17 + 0.04 * spread, 28 * turn
        case _:
            return (0.5 + 0.4 * across, 0.78 + 0.2 * down), 0.24 + 0.1 * spread, 40 * turn
