"""Cameras: a catalogue of lens, sensor, codec and age of a picture, split between the pools.

A camera says what its pictures may suffer from; `hardness` says how often and how much.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from mien.lab.chance.pools import Pool, choose
from mien.lab.conditions.world import Camera, Degradation
from mien.lab.people.person import Colour, rgb

Span = tuple[float, float]
"""Value at its mildest and at its worst."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What one kind of camera does to its pictures."""

    pools: tuple[Pool, ...]
    """Who may use it."""
    easy: float
    """How often it comes at hardness 0."""
    hard: float
    """How often it comes at hardness 1."""
    view: Span
    """Field of view, degrees over two head heights."""
    grey: float = 0.0
    """How often its pictures have no colour."""
    resolution: Span = (1.0, 0.6)
    blur: Span = (0.0, 1.0)
    noise: Span = (0.3, 4.0)
    grain: Span = (0.0, 0.3)
    """Size of the noise's grain."""
    jpeg: Span = (97.0, 60.0)
    halo: Span = (0.0, 0.4)
    chroma: Span = (0.0, 0.8)
    vignette: Span = (0.0, 0.25)
    gamma: Span = (0.92, 1.10)
    """Range of the tone curve's power; not ordered by harm."""
    lift: Span = (0.0, 0.03)
    """How grey its black is."""
    cast: float = 0.03
    """Spread of the white balance."""
    interlaced: float = 0.0
    """How often its pictures are of two fields."""


_TRAIN: tuple[Pool, ...] = ("train",)
_TEST: tuple[Pool, ...] = ("test",)

PROFILES: Final = MappingProxyType(
    {
        "reflex": Profile(
            pools=_TRAIN, easy=4.0, hard=1.2, view=(8.0, 26.0), vignette=(0.0, 0.3),
        ),
        "phone": Profile(
            pools=_TRAIN, easy=2.0, hard=1.6, view=(24.0, 50.0), halo=(0.15, 0.9),
            noise=(0.2, 3.0), grain=(0.3, 0.9), jpeg=(94.0, 50.0),
        ),
        "webcam": Profile(
            pools=_TRAIN, easy=0.7, hard=1.5, view=(22.0, 45.0), resolution=(0.9, 0.40),
            noise=(1.0, 6.0), grain=(0.1, 0.7), jpeg=(85.0, 38.0), chroma=(0.6, 2.4),
            halo=(0.0, 0.8), lift=(0.0, 0.06), cast=0.07,
        ),
        "camcorder": Profile(
            pools=_TRAIN, easy=0.4, hard=1.1, view=(10.0, 32.0), resolution=(0.85, 0.42),
            noise=(0.8, 5.0), chroma=(1.0, 3.0), halo=(0.3, 1.4), jpeg=(92.0, 55.0),
            lift=(0.0, 0.06), cast=0.05, interlaced=0.35,
        ),
        "broadcast": Profile(
            pools=_TRAIN, easy=0.6, hard=0.9, view=(8.0, 22.0), resolution=(1.0, 0.5),
            halo=(0.2, 1.0), chroma=(0.4, 1.6), jpeg=(90.0, 45.0),
        ),
        "film": Profile(
            pools=_TRAIN, easy=0.5, hard=0.9, view=(8.0, 30.0), grey=0.25, noise=(1.5, 8.0),
            grain=(0.4, 1.0), vignette=(0.05, 0.5), gamma=(0.82, 1.25), lift=(0.0, 0.07),
            cast=0.07, jpeg=(96.0, 80.0),
        ),
        "scan": Profile(
            pools=_TRAIN, easy=0.5, hard=1.9, view=(9.0, 24.0), grey=1.0, resolution=(0.95, 0.5),
            blur=(0.0, 1.1), noise=(0.3, 4.0), halo=(0.0, 1.3), jpeg=(99.0, 85.0),
            gamma=(0.72, 1.30), lift=(0.0, 0.09),
        ),
        "surveillance": Profile(
            pools=_TRAIN, easy=0.0, hard=0.7, view=(8.0, 30.0), grey=0.35, resolution=(0.62, 0.34),
            noise=(2.0, 8.0), grain=(0.0, 0.6), jpeg=(75.0, 34.0), halo=(0.2, 1.2),
            lift=(0.0, 0.07), interlaced=0.12, chroma=(0.8, 2.4),
        ),
        "compact": Profile(
            pools=_TEST, easy=3.0, hard=2.0, view=(18.0, 38.0), halo=(0.1, 0.8),
            noise=(0.5, 5.0), grain=(0.2, 0.7), jpeg=(92.0, 50.0), cast=0.05,
        ),
        "conference": Profile(
            pools=_TEST, easy=1.2, hard=2.0, view=(20.0, 44.0), resolution=(0.95, 0.36),
            noise=(0.5, 4.0), grain=(0.3, 1.0), jpeg=(82.0, 32.0), chroma=(0.5, 2.6),
            halo=(0.0, 1.0), cast=0.06,
        ),
        "plate": Profile(
            pools=_TEST, easy=0.5, hard=1.3, view=(8.0, 20.0), grey=1.0, resolution=(1.0, 0.5),
            noise=(1.0, 7.0), grain=(0.3, 1.0), vignette=(0.1, 0.6), gamma=(0.75, 1.3),
            lift=(0.0, 0.08), jpeg=(98.0, 75.0),
        ),
    }
)  # fmt: skip
"""Every camera by name."""

_LIT: Final = 1.05
"""Light on a face that needs no correction: key at its angle, fill and ambient together."""

_GREY_MIXES: Final[tuple[Colour, ...]] = (
    (0.299, 0.587, 0.114),
    (0.333, 0.334, 0.333),
    (0.15, 0.55, 0.30),
    (0.45, 0.45, 0.10),
)
"""Weights of red, green and blue: video, plain mean, film blind to red, sensor fond of it."""


def profile(generator: np.random.Generator, *, hardness: float, pool: Pool) -> str:
    """Name of a camera of the pool."""
    names = [name for name, each in PROFILES.items() if pool in each.pools]
    each = [PROFILES[name] for name in names]
    weights = [one.easy * (1 - hardness) + one.hard * hardness for one in each]
    return choose(generator, names, weights)


def camera(
    generator: np.random.Generator, name: str, *, hardness: float, lit: float = _LIT
) -> Camera:
    """Lens, exposure and tone curve of one camera.

    Args:
        generator: where they come from.
        name: of the profile.
        hardness: 0-1.
        lit: about how much light falls on the face; exposure makes up for most of it.
    """
    each = PROFILES[name]
    middle = sum(each.view) / 2
    view = middle + (generator.uniform(*each.view) - middle) * (0.6 + 0.4 * hardness)
    power = np.exp(np.log(generator.uniform(*each.gamma)) * (0.3 + 0.7 * hardness))
    cast = generator.normal(0, 0.01 + each.cast * (0.2 + 0.8 * hardness), 3)
    return Camera(
        profile=name,
        field_of_view=float(np.clip(view, 8, 50)),
        exposure=0.75 * float(np.clip(np.log2(_LIT / lit), -1.2, 1.2))
        + float(generator.normal(0.15, 0.10 + 0.28 * hardness)),
        contrast=float(np.clip(generator.normal(1.14, 0.05 + 0.11 * hardness), 0.8, 1.5)),
        white_balance=rgb(np.exp(cast - cast.mean())),
        vignette=_harm(generator, each.vignette, hardness),
        gamma=float(power),
        lift=_harm(generator, each.lift, hardness),
    )


def recorded(generator: np.random.Generator, name: str, *, hardness: float) -> Degradation:
    """What the sensor, the codec and the shaking hand add; no occluder."""
    each = PROFILES[name]

    def happens(chance: float) -> bool:
        return bool(generator.random() < chance)

    small = happens(0.25 + 0.6 * hardness)
    shaken = happens(0.16 * hardness)
    interlaced = happens(each.interlaced * (0.3 + 0.7 * hardness))
    return Degradation(
        profile=name,
        resolution=min(1.0, _harm(generator, each.resolution, hardness)) if small else 1.0,
        blur=_harm(generator, each.blur, hardness) if happens(0.2 + 0.5 * hardness) else 0.0,
        motion=float(generator.uniform(1.5, 5.0)) if shaken else 0.0,
        motion_degrees=float(generator.uniform(0, 180)),
        noise=_harm(generator, each.noise, hardness),
        grain=_harm(generator, each.grain, 1.0),
        grey=happens(each.grey),
        grey_mix=_GREY_MIXES[int(generator.integers(len(_GREY_MIXES)))],
        halo=_harm(generator, each.halo, hardness),
        chroma=_harm(generator, each.chroma, hardness),
        interlace=float(generator.uniform(0.4, 1.5)) if interlaced else 0.0,
        jpeg=int(_harm(generator, each.jpeg, hardness)) if happens(0.85) else 0,
    )


def _harm(generator: np.random.Generator, span: Span, hardness: float) -> float:
    """Between mildest and worst: mostly mild, and the worst only where it is hard."""
    share = float(generator.beta(1.0, 2.2 - hardness)) * (0.25 + 0.75 * hardness)
    return span[0] + (span[1] - span[0]) * share
