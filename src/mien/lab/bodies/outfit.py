"""All that a person wears but glasses, put on once a person."""

from functools import lru_cache

from mien.lab.bodies.clothes import clothes_on
from mien.lab.bodies.covers import cover_on
from mien.lab.bodies.garment import Garment
from mien.lab.bodies.hairdo import hair_on
from mien.lab.bodies.shape import shape
from mien.lab.people.person import Person


@lru_cache(maxsize=64)
def outfit(person: Person) -> tuple[Garment, ...]:
    """Clothes, hair, then the cover over it, on the person's resting mesh."""
    resting = shape(person).vertices
    worn = (*clothes_on(person, resting), hair_on(person, resting), cover_on(person, resting))
    return tuple(each for each in worn if each is not None)
