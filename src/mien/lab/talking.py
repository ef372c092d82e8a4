"""Talking heads: clips of many people in conversation, with nothing asked of them."""

from dataclasses import dataclass

from mien.lab import limits
from mien.lab.acting.manner import Manner
from mien.lab.acting.performance import Performance
from mien.lab.acting.script import Script, perform
from mien.lab.chance.streams import stream
from mien.lab.conditions.world import World
from mien.lab.conditions.worlds import sample_world
from mien.lab.scenario import Clip, Scenario


@dataclass(frozen=True, kw_only=True)
class Talking(Scenario):
    """Clips without an activity: speech, sociable smiles, and bouts of any emotion.

    The corpus to pre-train on without labels. The truth is kept beside it all the same, to
    measure with; `labelled=False` leaves it out.
    """

    hardness: float = 0.6
    people: int = 200
    clips_each: int = 2
    """Clips of each person, each in a world of its own."""
    frames: int = 16
    """Frames kept of each clip."""
    seconds: float = 8.0
    fps: float = 25.0
    speech: float = 0.65
    """Share of time spent talking."""
    smiling: float = 0.4
    """Probability that a bout is a sociable smile; the rest is any emotion."""
    calm: float = 0.35
    """Share of time, about, without a bout of anything; more means more neutral frames."""
    strength: float = 0.8
    """Mean strength felt at the apex of a bout, 0 to 1."""

    def __post_init__(self) -> None:
        super().__post_init__()
        limits.counts(people=self.people, clips_each=self.clips_each, frames=self.frames)
        limits.positive(seconds=self.seconds, fps=self.fps)
        limits.within_one(
            speech=self.speech, smiling=self.smiling, calm=self.calm, strength=self.strength
        )

    @property
    def name(self) -> str:
        """One word; part of every random stream."""
        return "talking"

    def clips(self, seed: int) -> list[Clip]:
        """Person by person."""
        return [
            Clip(
                seed=seed,
                number=person * self.clips_each + take,
                subject=f"talking{seed}-p{person:05d}",
                person=person,
                name=f"talking{seed}-p{person:05d}-{take}",
                frames=self.frames,
                fps=self.fps,
                seconds=self.seconds,
            )
            for person in range(self.people)
            for take in range(self.clips_each)
        ]

    def perform(self, clip: Clip, manner: Manner) -> Performance:
        """Conversation."""
        generator = stream(clip.seed, self.name, "performance", clip.number)
        yaw, pitch, roll = (float(angle) for angle in generator.normal(size=3) * (10.0, 5.0, 4.0))
        script = Script(
            duration=clip.seconds,
            smiling=self.smiling,
            calm=self.calm,
            strength=self.strength,
            speech=self.speech,
            gaze=(-0.3 * yaw, -0.3 * pitch),
            head=(yaw, pitch, roll),
        )
        return perform(generator, manner, script)

    def conditions(self, clip: Clip) -> World:
        """Drawn for each clip: a person is seen in different places."""
        return sample_world(
            stream(clip.seed, self.name, "world", clip.number),
            hardness=self.hardness,
            pool=self.pool,
        )
