"""Faces in the wild: photographs of many people, an expression each, hard conditions."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from mien.facs import EXPRESSIONS_8, LAB_AUS
from mien.lab import limits
from mien.lab.acting.elicit import EMOTIONS, EXPRESSION_OF, MIDLINE, Bout, bout
from mien.lab.acting.eyes import closures, gaze
from mien.lab.acting.manner import Manner, idle
from mien.lab.acting.motion import Pulses, drift, join
from mien.lab.acting.performance import Performance
from mien.lab.acting.speech import syllables
from mien.lab.chance.streams import stream
from mien.lab.conditions.world import World
from mien.lab.conditions.worlds import sample_world
from mien.lab.scenario import Clip, Scenario

STRANGERS: Final = tuple(unit for unit in LAB_AUS if unit not in {43, 45})
"""Units that may turn up where no expression asks for them."""


@dataclass(frozen=True, kw_only=True)
class Wild(Scenario):
    """Photographs of many people near the apex of an expression, hardly there to full-blown."""

    hardness: float = 0.85
    people: int = 2000
    pictures: int = 1
    """Of each person, each in a place of its own."""
    shares: tuple[float, ...] = (0.1, 0.28, 0.12, 0.12, 0.11, 0.1, 0.11, 0.06)
    """Shares of `facs.EXPRESSIONS_8`; made to sum to 1."""
    strength: tuple[float, float] = (0.3, 1.0)
    """Range of the strength felt; uniform. What hardly shows is labelled neutral."""
    odd: float = 0.2
    """Share of the expressions joined by one or two units that do not belong to them."""
    closures: float = 2.0
    """Held closures of the eyes a minute: one picture in twenty has shut eyes."""
    talking: float = 0.2
    """Share of pictures taken in mid-speech."""
    fidget: float = 0.25
    """Multiplies the rate of movements that mean nothing."""

    def __post_init__(self) -> None:
        super().__post_init__()
        limits.counts(people=self.people, pictures=self.pictures)
        limits.shares(self.shares, of=EXPRESSIONS_8)
        limits.spans(strength=self.strength)
        limits.within_one(talking=self.talking, odd=self.odd)
        limits.not_negative(fidget=self.fidget, closures=self.closures)

    @property
    def name(self) -> str:
        """One word; part of every random stream."""
        return "wild"

    def clips(self, seed: int) -> list[Clip]:
        """One clip of one frame for each picture, person by person."""
        bounds = np.cumsum(self.shares) / np.sum(self.shares)
        plan = []
        for number in range(self.people * self.pictures):
            person, picture = divmod(number, self.pictures)
            generator = stream(seed, self.name, "plan", number)
            kind = int(np.searchsorted(bounds, generator.uniform(), side="right"))
            expression = EXPRESSIONS_8[min(kind, len(EXPRESSIONS_8) - 1)]
            subject = f"wild{seed}-p{person:06d}"
            plan.append(
                Clip(
                    seed=seed,
                    number=number,
                    subject=subject,
                    person=person,
                    name=f"{subject}-{picture:02d}",
                    frames=1,
                    fps=1.0,
                    seconds=1.0,
                    emotion=_state(expression, generator),
                )
            )
        return plan

    def perform(self, clip: Clip, manner: Manner) -> Performance:
        """One bout, running so that the picture falls in its apex; shut eyes count as held."""
        generator = stream(clip.seed, self.name, "performance", clip.number)
        speech = np.zeros((0, 2))
        if generator.uniform() < self.talking:
            speech = np.array([[0.0, 2.0]])
        pulses = join(
            syllables(generator, speech, voice=manner.voice),
            idle(generator, manner, duration=2.0, speech=speech, amount=self.fidget),
            closures(generator, duration=2.0, rate=self.closures),
            self._strangers(clip, generator),
        )
        pitch, roll = (float(angle) for angle in generator.normal(size=2) * (10.0, 8.0))
        yaw = float(np.clip(generator.normal(0.0, 20.0), -45.0, 45.0))
        return Performance(
            bouts=self._bouts(clip, manner, generator),
            pulses=_from_start(pulses),
            gaze=gaze(generator, duration=1.0, centre=(-0.35 * yaw, -0.3 * pitch), aversion=0.35),
            head=drift(generator, centre=(yaw, pitch, roll), bound=(0.0, 0.0, 0.0)),
        )

    def conditions(self, clip: Clip) -> World:
        """Drawn for each picture."""
        return sample_world(
            stream(clip.seed, self.name, "world", clip.number),
            hardness=self.hardness,
            pool=self.pool,
        )

    def _strangers(self, clip: Clip, generator: np.random.Generator) -> Pulses:
        """One or two units of any strength that the expression does not call for."""
        if clip.emotion == "neutral" or generator.uniform() >= self.odd:
            return Pulses.none()
        rows: list[tuple[int, float, float, float, float, float, float]] = []
        for _ in range(1 + int(generator.uniform() < 0.5)):
            row = int(generator.choice([LAB_AUS.index(unit) for unit in STRANGERS]))
            left = right = float(generator.uniform(1.0, 5.0))
            if LAB_AUS[row] not in MIDLINE and generator.uniform() < 0.3:
                left, right = (
                    (left, 0.15 * right) if generator.uniform() < 0.5 else (0.15 * left, right)
                )
            rows.append((row, 0.0, 0.1, 3.0, 0.1, left, right))
        return Pulses.rows(rows)

    def _bouts(
        self, clip: Clip, manner: Manner, generator: np.random.Generator
    ) -> tuple[Bout, ...]:
        if clip.emotion == "neutral":
            return ()
        each = bout(
            generator,
            manner.temperament,
            clip.emotion,
            start=0.0,
            felt=float(generator.uniform(*self.strength)),
            display_rules=False,
        )
        # Moved so that the only frame, at time 0, is somewhere in the apex.
        shift = -each.rise - each.hold * float(generator.uniform(0.1, 0.6))
        moved = replace(each.pulses, start=each.pulses.start + shift)
        return (replace(each, start=shift, pulses=moved),)


def _state(expression: str, generator: np.random.Generator) -> str:
    states = [state for state in EMOTIONS if EXPRESSION_OF.get(state) == expression]
    return states[int(generator.integers(len(states)))] if states else "neutral"


def _from_start(pulses: Pulses) -> Pulses:
    """So that the frame at time 0 sees what would be seen a second into the clip."""
    return replace(pulses, start=pulses.start - 1.0)
