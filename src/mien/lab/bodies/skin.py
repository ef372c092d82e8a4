"""A person's skin texture: colour and gloss of every texel, and its resting relief."""

from dataclasses import dataclass
from functools import cache, lru_cache

import cv2
import numpy as np
from jaxtyping import Float32

from mien.lab.anatomy.atlas import SIZE, atlas
from mien.lab.anatomy.folds import FOLDS
from mien.lab.chance.noise import SIDE, fields
from mien.lab.kernels.paint import paint_skin
from mien.lab.people.person import Person


@dataclass(frozen=True, kw_only=True, eq=False)
class Skin:
    """What the shader reads: colour (linear RGB) with gloss, and relief."""

    colour: Float32[np.ndarray, "size size 4"]
    half: Float32[np.ndarray, "half half 4"]
    """The same at half the size."""
    relief: Float32[np.ndarray, "size size 2"]
    """Height in texels, and darkness of folds (about 1 in the depth of a groove)."""

    def __repr__(self) -> str:
        return f"Skin({SIZE} texels a side)"


_AGE_FOLDS = {
    "forehead_inner": 0.5,
    "forehead_outer": 0.4,
    "glabella": 0.35,
    "nose": 0.1,
    "crow": 0.5,
    "under_eye": 0.6,
    "nasolabial": 0.75,
    "dimple": 0.1,
    "marionette": 0.5,
    "chin": 0.12,
    "mentolabial": 0.25,
    "lip_lines": 0.3,
}
"""Depth at rest of each fold in the most wrinkled person."""

_EVERYONES = {"mentolabial": 0.30, "under_eye": 0.08, "nasolabial": 0.07}
"""Depth at rest of the folds that the young have, too."""


@lru_cache(maxsize=24)
def skin(person: Person) -> Skin:
    """Paint a person's skin, kept for the last 24 people."""
    maps = atlas()
    generator = np.random.default_rng(person.texture_seed)
    offsets = generator.integers(0, SIDE, (8, 2))
    colour = np.empty((SIZE, SIZE, 4), np.float32)
    relief = np.zeros((SIZE, SIZE, 2), np.float32)
    paint_skin(colour, relief[..., 0], _stack(), maps.place, fields(), offsets, _numbers(person))
    _blemishes(colour, person, generator)
    for name, fold in zip(FOLDS, maps.folds, strict=True):
        uneven = 0.6 + 0.8 * generator.random(2)
        depth = _AGE_FOLDS[name] * person.wrinkles + _EVERYONES.get(name, 0.0)
        left, right = (float(each) for each in depth * uneven)
        fold.lines.add(relief, left, right)
        full = 0.55 + 0.35 * person.weight
        fold.bulge.add(relief, left * full, right * full)
    crease = person.eyes.crease
    maps.crease.add(relief, crease, crease)
    half = cv2.resize(colour, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return Skin(colour=colour, half=half, relief=relief)


@lru_cache(maxsize=64)
def fold_habits(person: Person) -> tuple[tuple[float, float], ...]:
    """How much more than others a person's skin shows the lines and the bulge of each fold."""
    drawn = np.random.default_rng((person.texture_seed, 1)).normal(size=(len(FOLDS), 2))
    factors = np.exp(np.clip(drawn, -2.0, 2.0) * (0.35, 0.22))
    return tuple((float(line), float(bulge)) for line, bulge in factors)


@cache
def _stack() -> Float32[np.ndarray, "size size map"]:
    """The atlas's maps in the order `paint_skin` reads them."""
    maps = atlas()
    return np.stack(
        [
            *(maps.lips, maps.cheeks, maps.freckles, maps.under_eye, maps.lid_edge),
            *(maps.lid_skin, maps.beard, maps.moustache, maps.oily),
            *(maps.brow_along, maps.brow_above, maps.hairline, maps.lip_line),
        ],
        axis=2,
    )


def _numbers(person: Person) -> Float32[np.ndarray, " number"]:
    """The person's painting parameters in the order `paint_skin` reads them."""
    s, b, hair = person.skin, person.brows, person.hair
    bald = 1.0 if hair.style == "bald" else 0.0
    return np.array(
        [
            *(*s.tone, s.redness, s.mottling, s.freckles, s.under_eye, s.oil, s.melanin),
            *(*person.lips.colour, person.lips.gloss, person.eyes.lashes),
            *(*b.colour, b.thickness, b.density, b.arch, b.length, b.gap),
            *(*hair.colour, hair.hairline, hair.stubble, hair.beard, hair.moustache, bald),
            *(person.lips.seam, person.eyes.lid),
        ],
        np.float32,
    )


def _blemishes(colour: np.ndarray, person: Person, generator: np.random.Generator) -> None:
    """A few spots and moles at random places on the face."""
    count = int(generator.poisson(10 * person.skin.blemish + 0.5))
    for _ in range(count):
        row, column = generator.integers(40, SIZE - 20), generator.integers(50, SIZE - 50)
        radius = generator.uniform(0.8, 1.8)
        reach = int(np.ceil(3 * radius))
        rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
        spot = np.exp(-(rows**2 + columns**2) / (2 * radius**2))[..., None]
        tint = (
            np.array([0.45, 0.35, 0.32])
            if generator.random() < 0.35
            else np.array([0.95, 0.68, 0.66])
        )
        patch = colour[row - reach : row + reach + 1, column - reach : column + reach + 1, :3]
        weight = (spot * generator.uniform(0.4, 0.9))[: patch.shape[0], : patch.shape[1]]
        patch *= (1 - weight + weight * tint).astype(np.float32)
