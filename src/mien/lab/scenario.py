"""A scenario: whom to film, doing what, under which conditions; and the truth about each frame."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float64, Int64

from mien.faces.template import jitter
from mien.facs import LAB_AUS, SIDES, au_column, intensity_column, occurrence, sided_column
from mien.lab import limits
from mien.lab.acting.elicit import EMOTIONS, EXPRESSION_OF
from mien.lab.acting.manner import Manner, sample_manner
from mien.lab.acting.performance import Performance, States, read, with_resting
from mien.lab.chance import pools
from mien.lab.chance.pools import Pool
from mien.lab.chance.streams import number, stream
from mien.lab.conditions.world import Framing, World
from mien.lab.expression import FaceState
from mien.lab.people.draw import sample_person
from mien.lab.people.person import Person
from mien.lab.render import Rendered

LICENCE = "CC0-1.0"
"""Licence column of rendered frames: the head's data are CC0, and so is what is made of them."""
CONSENT = "synthetic"
"""Consent column of rendered frames: nobody was filmed."""


@dataclass(frozen=True, kw_only=True)
class Clip:
    """One take of the plan: cheap to make, hashable, and all that a worker needs to know."""

    seed: int
    """Of the corpus."""
    number: int
    """Place in the plan, from 0."""
    subject: str
    person: int
    """Number of the person, from 0; the same number is the same person in one (scenario, seed)."""
    name: str
    """Value of the `clip` column."""
    frames: int
    """How many frames are kept of it."""
    fps: float
    """Rate of the video that the frames are taken from."""
    seconds: float
    """Its length."""
    activity: str = ""
    """Code of the activity, "" for none."""
    emotion: str = ""
    """State that the clip aims at (one of `elicit.EMOTIONS`, or "neutral"), "" for none."""

    def positions(self) -> Int64[np.ndarray, " frame"]:
        """Numbers, from 0, of the kept frames in the video: evenly spread."""
        total = max(round(self.seconds * self.fps), self.frames)
        return ((np.arange(self.frames) + 0.5) * total / self.frames).astype(np.int64)

    def times(self) -> Float64[np.ndarray, " frame"]:
        """Seconds from the start of the video to each kept frame."""
        return self.positions() / self.fps


@dataclass(frozen=True, kw_only=True, eq=False)
class Shot:
    """One frame before it is rendered, and its labels by column of `mien.data.schema`."""

    person: Person
    face: FaceState
    """What is rendered: the labelled action on top of the person's resting face."""
    world: World
    labels: Mapping[str, Any]
    seed: int
    """For the renderer: noise and the like."""

    def __repr__(self) -> str:
        return f"Shot({self.labels['sample_id']}, {len(self.labels)} labels)"

    def record(self, rendered: Rendered) -> dict[str, Any]:
        """The labels, with the landmarks and the pose that only the renderer knows."""
        yaw, pitch, roll = rendered.pose
        landmarks = rendered.landmarks.reshape(-1).astype(np.float32)
        return {**self.labels, "yaw": yaw, "pitch": pitch, "roll": roll, "landmarks": landmarks}


@dataclass(frozen=True, kw_only=True)
class Scenario(ABC):
    """A plan of clips; every frame is a pure function of (scenario, seed, clip, index).

    Raises:
        MienError: a field is out of its range.
    """

    hardness: float = 0.5
    """Of the conditions, 0 (studio) to 1: see `worlds.sample_world`."""
    variety: float = 1.0
    """Spread between people's ways of showing emotions; 0 makes them all alike."""
    resting: float = 1.0
    """Multiplies resting faces (mouths that turn down, brows that sit low); 0 turns them off."""
    threshold: float = 0.25
    """Share of a prototype that must show for a frame to get the expression's name; a frame below
    it is neutral."""
    framing: float = 1.0
    """Multiplies the jitter of the crop; 1 is the real detector's error (`faces.jitter`)."""
    pool: Pool = "train"
    """Whose people, lights and cameras: the two pools share none (see `pools`)."""
    labelled: bool = True
    """Whether units, expression and affect are written down; else they are unknown."""

    def __post_init__(self) -> None:
        limits.within_one(hardness=self.hardness, threshold=self.threshold)
        limits.not_negative(variety=self.variety, resting=self.resting, framing=self.framing)
        pools.known(self.pool)

    @property
    @abstractmethod
    def name(self) -> str:
        """One word; part of every random stream, so that scenarios share no people."""

    @abstractmethod
    def clips(self, seed: int) -> list[Clip]:
        """The plan, in order. Cheap: nothing is performed or rendered."""

    @abstractmethod
    def perform(self, clip: Clip, manner: Manner) -> Performance:
        """What happens in a clip."""

    @abstractmethod
    def conditions(self, clip: Clip) -> World:
        """World of a clip; head pose and framing are replaced frame by frame."""

    def person(self, clip: Clip) -> Person:
        """Who is filmed."""
        return _person(self.name, clip.seed, clip.person, self.pool)

    def manner(self, clip: Clip) -> Manner:
        """Their ways."""
        return _manner(self.name, clip.seed, clip.person, self.variety, self.resting)

    def states(self, clip: Clip) -> States:
        """What the face does in each kept frame of a clip."""
        return _states(self, clip)

    def expressions(self, states: States) -> list[str]:
        """Expression label of each state.

        The class of the strongest state if enough of it shows, "neutral" if not, and ""
        (unknown) where pain, embarrassment or scepticism shows: they have no class.
        """
        return [
            EXPRESSION_OF.get(EMOTIONS[emotion], "") if shown >= self.threshold else "neutral"
            for emotion, shown in zip(states.emotion.tolist(), states.shown.tolist(), strict=True)
        ]

    def frame(self, clip: Clip, index: int) -> Shot:
        """Everything the renderer needs for one frame, and its labels.

        Args:
            clip: one of `clips(seed)`.
            index: which kept frame, from 0.

        Raises:
            IndexError: the clip keeps no such frame.
        """
        index = range(clip.frames)[index]
        states = self.states(clip)
        generator = stream(clip.seed, self.name, "frame", clip.number, index)
        world = self._frame_world(_conditions(self, clip), states, index, generator)
        return Shot(
            person=self.person(clip),
            face=self._face(clip, states, index),
            world=world,
            labels=self._labels(clip, states, index, world),
            seed=number(clip.seed, self.name, "pixels", clip.number, index),
        )

    def _frame_world(
        self, world: World, states: States, index: int, generator: np.random.Generator
    ) -> World:
        yaw, pitch, roll = (float(angle) for angle in states.head[index])
        moved = jitter(generator, strength=self.framing)
        framing = Framing(
            dx=moved.dx, dy=moved.dy, log_scale=moved.log_scale, degrees=moved.degrees
        )
        return replace(world, yaw=yaw, pitch=pitch, roll=roll, framing=framing)

    def _face(self, clip: Clip, states: States, index: int) -> FaceState:
        resting = self.manner(clip).temperament.resting
        shown = with_resting(states.intensity[index], resting)
        yaw, pitch = (float(angle) for angle in states.gaze[index])
        return FaceState(intensity=shown.astype(np.float32), gaze=(yaw, pitch))

    def _labels(self, clip: Clip, states: States, index: int, world: World) -> dict[str, Any]:
        position = int(clip.positions()[index])
        labels: dict[str, Any] = {
            "sample_id": f"{clip.name}-{position:06d}",
            "subject": clip.subject,
            "clip": clip.name,
            "activity": clip.activity or None,
            "frame": position,
            "pts_ms": 1000.0 * position / clip.fps,
            "licence": LICENCE,
            "consent": CONSENT,
            "source": f"mien.lab:{self.name}",
            "gaze_yaw": float(states.gaze[index, 0]),
            "gaze_pitch": float(states.gaze[index, 1]),
            "light_yaw": world.light_yaw,
            "light_pitch": world.light_pitch,
            "light_ratio": world.light_ratio,
            **attributes(self.person(clip)),
        }
        if self.labelled:
            labels |= unit_labels(states.intensity[index])
            labels["expression"] = self.expressions(states)[index] or None
            labels["valence"], labels["arousal"] = (float(value) for value in states.affect[index])
        return labels


def attributes(person: Person) -> dict[str, float]:
    """What reports by group ask about a person: `mien.data.schema.PERSON_COLUMNS`."""
    return {
        "age": person.age,
        "sex": person.sex,
        "melanin": person.skin.melanin,
        "glasses": float(person.glasses.frame != "none"),
    }


def unit_labels(intensity: Float64[np.ndarray, "unit 2"]) -> dict[str, float]:
    """Columns of the lab's units from intensities per side.

    The unsided intensity is the larger side; occurrence is an intensity of 1 or more.
    """
    labels: dict[str, float] = {}
    for unit, sides in zip(LAB_AUS, intensity.astype(np.float32).tolist(), strict=True):
        labels[intensity_column(unit)] = max(sides)
        labels[au_column(unit)] = occurrence(max(sides))
        for side, value in zip(SIDES, sides, strict=True):
            labels[sided_column(unit, side)] = value
    return labels


@lru_cache(maxsize=64)
def _person(name: str, seed: int, person: int, pool: Pool) -> Person:
    return sample_person(stream(seed, name, "person", person), pool=pool)


@lru_cache(maxsize=64)
def _manner(name: str, seed: int, person: int, variety: float, resting: float) -> Manner:
    return sample_manner(stream(seed, name, "manner", person), variety=variety, resting=resting)


@lru_cache(maxsize=8)
def _states(scenario: Scenario, clip: Clip) -> States:
    return read(scenario.perform(clip, scenario.manner(clip)), clip.times())


@lru_cache(maxsize=8)
def _conditions(scenario: Scenario, clip: Clip) -> World:
    return scenario.conditions(clip)
