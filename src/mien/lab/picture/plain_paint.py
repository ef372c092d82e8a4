"""Colours of the second look, vertex by vertex."""

from functools import cache, lru_cache

import numpy as np
from jaxtyping import Float32

from mien.lab.anatomy import head as heads
from mien.lab.anatomy.atlas import SIZE, atlas, hairline
from mien.lab.anatomy.fixed import fixed
from mien.lab.chance.streams import stream
from mien.lab.people.person import Person


@lru_cache(maxsize=64)
def vertex_colours(person: Person) -> Float32[np.ndarray, "vertex 3"]:
    """Linear RGB albedo of every vertex: skin in blots, lips, hair, beard, teeth, cloth."""
    head, still = heads.head(), fixed()
    base = head.vertices
    skin = np.array(person.skin.tone, np.float32)
    generator = stream(person.texture_seed, "plain", "skin")
    blots = _waves(base, generator)
    colours = skin * (1.0 + (0.05 + 0.10 * person.skin.mottling) * blots[:, None])
    maps = _maps()
    colours = _mixed(colours, person.lips.colour, maps["lips"])
    red = skin * np.array([1.15, 0.8, 0.8], np.float32)
    colours = _mixed(colours, red, person.skin.redness * maps["cheeks"])
    hair = np.array(person.hair.colour, np.float32)
    chin = np.maximum(person.hair.beard, 0.35 * person.hair.stubble) * maps["beard"]
    lip = np.maximum(person.hair.moustache, 0.35 * person.hair.stubble) * maps["moustache"]
    colours = _mixed(colours, hair, np.clip(np.maximum(chin, lip), 0.0, 0.9))
    if person.hair.style != "bald":
        grown = np.clip((maps["hairline"] + 0.1 * person.hair.hairline) / 0.06, 0.0, 1.0)
        colours = _mixed(colours, hair * (1.0 + 0.3 * blots[:, None]), grown)
    for group, colour in (
        (heads.TEETH_UPPER, (0.62, 0.58, 0.50)),
        (heads.TEETH_LOWER, (0.55, 0.51, 0.44)),
        (heads.TONGUE, (0.35, 0.12, 0.11)),
    ):
        colours[head.group_vertices(group)] = colour
    colours = _mixed(colours, (0.10, 0.03, 0.03), still.inside)
    return _mixed(colours, person.clothing, still.cloth).astype(np.float32)


def eye_colours(
    person: Person, local: Float32[np.ndarray, "point 3"]
) -> Float32[np.ndarray, "point 3"]:
    """Albedo on the eyeball from places relative to its centre: white, iris, pupil."""
    radius = np.hypot(local[:, 0], local[:, 1])
    iris = 0.061 * person.eyes.iris_radius
    colours = np.tile(np.array(person.eyes.sclera, np.float32), (len(local), 1))
    front = local[:, 2] > 0.0
    colours[front & (radius < iris)] = person.eyes.iris
    colours[front & (radius < person.eyes.pupil * iris)] = 0.004
    return colours


def _mixed(colours: np.ndarray, other: object, share: np.ndarray) -> np.ndarray:
    return colours + (np.asarray(other, np.float32) - colours) * share[:, None]


def _waves(places: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """A smooth random field: a few plane waves, about -1 to 1."""
    direction = generator.normal(0.0, 9.0, (3, 8))
    phase = generator.uniform(0.0, 2.0 * np.pi, 8)
    return np.sin(places @ direction + phase).mean(axis=1).astype(np.float32) * 2.0


@cache
def _maps() -> dict[str, Float32[np.ndarray, " vertex"]]:
    """Where lips, beard and the like are, per vertex; 0 off the skin."""
    head, flat = heads.head(), atlas()
    column, row = np.clip(flat.uv.astype(np.int64), 0, SIZE - 1).T
    skin = np.zeros(len(head.vertices), np.float32)
    skin[head.group_vertices(heads.SKIN)] = 1.0
    found = {
        name: np.asarray(getattr(flat, name)[row, column] * skin, np.float32)
        for name in ("lips", "cheeks", "beard", "moustache")
    }
    found["hairline"] = np.where(skin > 0.0, hairline(head.vertices), -1.0).astype(np.float32)
    return found
