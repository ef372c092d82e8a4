"""Interviews: some subjects, each through the same activities, each in their own room."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np

from mien.errors import MienError
from mien.facs import ACTIVITIES
from mien.lab import limits
from mien.lab.acting.manner import Manner
from mien.lab.acting.performance import Performance
from mien.lab.acting.script import Script, perform
from mien.lab.chance.streams import stream
from mien.lab.conditions.world import Light, World
from mien.lab.conditions.worlds import sample_world
from mien.lab.scenario import Clip, Scenario

TALK: Final[Mapping[str, float]] = MappingProxyType(
    {
        "amusement": 0.35,
        "happiness": 0.3,
        "sadness": 0.35,
        "embarrassment": 0.45,
        "anger": 0.3,
        "scepticism": 0.3,
    }
)
"""Share of time spent talking, by the emotion aimed at; 0.18 for those not named. Our choice."""


@dataclass(frozen=True, kw_only=True)
class Interview(Scenario):
    """S subjects × the activities of a corpus, each of which elicits its emotion now and then.

    Identity, room, light and camera go with the subject and hardly vary between their clips:
    they are the strongest thing in the pictures, and say nothing about the face.
    """

    hardness: float = 0.45
    damage: float = 0.2
    """As `hardness`, for blur, noise, resolution and compression alone."""
    subjects: int = 24
    activities: str = "bp4d"
    """Key of `facs.ACTIVITIES`."""
    frames: int = 32
    """Frames kept of each clip."""
    seconds: float = 24.0
    """Length of each clip."""
    fps: float = 25.0
    elicitation: float = 0.7
    """Probability that a bout is of the activity's emotion, for the average subject."""
    smiling: float = 0.25
    """Probability that it is a sociable smile; the rest is any emotion."""
    calm: float = 0.14
    """Share of time, about, without a bout of anything; more means more neutral frames."""
    strength: float = 0.85
    """Mean strength felt at the apex of a bout, 0 to 1."""
    speech: float = 1.0
    """Multiplies the share of talking."""
    fidget: float = 1.0
    """Multiplies the rate of movements that mean nothing."""
    posture: float = 2.0
    """How differently people sit and look in different activities, degrees: a cue to the activity
    that is not in the face."""
    change: float = 1.0
    """Multiplies the small changes of light and camera between a subject's clips."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.activities not in ACTIVITIES:
            raise MienError(
                f"there are no activities named {self.activities!r}",
                remedy=f"choose one of {', '.join(ACTIVITIES)}",
            )
        limits.counts(subjects=self.subjects, frames=self.frames)
        limits.positive(seconds=self.seconds, fps=self.fps)
        limits.within_one(
            damage=self.damage,
            elicitation=self.elicitation,
            smiling=self.smiling,
            calm=self.calm,
            strength=self.strength,
        )
        limits.not_negative(
            speech=self.speech, fidget=self.fidget, posture=self.posture, change=self.change
        )

    @property
    def name(self) -> str:
        """One word; part of every random stream."""
        return "interview"

    def clips(self, seed: int) -> list[Clip]:
        """Subject by subject, activity by activity."""
        plan: list[Clip] = []
        for person in range(self.subjects):
            subject = f"interview{seed}-s{person:03d}"
            for activity in ACTIVITIES[self.activities]:
                plan.append(
                    Clip(
                        seed=seed,
                        number=len(plan),
                        subject=subject,
                        person=person,
                        name=f"{subject}-{activity.code}",
                        frames=self.frames,
                        fps=self.fps,
                        seconds=self.seconds,
                        activity=activity.code,
                        emotion=activity.state,
                    )
                )
        return plan

    def perform(self, clip: Clip, manner: Manner) -> Performance:
        """The activity's emotion, sociable smiles, others, speech and idle movements."""
        generator = stream(clip.seed, self.name, "performance", clip.number)
        habitual = stream(0, "activity", clip.activity).normal(size=5) * self.posture
        yaw, pitch, roll = (float(angle) for angle in habitual[:3] * (1.0, 1.0, 0.4))
        answer = self.elicitation + 0.18 * self.variety * float(generator.normal())
        script = Script(
            duration=clip.seconds,
            target=clip.emotion,
            elicitation=float(np.clip(answer, 0.05, 0.95)) if self.elicitation > 0 else 0.0,
            smiling=self.smiling,
            calm=self.calm,
            strength=self.strength,
            speech=min(self.speech * TALK.get(clip.emotion, 0.18), 1.0),
            fidget=self.fidget,
            gaze=(float(habitual[3]), float(habitual[4])),
            head=(yaw, pitch, roll),
        )
        return perform(generator, manner, script)

    def conditions(self, clip: Clip) -> World:
        """The subject's room; light and camera change a little from clip to clip."""
        subject = (clip.seed, self.name, "room", clip.person)
        room = sample_world(stream(*subject), hardness=self.hardness, pool=self.pool)
        # Nobody holds a hand before their face for a whole interview.
        recorded = replace(
            sample_world(
                stream(*subject, "damage"), hardness=self.damage, pool=self.pool
            ).degradation,
            occluder="none",
            motion=0.0,
        )
        generator = stream(clip.seed, self.name, "clip", clip.number)
        lights = tuple(_nudge(light, generator, self.change) for light in room.lights)
        exposure = room.camera.exposure + 0.1 * self.change * float(generator.normal())
        camera = replace(room.camera, exposure=exposure)
        return replace(room, lights=lights, camera=camera, degradation=recorded)


def _nudge(light: Light, generator: np.random.Generator, amount: float) -> Light:
    yaw, pitch, level = amount * generator.normal(size=3) * (6.0, 4.0, 0.08)
    return replace(
        light,
        yaw=light.yaw + float(yaw),
        pitch=light.pitch + float(pitch),
        intensity=light.intensity * float(np.exp(level)),
    )
