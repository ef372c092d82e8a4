"""A person's ways: how they emote, talk, blink, hold their head, and what their face does idly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float64

from mien.facs import LAB_AUS
from mien.lab.acting.elicit import Temperament, one_sided, sample_temperament
from mien.lab.acting.motion import SHORTEST, Pulses
from mien.lab.acting.speech import Voice, sample_voice


class Habit(NamedTuple):
    """A movement that faces make for no reason anyone elicits."""

    rate: float
    """Times a minute, for the average person."""
    hold: float
    """Median length of the apex, seconds."""
    units: Mapping[int, float]
    """Mean intensity of each unit."""
    speech: float = 1.0
    """How many times as often while talking."""


HABITS: Final[tuple[Habit, ...]] = (
    Habit(2.6, 1.4, {1: 2.2, 2: 2.2}, speech=2.5),
    Habit(0.6, 1.0, {2: 1.8}),
    Habit(0.6, 1.4, {1: 1.9, 4: 1.7}, speech=1.5),
    Habit(1.6, 2.0, {4: 1.9}, speech=1.5),
    Habit(0.5, 0.6, {5: 2.0}, speech=2.0),
    Habit(6.2, 4.0, {7: 2.1}),
    Habit(1.2, 3.0, {6: 1.9, 7: 1.7}),
    Habit(4.2, 3.0, {10: 1.9}, speech=1.5),
    Habit(6.5, 2.8, {14: 2.1}),
    Habit(6.5, 4.0, {12: 1.7, 6: 1.2, 10: 1.4}),
    Habit(2.4, 1.8, {15: 1.9}),
    Habit(4.5, 1.8, {17: 2.0}),
    Habit(1.6, 1.6, {15: 1.9, 17: 2.1}),
    Habit(2.0, 1.1, {23: 1.9}),
    Habit(0.2, 0.9, {24: 2.0, 17: 1.4}),
    Habit(0.4, 0.8, {28: 2.2}),
    Habit(0.3, 0.5, {18: 2.0}),
    Habit(0.3, 0.6, {9: 1.8}),
    Habit(0.3, 0.6, {20: 1.8}),
    Habit(0.2, 0.6, {16: 1.8, 25: 1.5}),
    Habit(0.8, 3.0, {25: 1.6}),
    Habit(0.3, 2.0, {25: 1.8, 26: 1.6}),
    Habit(0.15, 1.0, {27: 3.0, 25: 3.0}),
)
"""Idle movements. Rates are ours, set once so that the share of frames with each unit comes near
BP4D's (see `docs/scenarios.md`)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Manner:
    """Everything personal about how someone moves."""

    temperament: Temperament
    voice: Voice
    blink_rate: float
    """Blinks a minute at rest."""
    habit: Float64[np.ndarray, " habit"]
    """Multiplies the rate of each of `HABITS`."""
    head: tuple[float, float, float]
    """Usual yaw, pitch, roll, degrees."""
    restless: float
    """Multiplies the head's wander."""


def sample_manner(
    generator: np.random.Generator, *, variety: float = 1.0, resting: float = 1.0
) -> Manner:
    """Draw a person's ways; arguments as of `sample_temperament`."""
    shape = 1.2
    habit = generator.gamma(shape, 1.0 / shape, len(HABITS))
    yaw, pitch, roll = generator.normal(size=3) * (5.0, 4.0, 2.5)
    return Manner(
        temperament=sample_temperament(generator, variety=variety, resting=resting),
        voice=sample_voice(generator),
        blink_rate=float(np.clip(generator.gamma(4.0, 17.0 / 4.0), 4.0, 45.0)),
        habit=1.0 + min(variety, 1.0) * (habit - 1.0),
        head=(float(yaw), float(pitch), float(roll)),
        restless=float(np.clip(np.exp(generator.normal(0.0, 0.35)), 0.4, 2.0)),
    )


def idle(
    generator: np.random.Generator,
    manner: Manner,
    *,
    duration: float,
    speech: Float64[np.ndarray, "utterance 2"],
    amount: float = 1.0,
) -> Pulses:
    """Draw a clip's unrelated movements: each habit is a Poisson process at the person's rate.

    Args:
        generator: source of randomness.
        manner: whose.
        duration: seconds.
        speech: start and end of each stretch of speech, seconds.
        amount: multiplies all rates.
    """
    rows: list[tuple[int, float, float, float, float, float, float]] = []
    for habit, factor in zip(HABITS, manner.habit, strict=True):
        most = max(habit.speech, 1.0)
        rate = amount * float(factor) * habit.rate * most / 60.0
        for _ in range(int(generator.poisson(rate * (duration + 4.0)))):
            start = float(generator.uniform(-4.0, duration))
            talking = bool(np.any((speech[:, 0] <= start) & (start < speech[:, 1])))
            if generator.uniform() < (habit.speech if talking else 1.0) / most:
                rows += _once(generator, manner, habit, start)
    return Pulses.rows(rows)


def _once(
    generator: np.random.Generator, manner: Manner, habit: Habit, start: float
) -> list[tuple[int, float, float, float, float, float, float]]:
    hold = float(np.clip(habit.hold * np.exp(generator.normal(0.0, 0.6)), SHORTEST, 8.0))
    rise, fall = (float(max(SHORTEST, np.exp(generator.normal(-1.1, 0.35)))) for _ in range(2))
    strength = float(np.exp(generator.normal(0.0, 0.3)))
    rows = []
    for unit, mean in habit.units.items():
        row = LAB_AUS.index(unit)
        peak = mean * strength * float(np.exp(generator.normal(0.0, 0.2)))
        left, right = one_sided(min(peak, 5.0), float(manner.temperament.lean[row]))
        rows.append((row, start, rise, hold, fall, left, right))
    return rows
