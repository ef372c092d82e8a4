"""What may happen in a clip, and one drawing of it: the elicitation, in numbers."""

from dataclasses import dataclass

import numpy as np

from mien.lab.acting.elicit import EMOTIONS, Bout, bout
from mien.lab.acting.eyes import blinks, closures, gaze
from mien.lab.acting.manner import Manner, idle
from mien.lab.acting.motion import drift, join
from mien.lab.acting.performance import Performance
from mien.lab.acting.speech import syllables, utterances

MEAN_BOUT = 3.2
"""Mean length in seconds of a bout at pace 1, from `motion.RISE`, `HOLD` and `FALL`."""


@dataclass(frozen=True, kw_only=True)
class Script:
    """The statistics of one clip."""

    duration: float
    """Seconds."""
    target: str = ""
    """Emotion that the situation aims at; "" aims at none."""
    elicitation: float = 0.5
    """Probability that a bout is of the target (without a target: unused)."""
    smiling: float = 0.3
    """Probability that a bout is a sociable smile; what is left is any other emotion."""
    calm: float = 0.35
    """Share of time, about, without a bout of anything."""
    strength: float = 0.75
    """Mean strength felt at the apex, 0 to 1; sociable smiles 0.9 times as much."""
    pace: float = 2.0
    """Multiplies the durations of bouts (`motion.RISE`, `HOLD`, `FALL`)."""
    speech: float = 0.3
    """Share of time spent talking."""
    fidget: float = 1.0
    """Multiplies the rate of unrelated movements."""
    closures: float = 0.5
    """Held closures of the eyes a minute."""
    gaze: tuple[float, float] = (0.0, 0.0)
    """Where the eyes usually rest: yaw, pitch, degrees."""
    head: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Added to the person's usual yaw, pitch, roll, degrees."""
    wander: tuple[float, float, float] = (10.0, 7.0, 5.0)
    """Most that the head drifts from there, degrees, for the average person."""


def perform(generator: np.random.Generator, manner: Manner, script: Script) -> Performance:
    """Draw one performance of a script by a person."""
    speech = utterances(generator, duration=script.duration, share=script.speech)
    pulses = join(
        syllables(generator, speech, voice=manner.voice),
        blinks(generator, duration=script.duration, rate=manner.blink_rate, speech=speech),
        closures(generator, duration=script.duration, rate=script.closures),
        idle(
            generator,
            manner,
            duration=script.duration,
            speech=speech,
            amount=script.fidget,
        ),
    )
    yaw, pitch, roll = (
        float(usual + here) for usual, here in zip(manner.head, script.head, strict=True)
    )
    bound = [manner.restless * most for most in script.wander]
    return Performance(
        bouts=tuple(_bouts(generator, manner, script)),
        pulses=pulses,
        gaze=gaze(generator, duration=script.duration, centre=script.gaze),
        head=drift(generator, centre=(yaw, pitch, roll), bound=(bound[0], bound[1], bound[2])),
    )


def _bouts(generator: np.random.Generator, manner: Manner, script: Script) -> list[Bout]:
    """One after the other, from before the clip begins (as life does) to its end."""
    result: list[Bout] = []
    if script.calm >= 1.0:
        return result
    gap = MEAN_BOUT * script.pace * script.calm / (1.0 - script.calm)
    now = -10.0 + float(generator.exponential(gap))
    while now < script.duration:
        emotion, scale = _emotion(generator, script)
        mean = min(max(script.strength, 0.02), 0.98)  # a beta needs both of its shapes above 0
        felt = scale * float(generator.beta(6.0 * mean, 6.0 * (1.0 - mean)))
        each = bout(generator, manner.temperament, emotion, start=now, felt=felt, pace=script.pace)
        result.append(each)
        now = each.end + float(generator.exponential(gap))
    return [each for each in result if each.end > 0.0]


def _emotion(generator: np.random.Generator, script: Script) -> tuple[str, float]:
    draw = float(generator.uniform())
    aimed = script.elicitation if script.target else 0.0
    if draw < aimed:
        return script.target, 1.0
    if draw < aimed + script.smiling:
        return "happiness", 0.9
    return EMOTIONS[int(generator.integers(len(EMOTIONS)))], 1.0
