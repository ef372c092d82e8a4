"""Drawing worlds: how hard light, pose, camera and damage get, by one number.

All spreads are ours. `hardness` scales how far from a studio portrait conditions stray and how
often something goes wrong with the picture.
"""

import numpy as np

from mien.faces.template import jitter
from mien.lab import limits
from mien.lab.person import Colour
from mien.lab.world import (
    BACKGROUNDS,
    Background,
    Camera,
    Degradation,
    Framing,
    Light,
    World,
)

_WARM, _COOL = np.array([1.12, 1.0, 0.80]), np.array([0.88, 0.98, 1.14])


def draw_world(generator: np.random.Generator, *, hardness: float = 0.5) -> World:
    """Draw conditions; the same generator state and hardness give the same world.

    Raises:
        MienError: hardness outside 0-1.
    """
    limits.within_one(hardness=hardness)
    spread = 0.08 + 0.92 * hardness
    yaw, pitch, roll = generator.normal(size=3) * np.array([18.0, 9.0, 7.0]) * spread
    lights, ambient = _lights(generator, hardness)
    slip = jitter(generator)
    return World(
        yaw=float(np.clip(yaw, -45, 45)),
        pitch=float(np.clip(pitch, -25, 25)),
        roll=float(np.clip(roll, -25, 25)),
        camera=_camera(generator, hardness),
        lights=lights,
        ambient=ambient,
        background=_background(generator),
        framing=Framing(dx=slip.dx, dy=slip.dy, log_scale=slip.log_scale, degrees=slip.degrees),
        degradation=_degradation(generator, hardness),
    )


def _tint(generator: np.random.Generator, hardness: float) -> np.ndarray:
    """A warm or cool white."""
    lean = float(np.clip(generator.normal() * (0.25 + 0.6 * hardness), -1.5, 1.5))
    toward = _WARM if lean > 0 else _COOL
    return 1 + (toward - 1) * abs(lean)


def _rgb(values: np.ndarray) -> Colour:
    red, green, blue = (float(value) for value in values)
    return (red, green, blue)


def _lights(generator: np.random.Generator, hardness: float) -> tuple[tuple[Light, ...], Colour]:
    """A key light, often a fill, sometimes a rim; harder worlds have less fill."""
    reach = 35 + 45 * hardness
    key = Light(
        yaw=float(np.clip(generator.normal(0, reach), -95, 95)),
        pitch=float(np.clip(generator.normal(28, 8 + 16 * hardness), -25, 75)),
        intensity=float(0.85 * np.exp(generator.normal(0, 0.18 + 0.15 * hardness))),
        colour=_rgb(_tint(generator, hardness)),
        softness=float(generator.beta(2.0, 1.0 + 1.5 * hardness)),
    )
    lights = [key]
    if generator.random() < 0.9 - 0.4 * hardness:
        side = -np.sign(key.yaw) if key.yaw else 1.0
        fill = Light(
            yaw=float(side * generator.uniform(15, 70)),
            pitch=float(generator.uniform(-5, 35)),
            intensity=key.intensity * float(generator.uniform(0.15, 0.6)),
            colour=_rgb(_tint(generator, hardness)),
            softness=0.9,
        )
        lights.append(fill)
    if generator.random() < 0.25:
        lights.append(
            Light(
                yaw=float(generator.choice([-1, 1]) * generator.uniform(110, 150)),
                pitch=float(generator.uniform(5, 45)),
                intensity=float(generator.uniform(0.2, 0.9)),
                softness=0.4,
            )
        )
    level = 0.34 * np.exp(generator.normal(-0.25 * hardness, 0.15 + 0.25 * hardness))
    return tuple(lights), _rgb(level * _tint(generator, hardness))


def _camera(generator: np.random.Generator, hardness: float) -> Camera:
    return Camera(
        field_of_view=float(np.clip(generator.gamma(6.0, 3.2 + hardness), 8, 50)),
        exposure=float(generator.normal(0, 0.10 + 0.30 * hardness)),
        contrast=float(np.clip(generator.normal(1.0, 0.04 + 0.12 * hardness), 0.7, 1.4)),
        white_balance=_rgb(np.exp(generator.normal(0, 0.015 + 0.05 * hardness, 3))),
    )


def _background(generator: np.random.Generator) -> Background:
    first, second = (
        generator.beta(1.1, 2.0) * 0.8 * (1 + generator.normal(0, 0.18, 3)) for _ in range(2)
    )
    return Background(
        kind=str(generator.choice(BACKGROUNDS)),
        colours=(_rgb(np.clip(first, 0.005, 0.95)), _rgb(np.clip(second, 0.005, 0.95))),
        seed=int(generator.integers(2**31)),
    )


def _degradation(generator: np.random.Generator, hardness: float) -> Degradation:
    """Each kind of damage comes on its own, more often and stronger in harder worlds."""

    def happens(chance: float) -> bool:
        return bool(generator.random() < chance)

    occluder = "none"
    if happens(0.16 * hardness):
        occluder = str(generator.choice(["hand", "strand", "object"], p=[0.35, 0.45, 0.20]))
    above = occluder == "strand"
    return Degradation(
        resolution=float(generator.uniform(0.36, 0.9)) if happens(0.45 * hardness) else 1.0,
        blur=float(generator.gamma(2.0, 0.35)) if happens(0.2 + 0.4 * hardness) else 0.0,
        motion=float(generator.uniform(1.5, 5.0)) if happens(0.18 * hardness) else 0.0,
        motion_degrees=float(generator.uniform(0, 180)),
        noise=float(generator.gamma(2.0, 0.7 + 1.6 * hardness)) if happens(0.75) else 0.0,
        grey=happens(0.12 * hardness),
        jpeg=int(generator.uniform(96 - 60 * hardness, 97)) if happens(0.8) else 0,
        occluder=occluder,
        occluder_at=(
            float(generator.uniform(0.15, 0.85)),
            float(generator.uniform(-0.05, 0.1) if above else generator.uniform(0.6, 1.0)),
        ),
        occluder_size=float(generator.uniform(0.15, 0.38)),
        occluder_colour=_occluder_colour(generator, occluder),
        occluder_degrees=float(generator.uniform(-150, -30) if occluder == "hand" else 0.0)
        + float(generator.normal(0, 20)),
    )


def _occluder_colour(generator: np.random.Generator, occluder: str) -> Colour:
    if occluder == "hand":
        return _rgb(np.array([0.5, 0.3, 0.22]) * generator.uniform(0.25, 1.1))
    if occluder == "strand":
        return _rgb(np.array([0.06, 0.04, 0.025]) * generator.uniform(0.3, 4.0))
    return _rgb(generator.beta(1, 2, 3) * 0.8)
