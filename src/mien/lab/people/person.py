"""Who is rendered: a frozen description of one made-up person (`draw` samples them)."""

from dataclasses import dataclass

import numpy as np

from mien.lab.people.glasses import Glasses

Colour = tuple[float, float, float]
"""Red, green, blue albedo in linear light, 0-1."""


def rgb(values: np.ndarray) -> Colour:
    """A colour of three numbers."""
    red, green, blue = (float(value) for value in values)
    return (red, green, blue)


@dataclass(frozen=True, kw_only=True)
class Skin:
    """Tone and procedural texture of the skin; strengths are 0 (none) to 1 (strong)."""

    tone: Colour
    melanin: float
    """0 very fair to 1 very dark; what `tone` was made from."""
    redness: float
    """Flush of cheeks, nose and ears."""
    mottling: float
    freckles: float
    blemish: float
    oil: float
    """Strength of the gloss."""
    under_eye: float
    """Darkness below the eyes."""


@dataclass(frozen=True, kw_only=True)
class Brows:
    """Brows painted on the skin, which they follow in every expression."""

    colour: Colour
    thickness: float
    """1 is the average; sampled about 0.6-1.6."""
    density: float
    """0 (hardly there) to 1 (dense)."""
    arch: float
    """-1 (flat) to 1 (high arch)."""
    length: float
    """1 is the average."""
    gap: float
    """Distance of the inner ends from the midline; 1 is the average."""


@dataclass(frozen=True, kw_only=True)
class Eyes:
    """Colours of the eyes and strength of the lashes (0-1)."""

    iris: Colour
    sclera: Colour
    iris_radius: float
    """1 is the average."""
    pupil: float
    """Pupil radius as a fraction of the iris radius."""
    lashes: float
    crease: float
    """Depth of the fold above the upper lid: 0 (none) to 1."""
    lid: float
    """Darkness of the upper lid's skin; below 0 it is brighter than the face."""


@dataclass(frozen=True, kw_only=True)
class Lips:
    """Colour of the lips and their gloss (0-1)."""

    colour: Colour
    gloss: float
    seam: float
    """How much darker the inner rims are, which meet when the mouth is shut (0-1)."""


HAIR_STYLES = ("bald", "ring", "cropped", "short", "medium", "long", "tied", "afro")
"""What can grow on the scalp; "ring" is bald on top, "tied" is pulled back."""

FRINGES = ("none", "swept", "full", "curtain", "tuft")
"""What can fall over the forehead."""


@dataclass(frozen=True, kw_only=True)
class Hair:
    """Hair of the scalp and of the lower face."""

    style: str
    colour: Colour
    hairline: float
    """-1 (low) to 1 (receding)."""
    volume: float
    length: float = 0.5
    """0 to 1 within what the style allows; of a fringe too."""
    fringe: str = "none"
    parting: float = 0.3
    """Where the hair parts: -1 (the subject's right) to 1."""
    forward: float = 0.3
    """How far loose hair falls over the cheeks, 0-1."""
    curl: float = 0.0
    """0 (straight) to 1 (tight curls)."""
    stubble: float
    """0 (shaven) to 1 (dark shadow)."""
    beard: float
    """0 (none) to 1 (full)."""
    moustache: float


@dataclass(frozen=True, kw_only=True)
class Cover:
    """What covers the head, cloth and all (`covers.COVERS`)."""

    kind: str
    """One of `covers.COVERS`; "none" is nothing."""
    colour: Colour
    second: Colour
    """Of its stripes, if it has any."""
    depth: float
    """How low it sits, 0-1."""


@dataclass(frozen=True, kw_only=True)
class Clothes:
    """What covers the shoulders; the main colour is `Person.clothing`."""

    kind: str = "crew"
    """Name in `cuts.CUTS`."""
    second: Colour = (0.6, 0.6, 0.6)
    """Of the shirt under a jacket or a jumper."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """One made-up person; hashable, so that the renderer can keep what it has built for them."""

    age: float
    """Years, 18-80."""
    sex: float
    """0 female to 1 male (a shape parameter of the mesh, between them allowed)."""
    ancestry: tuple[float, float, float]
    """Weights of the mesh's african, asian and caucasian shapes; they sum to 1."""
    weight: float
    """-1 (lean) to 1 (heavy)."""
    shape: tuple[tuple[str, float], ...]
    """(name of a local shape target, weight 0-1), sorted by name."""
    wrinkles: float
    """How strongly the skin folds, 0-1; grows with age."""
    skin: Skin
    brows: Brows
    eyes: Eyes
    lips: Lips
    hair: Hair
    cover: Cover
    glasses: Glasses
    clothing: Colour
    clothes: Clothes
    bite: float
    """How far the teeth stand back from the lips' edges: 0 shows them in every gap between the
    lips, 1 leaves all but broad smiles dark."""
    texture_seed: int
    """Seed of the skin's noise; its parity tells the pool."""

    def __hash__(self) -> int:
        """Of a few fields that hardly two people share: it is asked for many times a picture."""
        return hash((self.texture_seed, self.age, self.weight))
