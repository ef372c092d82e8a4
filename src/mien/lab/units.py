"""Photographs of action units drawn broadly: alone, in usual company, and as faces never show them.

A net that only ever sees prototypes of emotions learns the prototype: teeth mean joy, a lowered
brow means a tight mouth. Here brows, eyes, middle of the face and mouth are drawn apart, so that
each region has to be read by itself. A share of the pictures shows nothing, and another share a
prototype all the same.
"""

from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from mien.facs import LAB_AUS
from mien.lab import limits
from mien.lab.acting.elicit import EMOTIONS, MIDLINE, elicited, one_sided
from mien.lab.acting.eyes import gaze
from mien.lab.acting.manner import Manner
from mien.lab.acting.motion import Pulses, drift
from mien.lab.acting.performance import Performance, States
from mien.lab.chance.streams import stream
from mien.lab.conditions.world import World
from mien.lab.conditions.worlds import sample_world
from mien.lab.scenario import Clip, Scenario

Amount = tuple[float, float]
"""Lowest and highest intensity of a unit, 0-5."""


class Choice(NamedTuple):
    """One thing a region of the face may do."""

    share: float
    """How often, relative to the region's other choices."""
    units: dict[int, Amount]
    """What acts; a lowest intensity of 0 leaves a unit out at times."""


BROWS: Final = (
    Choice(0.46, {}),
    Choice(0.09, {1: (1.0, 5.0)}),
    Choice(0.07, {2: (1.0, 5.0)}),
    Choice(0.14, {1: (1.0, 5.0), 2: (1.0, 5.0)}),
    Choice(0.15, {4: (1.0, 5.0)}),
    Choice(0.05, {1: (1.0, 4.5), 4: (1.0, 4.5)}),
    Choice(0.04, {1: (1.0, 4.5), 2: (1.0, 4.5), 4: (1.0, 4.5)}),
)
LIDS: Final = (
    Choice(0.52, {}),
    Choice(0.08, {5: (1.0, 5.0)}),
    Choice(0.11, {7: (1.0, 5.0)}),
    Choice(0.06, {6: (1.0, 5.0)}),
    Choice(0.05, {6: (1.0, 5.0), 7: (1.0, 4.0)}),
    Choice(0.15, {43: (4.2, 5.0), 7: (0.0, 2.5)}),
    Choice(0.03, {43: (1.0, 4.2)}),
)
NOSE: Final = (Choice(0.93, {}), Choice(0.07, {9: (1.0, 5.0)}))
MOUTH: Final = (
    Choice(0.17, {}),
    Choice(0.09, {12: (1.0, 5.0), 6: (0.0, 3.5)}),
    Choice(0.08, {12: (1.5, 5.0), 25: (1.0, 3.5), 6: (0.0, 4.0), 10: (0.0, 2.0)}),
    Choice(0.06, {12: (1.5, 5.0), 25: (1.5, 4.0), 26: (1.0, 4.0), 6: (0.0, 4.0)}),
    Choice(0.09, {25: (1.0, 3.5)}),
    Choice(0.08, {25: (1.0, 3.5), 26: (1.0, 4.5)}),
    Choice(0.03, {25: (2.0, 4.0), 27: (1.5, 5.0)}),
    Choice(0.03, {10: (1.0, 4.5)}),
    Choice(0.04, {10: (1.0, 4.5), 25: (1.0, 3.5), 16: (0.0, 3.0)}),
    Choice(0.03, {16: (1.0, 4.5), 25: (1.0, 3.0)}),
    Choice(0.05, {14: (1.0, 5.0)}),
    Choice(0.03, {14: (1.0, 4.0), 12: (1.0, 3.5)}),
    Choice(0.05, {15: (1.0, 5.0), 17: (0.0, 3.0)}),
    Choice(0.04, {17: (1.0, 5.0), 24: (0.0, 3.0)}),
    Choice(0.03, {24: (1.0, 5.0), 14: (0.0, 2.5)}),
    Choice(0.03, {23: (1.0, 5.0)}),
    Choice(0.03, {28: (1.5, 5.0)}),
    Choice(0.04, {18: (1.0, 5.0), 25: (0.0, 2.0)}),
    Choice(0.03, {22: (1.0, 5.0), 25: (0.0, 3.0)}),
    Choice(0.04, {20: (1.0, 5.0), 25: (0.0, 3.0)}),
)
REGIONS: Final = (BROWS, LIDS, NOSE, MOUTH)
"""What each region may do; the shares are ours. Regions are drawn independently."""


@dataclass(frozen=True, kw_only=True)
class Units(Scenario):
    """Some photographs each of many people, with units drawn region by region."""

    hardness: float = 0.7
    people: int = 2000
    pictures: int = 3
    """Of each person, under different conditions."""
    still: float = 0.12
    """Share of pictures in which nothing acts."""
    prototypes: float = 0.2
    """Share of pictures near the apex of a state of `elicit.EMOTIONS`."""
    stray: float = 0.12
    """Chance of one more unit, of any region, that has no reason to be there."""
    turn: float = 14.0
    """Standard deviation of the head's yaw, degrees; of pitch and roll 0.6 and 0.5 of it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        limits.counts(people=self.people, pictures=self.pictures)
        limits.within_one(still=self.still, prototypes=self.prototypes, stray=self.stray)
        limits.within_one(still_and_prototypes=self.still + self.prototypes)
        limits.not_negative(turn=self.turn)

    @property
    def name(self) -> str:
        """One word; part of every random stream."""
        return "units"

    def clips(self, seed: int) -> list[Clip]:
        """A clip of one frame for each picture, person by person."""
        plan = []
        for number in range(self.people * self.pictures):
            person, picture = divmod(number, self.pictures)
            generator = stream(seed, self.name, "plan", number)
            subject = f"units{seed}-p{person:06d}"
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
                    emotion=self._kind(generator),
                )
            )
        return plan

    def perform(self, clip: Clip, manner: Manner) -> Performance:
        """Everything held still around the only frame."""
        generator = stream(clip.seed, self.name, "performance", clip.number)
        if clip.emotion == "neutral":
            peaks: dict[int, float] = {}
        elif clip.emotion:
            felt = float(generator.uniform(0.5, 1.0))
            peaks = dict(
                elicited(
                    generator,
                    manner.temperament,
                    clip.emotion,
                    felt=felt,
                    display_rules=False,
                )
            )
        else:
            peaks = self._drawn(generator)
        yaw, pitch, roll = (
            float(angle) for angle in generator.normal(size=3) * self.turn * (1.0, 0.6, 0.5)
        )
        head = (float(np.clip(yaw, -45.0, 45.0)), pitch, roll)
        return Performance(
            bouts=(),
            pulses=_held(peaks, manner, generator),
            gaze=gaze(generator, duration=1.0, centre=(-0.35 * yaw, -0.3 * pitch), aversion=0.4),
            head=drift(generator, centre=head, bound=(0.0, 0.0, 0.0)),
        )

    def conditions(self, clip: Clip) -> World:
        """Drawn for each picture."""
        return sample_world(
            stream(clip.seed, self.name, "world", clip.number),
            hardness=self.hardness,
            pool=self.pool,
        )

    def states(self, clip: Clip) -> States:
        """Units, gaze and head; what is felt is unknown."""
        found = super().states(clip)
        return replace(found, affect=np.full_like(found.affect, np.nan))

    def expressions(self, states: States) -> list[str]:
        """Neutral where no unit reaches 1; unknown elsewhere: units here are not an expression."""
        acting = states.intensity.max(axis=(1, 2)) >= 1.0
        return ["" if acts else "neutral" for acts in acting.tolist()]

    def _kind(self, generator: np.random.Generator) -> str:
        draw = float(generator.uniform())
        if draw < self.still:
            return "neutral"
        if draw < self.still + self.prototypes:
            return EMOTIONS[int(generator.integers(len(EMOTIONS)))]
        return ""

    def _drawn(self, generator: np.random.Generator) -> dict[int, float]:
        peaks: dict[int, float] = {}
        for region in REGIONS:
            for unit, (low, high) in _choose(region, generator).units.items():
                value = float(generator.uniform(low, high))
                peaks[unit] = max(peaks.get(unit, 0.0), value)
        if generator.uniform() < self.stray:
            unit = int(generator.choice([each for each in LAB_AUS if each not in {43, 45}]))
            peaks[unit] = max(peaks.get(unit, 0.0), float(generator.uniform(1.0, 4.0)))
        return peaks


def _choose(region: tuple[Choice, ...], generator: np.random.Generator) -> Choice:
    bounds = np.cumsum([choice.share for choice in region])
    place = int(np.searchsorted(bounds, generator.uniform() * bounds[-1], side="right"))
    return region[min(place, len(region) - 1)]


def _held(peaks: dict[int, float], manner: Manner, generator: np.random.Generator) -> Pulses:
    """Pulses at their peak throughout; one in ten of the paired units acts on one side only."""
    table: list[tuple[int, float, float, float, float, float, float]] = []
    for unit, peak in peaks.items():
        row = LAB_AUS.index(unit)
        left, right = one_sided(peak, float(manner.temperament.lean[row]))
        if unit not in MIDLINE and generator.uniform() < 0.1:
            left, right = (
                (left, 0.15 * right) if generator.uniform() < 0.5 else (0.15 * left, right)
            )
        table.append((row, -2.0, 0.1, 10.0, 0.1, left, right))
    return Pulses.rows(table)
