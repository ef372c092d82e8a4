"""Drawing hair and covers: which styles go with sex, age and ancestry, and how they vary."""

import numpy as np
from jaxtyping import Float64

from mien.lab.chance.pools import Pool, choose
from mien.lab.people.cuts import CUTS
from mien.lab.people.person import Clothes, Colour, Cover, Hair

_STYLES = ("bald", "ring", "cropped", "short", "medium", "long", "tied", "afro")
_OF_MEN = (0.07, 0.02, 0.20, 0.50, 0.09, 0.04, 0.02, 0.02)
_OF_WOMEN = (0.0, 0.0, 0.04, 0.17, 0.30, 0.30, 0.17, 0.02)
_FRINGES = ("none", "swept", "full", "curtain", "tuft")
_OF_SHORT = (0.44, 0.26, 0.08, 0.04, 0.18)
_OF_LOOSE = (0.34, 0.22, 0.18, 0.26, 0.0)

_COVERS = ("knitted", "cap", "scarf", "turban", "hood", "band")
_COVER_WEIGHTS = {"train": (0.32, 0.30, 0.20, 0.0, 0.18, 0.0), "test": (0.2, 0.2, 0.2, 0.2, 0, 0.2)}
"""Turbans and bands are held out for testing."""

_CLOTHES_OF_MEN = (0.02, 0.02, 0.28, 0.05, 0.20, 0.14, 0.09, 0.10, 0.03, 0.07)
_CLOTHES_OF_WOMEN = (0.04, 0.18, 0.20, 0.17, 0.11, 0.03, 0.10, 0.05, 0.07, 0.05)
"""Weights of `cuts.CUTS`, in order."""


def draw_hair(
    generator: np.random.Generator,
    colour: Colour,
    *,
    sex: float,
    old: float,
    ancestry: Float64[np.ndarray, "3"],
) -> Hair:
    """Draw scalp hair and beard.

    Args:
        generator: where they come from.
        colour: of the hair.
        sex: 0 female to 1 male.
        old: 0 at 18 to 1 at 80 years.
        ancestry: weights of african, asian and caucasian shapes; the first makes curls likelier.
    """
    male = sex > 0.5
    weights = np.array(_OF_MEN if male else _OF_WOMEN)
    if male:
        weights[:2] += (0.10 * old, 0.30 * old)
        weights[3] *= 1 - 0.3 * old
    curly = float(ancestry[0])
    weights += np.array([0.0, 0.0, 0.30 * male, 0.0, 0.0, 0.0, 0.05, 0.30]) * curly
    style = choose(generator, _STYLES, weights)
    curl = generator.beta(1.0, 3.5) * (1 - curly) + generator.beta(4.0, 1.5) * curly
    fringe = "none"
    if style in ("short", "medium", "long"):
        fringe = choose(generator, _FRINGES, _OF_SHORT if style == "short" else _OF_LOOSE)
    bearded = male and generator.random() < 0.38
    line = -0.1 + (1.1 * old if male else 0.1)
    return Hair(
        style=style,
        colour=colour,
        hairline=float(np.clip(generator.normal(line, 0.4), -1, 1)),
        volume=float(generator.beta(2, 2)),
        length=float(generator.random()),
        fringe=fringe,
        parting=float(generator.choice([-1.0, 1.0]) * generator.uniform(0.1, 1.0)),
        forward=float(generator.beta(1.5, 2.5)),
        curl=float(np.clip(0.9 + 0.1 * curl if style == "afro" else curl, 0, 1)),
        stubble=float(generator.beta(1.3, 1.5)) if male else 0.0,
        beard=float(generator.uniform(0.35, 1.0)) if bearded else 0.0,
        moustache=float(generator.uniform(0.3, 1.0))
        if bearded or (male and generator.random() < 0.1)
        else 0.0,
    )


def draw_cover(
    generator: np.random.Generator, colours: tuple[Colour, Colour], *, sex: float, pool: Pool
) -> Cover:
    """Draw what covers the head: one in nine wears something.

    Args:
        generator: where it comes from.
        colours: of the cloth, and of a second one.
        sex: men wear no scarf, women no turban.
        pool: whose covers.
    """
    worn = generator.random() < 0.11
    weights = np.array(_COVER_WEIGHTS[pool])
    weights[2 if sex > 0.5 else 3] = 0.0
    kind = choose(generator, _COVERS, weights)
    depth = float(generator.random())
    if not worn:
        return Cover(kind="none", colour=colours[0], second=colours[1], depth=depth)
    return Cover(kind=kind, colour=colours[0], second=colours[1], depth=depth)


def draw_clothes(generator: np.random.Generator, colour: Colour, *, sex: float) -> Clothes:
    """Draw a kind of clothing; what shows under it is often white."""
    kind = choose(generator, tuple(CUTS), _CLOTHES_OF_MEN if sex > 0.5 else _CLOTHES_OF_WOMEN)
    white = float(generator.uniform(0.45, 0.8))
    if generator.random() < 0.7:
        tint = 1 - 0.25 * generator.random(3)
        red, green, blue = (float(white * share) for share in tint)
        colour = (red, green, blue)
    return Clothes(kind=kind, second=colour)
