"""All that a person wears but glasses, put on once a person."""

from functools import lru_cache

from mien.lab.clothes import clothes_on
from mien.lab.covers import cover_on
from mien.lab.garment import Garment
from mien.lab.hairdo import hair_on
from mien.lab.person import Person
from mien.lab.shape import shape


@lru_cache(maxsize=64)
def outfit(person: Person) -> tuple[Garment, ...]:
    """Clothes, hair, then the cover over it, on the person's resting mesh."""
    resting = shape(person).vertices
    worn = (*clothes_on(person, resting), hair_on(person, resting), cover_on(person, resting))
    return tuple(each for each in worn if each is not None)
