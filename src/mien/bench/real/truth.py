"""Whether rendered units are seen by a reader that knows nothing of the lab: 52 blend shapes.

The landmark network finds its points in the rendered pixels, the blend-shape network scores them,
and the scores are held against the intensities that were rendered. The same scores from the
mesh's own landmarks tell whether a unit that is not seen fails in its movement or in its look.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float32, Float64

from mien.faces.blendshapes import NAMES
from mien.faces.landmarker import Landmarker
from mien.facs import LAB_AUS, intensity_column, occurrence
from mien.lab import limits
from mien.lab.conditions.world import World
from mien.lab.expression import FaceState
from mien.lab.people.person import Person
from mien.lab.render import render_scene
from mien.lab.shows.facs_sheets import settled, sitters
from mien.lab.units import Units
from mien.metrics.auc import auc, average_ranks

COUNTERPARTS: Final[Mapping[int, tuple[str, ...]]] = {
    1: ("browInnerUp",),
    2: ("browOuterUp",),
    4: ("browDown",),
    5: ("eyeWide",),
    6: ("cheekSquint",),
    7: ("eyeSquint",),
    9: ("noseSneer",),
    10: ("mouthUpperUp",),
    12: ("mouthSmile",),
    14: ("mouthDimple",),
    15: ("mouthFrown",),
    16: ("mouthLowerDown",),
    17: ("mouthShrugLower",),
    18: ("mouthPucker",),
    20: ("mouthStretch",),
    22: ("mouthFunnel",),
    23: ("mouthRollLower", "mouthRollUpper"),
    24: ("mouthPress",),
    25: ("jawOpen", "mouthLowerDown", "mouthUpperUp"),
    26: ("jawOpen",),
    27: ("jawOpen",),
    28: ("mouthRollLower", "mouthRollUpper"),
    43: ("eyeBlink",),
    45: ("eyeBlink",),
}
"""Blend shapes that come nearest to each unit; left and right and several are summed."""

BLIND: Final[Mapping[int, str]] = {6: "cheekSquint", 9: "noseSneer", 14: "mouthDimple"}
"""Units whose counterpart's score hardly moves on any face, rendered or photographed: what it says
of them is no evidence. The same holds for cheekPuff, which is nobody's counterpart here."""

LEVELS: Final = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
_SIDE, _CENTRE, _SCALE = 256, (128.0, 116.0), 150.0
"""A whole scene around the head, so that the detector has to find the face first."""

Reader = Literal["pixels", "mesh"]
Scores = Float64[np.ndarray, " sample"]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One rendered face, by both ways of reading it."""

    intensity: Mapping[int, float]
    """What was asked for, by unit; the stronger side."""
    scores: Mapping[Reader, Float64[np.ndarray, "52"]]


@dataclass(frozen=True, kw_only=True)
class UnitTruth:
    """What the reader sees of one unit. NaN where a score does not move or a class is missing."""

    unit: int
    counterpart: str
    blind: bool
    alone: float
    """Rank correlation of intensity and score within a person, the unit alone; mean over people."""
    alone_mesh: float
    """The same, read from the mesh's landmarks."""
    rise: float
    """Of the score read from pixels, from 0 to 5; mean over people."""
    mixed: float
    """Rank correlation over pictures in which many units act."""
    mixed_mesh: float
    auc: float
    """Of presence (an intensity of 1 or more) in those pictures."""
    auc_mesh: float
    positives: int


@dataclass(frozen=True, kw_only=True)
class TruthBench:
    """What `measure` found."""

    units: tuple[UnitTruth, ...]
    alone_found: int
    """Faces found among `alone_made`."""
    alone_made: int
    mixed_found: int
    mixed_made: int


def measure(
    *,
    seed: int = 0,
    people: int = 8,
    pictures: int = 700,
    hardness: float = 0.3,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> TruthBench:
    """Render, read and correlate.

    Args:
        seed: of people and pictures.
        people: who show each unit alone at 0 to 5, straight on, in easy light.
        pictures: of `lab.units`, each of another person.
        hardness: of the conditions of those pictures.
        progress: told pictures read and pictures planned.

    Raises:
        MienError: the asset `face-landmarker` is not fetched, or a number is out of range.
    """
    limits.counts(people=people, pictures=pictures)
    limits.within_one(hardness=hardness)
    total = planned(people=people, pictures=pictures)
    look = _Look(landmarker=Landmarker(), tell=lambda done: progress(done, total))
    alone = _alone(look, seed, people)
    mixed = _mixed(look, seed, pictures, hardness)
    faces = [each for row in alone.values() for each in row]
    return TruthBench(
        units=tuple(_judge(unit, alone, mixed) for unit in LAB_AUS),
        alone_found=sum(each is not None for each in faces),
        alone_made=len(faces),
        mixed_found=len(mixed),
        mixed_made=pictures,
    )


def planned(*, people: int, pictures: int) -> int:
    """How many pictures `measure` makes."""
    return people * (1 + len(LAB_AUS) * (len(LEVELS) - 1)) + pictures


def score(shapes: Float64[np.ndarray, "52"], names: tuple[str, ...]) -> float:
    """Sum of blend shapes, each by its name or by that of its left and right halves."""
    wanted = {each + side for each in names for side in ("", "Left", "Right")}
    return float(sum(value for name, value in zip(NAMES, shapes, strict=True) if name in wanted))


def rank_correlation(first: Scores, second: Scores) -> float:
    """Spearman's rho; NaN if either side is constant or holds fewer than three values."""
    if len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(np.corrcoef(average_ranks(first), average_ranks(second))[0, 1])


class _Look:
    """Renders faces and reads them by both ways, and says how many it has read."""

    def __init__(self, *, landmarker: Landmarker, tell: Callable[[int], None]) -> None:
        self._landmarker, self._tell, self._done = landmarker, tell, 0

    def __call__(
        self, person: Person, face: FaceState, world: World, seed: int
    ) -> dict[Reader, Float64[np.ndarray, "52"]] | None:
        """Blend shapes by both ways; None if no face is found."""
        shown = render_scene(
            person, face, world, width=_SIDE, height=_SIDE, centre=_CENTRE, scale=_SCALE, seed=seed
        )
        faces = self._landmarker.detect(shown.image, max_faces=1)
        self._done += 1
        self._tell(self._done)
        if not faces:
            return None
        ways: dict[Reader, Float32[np.ndarray, "478 _"]] = {
            "pixels": faces[0].landmarks,
            "mesh": shown.landmarks,
        }
        read = self._landmarker.blendshapes
        return {way: read(points).astype(np.float64) for way, points in ways.items()}


_Alone = dict[tuple[int, int], list[Seen | None]]
"""By unit and number of the person: a face, None where it was not found, for each of `LEVELS`."""


def _alone(look: _Look, seed: int, people: int) -> _Alone:
    seen: _Alone = {}
    for number, (person, world) in enumerate(sitters(seed=seed, people=people)):
        still = look(person, FaceState(), world, number)
        for unit in LAB_AUS:
            shapes = [still]
            shapes += [look(person, settled({unit: n}), world, number) for n in LEVELS[1:]]
            seen[unit, number] = [
                Seen(intensity={unit: level}, scores=each) if each else None
                for level, each in zip(LEVELS, shapes, strict=True)
            ]
    return seen


def _mixed(look: _Look, seed: int, pictures: int, hardness: float) -> list[Seen]:
    scenario = Units(people=pictures, pictures=1, hardness=hardness)
    seen = []
    for clip in scenario.clips(seed):
        shot = scenario.frame(clip, 0)
        shapes = look(shot.person, shot.face, shot.world, shot.seed)
        if shapes:
            intensity = {unit: float(shot.labels[intensity_column(unit)]) for unit in LAB_AUS}
            seen.append(Seen(intensity=intensity, scores=shapes))
    return seen


def _judge(unit: int, alone: _Alone, mixed: list[Seen]) -> UnitTruth:
    names = COUNTERPARTS[unit]
    rows = [[each for each in row if each] for (of, _), row in alone.items() if of == unit]
    ranks = {way: [_ranks(unit, row, way) for row in rows] for way in ("pixels", "mesh")}
    areas = {way: _area(unit, mixed, way) for way in ("pixels", "mesh")}
    return UnitTruth(
        unit=unit,
        counterpart=" + ".join(names),
        blind=unit in BLIND,
        alone=_mean(ranks["pixels"]),
        alone_mesh=_mean(ranks["mesh"]),
        rise=_mean([_rise(unit, row) for row in rows]),
        mixed=_ranks(unit, mixed, "pixels"),
        mixed_mesh=_ranks(unit, mixed, "mesh"),
        auc=areas["pixels"],
        auc_mesh=areas["mesh"],
        positives=sum(occurrence(each.intensity[unit]) == 1.0 for each in mixed),
    )


def _ranks(unit: int, seen: list[Seen], way: Reader) -> float:
    intensity = np.array([each.intensity[unit] for each in seen], np.float64)
    return rank_correlation(intensity, _scores(unit, seen, way))


def _rise(unit: int, seen: list[Seen]) -> float:
    at = {each.intensity[unit]: score(each.scores["pixels"], COUNTERPARTS[unit]) for each in seen}
    return at.get(LEVELS[-1], float("nan")) - at.get(LEVELS[0], float("nan"))


def _area(unit: int, seen: list[Seen], way: Reader) -> float:
    truth = np.array([occurrence(each.intensity[unit]) for each in seen], np.float64)
    return float(auc(_scores(unit, seen, way)[:, None], truth[:, None]).values[0])


def _scores(unit: int, seen: list[Seen], way: Reader) -> Scores:
    return np.array([score(each.scores[way], COUNTERPARTS[unit]) for each in seen], np.float64)


def _mean(values: list[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")
