"""Drawing people: how age, sex, ancestry, skin, hair and shape go together, and how they vary.

The spreads are ours. They aim at variety within what reads as a face, not at any population.
"""

import numpy as np

from mien.lab.chance.pools import Pool, pooled_seed
from mien.lab.people.glasses import draw_glasses
from mien.lab.people.person import Brows, Colour, Eyes, Lips, Person, Skin, rgb
from mien.lab.people.shapes import draw_shape
from mien.lab.people.styling import draw_clothes, draw_cover, draw_hair

_TONES = np.array(
    [
        [0.66, 0.46, 0.37],
        [0.54, 0.35, 0.26],
        [0.38, 0.22, 0.150],
        [0.19, 0.100, 0.062],
        [0.065, 0.034, 0.024],
    ]
)
"""Linear RGB from the fairest to the darkest skin, at equal steps of melanin."""

_HAIR_COLOURS: dict[str, Colour] = {
    "black": (0.010, 0.009, 0.009),
    "dark": (0.026, 0.016, 0.011),
    "brown": (0.070, 0.038, 0.020),
    "light": (0.17, 0.105, 0.055),
    "blond": (0.40, 0.28, 0.14),
    "red": (0.24, 0.075, 0.025),
    "grey": (0.33, 0.32, 0.31),
}

_IRISES: tuple[Colour, ...] = (
    (0.055, 0.025, 0.012),
    (0.11, 0.055, 0.022),
    (0.16, 0.11, 0.04),
    (0.12, 0.15, 0.07),
    (0.12, 0.18, 0.24),
    (0.20, 0.26, 0.30),
)
"""From dark brown to grey blue."""


def sample_person(generator: np.random.Generator, *, pool: Pool = "train") -> Person:
    """Draw one adult of a pool; the same generator state and pool give the same person."""
    age = float(np.clip(17 + generator.gamma(2.2, 10.0), 18, 80))
    sex = float(np.clip(generator.beta(0.22, 0.22), 0.04, 0.96))
    ancestry = generator.dirichlet((0.32, 0.32, 0.42))
    old = (age - 18) / 62
    melanin = float(np.clip(ancestry @ [0.78, 0.30, 0.16] + generator.normal(0, 0.13), 0.0, 1.0))
    hair_colour = _hair_colour(generator, ancestry, melanin, old)
    skin = _skin(generator, melanin, old)
    male = sex > 0.5
    return Person(
        age=age,
        sex=sex,
        ancestry=(float(ancestry[0]), float(ancestry[1]), float(ancestry[2])),
        weight=float(np.clip(generator.normal(0.05, 0.45), -0.9, 1.0)),
        shape=draw_shape(generator, pool),
        wrinkles=float(np.clip(old * 0.95 + generator.normal(0.05, 0.12), 0.02, 1.0)),
        skin=skin,
        brows=_brows(generator, hair_colour, sex, old),
        eyes=_eyes(generator, ancestry, sex),
        lips=_lips(generator, skin.tone, melanin, made_up=not male and generator.random() < 0.3),
        hair=draw_hair(generator, hair_colour, sex=sex, old=old, ancestry=ancestry),
        clothing=_cloth(generator),
        texture_seed=pooled_seed(generator, pool),
        glasses=draw_glasses(generator, age=age, pool=pool),
        cover=draw_cover(generator, (_cloth(generator), _cloth(generator)), sex=sex, pool=pool),
        clothes=draw_clothes(generator, _cloth(generator), sex=sex),
        bite=float(generator.beta(1.2, 1.6)),
    )


def tone_of(melanin: float, warmth: float = 0.0) -> Colour:
    """Linear RGB of skin with this much melanin (0-1); warmth moves red against blue."""
    steps = np.linspace(0, 1, len(_TONES))
    red, green, blue = (float(np.interp(melanin, steps, _TONES[:, axis])) for axis in range(3))
    warmth = float(np.clip(warmth, -1.5, 1.5))
    return (red * (1 + 0.04 * warmth), green, blue * (1 - 0.06 * warmth))


def _skin(generator: np.random.Generator, melanin: float, old: float) -> Skin:
    fair = 1 - melanin
    return Skin(
        tone=tone_of(melanin, float(generator.normal())),
        melanin=melanin,
        redness=float(np.clip(generator.beta(2, 4) * (0.5 + 0.9 * fair), 0, 1)),
        mottling=float(np.clip(generator.beta(2, 4) + 0.25 * old, 0, 1)),
        freckles=float(generator.beta(1, 3) if generator.random() < 0.35 * fair + 0.05 else 0.0),
        blemish=float(generator.beta(1.2, 4)),
        oil=float(generator.beta(2, 3)),
        under_eye=float(np.clip(generator.beta(2, 4) + 0.25 * old, 0, 1)),
    )


def _hair_colour(
    generator: np.random.Generator, ancestry: np.ndarray, melanin: float, old: float
) -> Colour:
    dark = max(float(ancestry[0] + ancestry[1]), 1.6 * melanin)
    if generator.random() < dark:
        names, weights = ("black", "dark", "brown"), (0.55, 0.35, 0.10)
    else:
        names = ("dark", "brown", "light", "blond", "red")
        weights = (0.28, 0.34, 0.18, 0.13, 0.07)
    colour = np.array(_HAIR_COLOURS[str(generator.choice(names, p=weights))])
    grey = float(np.clip((old - 0.35) * 1.8 * generator.random() * 1.4, 0, 1))
    mixed = colour + (np.array(_HAIR_COLOURS["grey"]) - colour) * grey
    return _colour(mixed * np.exp(generator.normal(0, 0.15)))


def _brows(generator: np.random.Generator, hair: Colour, sex: float, old: float) -> Brows:
    warm = np.array([1.06, 1.0, 0.90])
    shade = np.minimum(np.array(hair) * 0.75, 0.16) * warm * np.exp(generator.normal(0, 0.2))
    return Brows(
        colour=_colour(shade),
        thickness=float(np.clip(generator.normal(0.86 + 0.36 * sex, 0.24), 0.4, 1.8)),
        density=float(np.clip(generator.normal(0.80, 0.20) - 0.15 * old * (1 - sex), 0.25, 1.0)),
        arch=float(np.clip(generator.normal(0.15 - 0.35 * sex, 0.4), -1, 1)),
        length=float(np.clip(generator.normal(0.93, 0.06), 0.75, 1.05)),
        gap=float(np.clip(generator.normal(1.12, 0.18), 0.75, 1.6)),
    )


def _eyes(generator: np.random.Generator, ancestry: np.ndarray, sex: float) -> Eyes:
    light = float(ancestry[2]) * generator.random()
    index = int(np.clip(generator.normal(4.6 * light - 0.2, 0.7), 0, len(_IRISES) - 1))
    white = 0.57 + generator.normal(0, 0.05)
    return Eyes(
        iris=_colour(np.array(_IRISES[index]) * np.exp(generator.normal(-0.2, 0.2))),
        sclera=_colour(white * np.array([1.0, 0.94, 0.89])),
        iris_radius=float(np.clip(generator.normal(1.0, 0.035), 0.9, 1.1)),
        pupil=float(np.clip(generator.normal(0.42, 0.07), 0.25, 0.62)),
        lashes=float(np.clip(generator.normal(0.75 - 0.40 * sex, 0.15), 0.1, 1.0)),
        crease=float(np.clip(generator.normal(0.75 - 0.5 * float(ancestry[1]), 0.2), 0.0, 1.0)),
        lid=float(np.clip(generator.normal(0.15, 0.30), -0.3, 1.0)),
    )


def _lips(generator: np.random.Generator, tone: Colour, melanin: float, *, made_up: bool) -> Lips:
    skin = np.array(tone)
    natural = skin * np.array([0.86, 0.58, 0.62]) + np.array([0.02, 0.0, 0.01])
    natural = natural + (skin - natural) * float(np.clip(generator.normal(0.30, 0.2), 0, 0.8))
    natural = natural * (1 - 0.15 * melanin)
    if made_up:
        painted = np.array(
            ([0.42, 0.03, 0.05], [0.30, 0.03, 0.07], [0.45, 0.14, 0.14], [0.20, 0.03, 0.05])
        )[int(generator.integers(4))]
        natural = natural + (painted - natural) * generator.uniform(0.4, 0.9)
    return Lips(
        colour=_colour(natural),
        gloss=float(generator.beta(2, 4) + 0.1),
        seam=float(generator.uniform(0.25, 0.85)),
    )


def _cloth(generator: np.random.Generator) -> Colour:
    """Mostly dull colours: grey with a tint."""
    grey = generator.beta(1.0, 2.0) * 0.6
    tint = generator.beta(0.9, 2.2, 3) * 0.6
    return _colour(grey + (tint - grey) * generator.beta(1.5, 2.0) + 0.01)


def _colour(values: np.ndarray) -> Colour:
    return rgb(np.clip(values, 0.002, 0.95))
