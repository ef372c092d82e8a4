"""A person's resting mesh: age, sex, ancestry, weight and local shapes on the common head."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float32

from mien.lab.anatomy import head as heads
from mien.lab.bodies.seal import sealed
from mien.lab.people.person import Person

_SEXES = ("female", "male")
_RACES = ("african", "asian", "caucasian")
_CHILD, _YOUNG, _OLD = 12.0, 25.0, 90.0
"""Ages at which the mesh's child, young and old shapes stand alone (MakeHuman's scale)."""

_BITE = ((heads.TEETH_UPPER, 0.055), (heads.TEETH_LOWER, -0.038))
"""How far up each row of teeth stands in the person who shows them least, in model units."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Shape:
    """A resting mesh and what the renderer derives from it once a person."""

    vertices: Float32[np.ndarray, "vertex 3"]
    eye_centres: Float32[np.ndarray, "2 3"]
    """Left, right."""
    eye_scale: float
    """Radius of the eyeball over the common head's."""
    lid_gap: tuple[float, float]
    """Opening of the left and right eye over the common head's."""
    lip_height: float
    """From the upper lip's edge to the lower one's, over the common head's."""
    mouth_width: float
    """From corner to corner, over the common head's."""

    def __repr__(self) -> str:
        return f"Shape({len(self.vertices)} vertices)"


def age_weights(age: float) -> dict[str, float]:
    """Weights of the child, young and old shapes; they sum to 1."""
    if age < _YOUNG:
        child = (_YOUNG - age) / (_YOUNG - _CHILD)
        return {"child": child, "young": 1 - child, "old": 0.0}
    old = min(1.0, (age - _YOUNG) / (_OLD - _YOUNG))
    return {"child": 0.0, "young": 1 - old, "old": old}


def identity_weights(person: Person) -> dict[str, float]:
    """Target weights of a resting face; macro shapes multiply, as MakeHuman combines them."""
    ages = age_weights(person.age)
    sexes = dict(zip(_SEXES, (1 - person.sex, person.sex), strict=True))
    weights: dict[str, float] = {}
    for race, of_race in zip(_RACES, person.ancestry, strict=True):
        for sex, of_sex in sexes.items():
            for age, of_age in ages.items():
                weights[f"macro/{race}-{sex}-{age}"] = of_race * of_sex * of_age
    end = "maxweight" if person.weight > 0 else "minweight"
    for sex, of_sex in sexes.items():
        for age, of_age in (("young", ages["child"] + ages["young"]), ("old", ages["old"])):
            weights[f"weight/{sex}-{age}-{end}"] = of_sex * of_age * abs(person.weight)
    weights.update({f"local/{name}": weight for name, weight in person.shape})
    return weights


@lru_cache(maxsize=64)
def shape(person: Person) -> Shape:
    """The resting mesh of a person, kept for the last 64 people.

    Raises:
        KeyError: `person.shape` names a target the head does not have.
    """
    head = heads.head()
    vertices = sealed(heads.blend(head.vertices, identity_weights(person)))
    for row, up in _BITE:
        vertices[head.group_vertices(row), 1] += np.float32(up * person.bite)
    centres, radii, gaps = [], [], []
    for group, upper, lower in ((heads.EYE_LEFT, 386, 374), (heads.EYE_RIGHT, 159, 145)):
        rows = head.group_vertices(group)
        centre = vertices[rows].mean(axis=0)
        centres.append(centre)
        radii.append(_radius(vertices[rows], centre) / _radius(head.vertices[rows], None))
        gaps.append(
            _span(vertices, lower, upper, axis=1) / _span(head.vertices, lower, upper, axis=1)
        )
    return Shape(
        vertices=vertices,
        eye_centres=np.stack(centres).astype(np.float32),
        eye_scale=float(np.mean(radii)),
        lid_gap=(gaps[0], gaps[1]),
        lip_height=_span(vertices, 17, 0, axis=1) / _span(head.vertices, 17, 0, axis=1),
        mouth_width=_span(vertices, 61, 291, axis=0) / _span(head.vertices, 61, 291, axis=0),
    )


def _radius(ball: np.ndarray, centre: np.ndarray | None) -> float:
    middle = ball.mean(axis=0) if centre is None else centre
    return float(np.linalg.norm(ball - middle, axis=1).mean())


def _span(vertices: np.ndarray, start: int, end: int, *, axis: int) -> float:
    """From one landmark to another along an axis."""
    return float((_point(vertices, end) - _point(vertices, start))[axis])


def _point(vertices: np.ndarray, landmark: int) -> np.ndarray:
    head = heads.head()
    corners = vertices[head.landmark_corners[landmark]]
    return corners.T @ head.landmark_weights[landmark]
