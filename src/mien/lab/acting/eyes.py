"""What eyes do on their own: blink, close for a while, fixate and jump."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from mien.facs import LAB_AUS
from mien.lab.acting.motion import Pulses, smooth_step

BLINK_LENGTH = (0.10, 0.40)
"""Shortest and longest blink in seconds, lids down and up together."""
BLINK_IN_SPEECH = 1.6
"""How many times more often people blink while they talk (our choice; about 17 a minute at rest
and 26 in conversation are commonly quoted)."""


def blinks(
    generator: np.random.Generator,
    *,
    duration: float,
    rate: float,
    speech: Float64[np.ndarray, "utterance 2"],
) -> Pulses:
    """Draw blinks (AU45): a refractory gap of 0.4 s, then exponential waiting.

    Args:
        generator: source of randomness.
        duration: seconds.
        rate: blinks a minute at rest; `BLINK_IN_SPEECH` times as many while talking.
        speech: start and end of each stretch of speech, seconds.
    """
    rows: list[tuple[int, float, float, float, float, float, float]] = []
    row = LAB_AUS.index(45)
    now = float(generator.exponential(60.0 / rate)) if rate > 0 else duration
    while now < duration:
        length = float(np.clip(np.exp(generator.normal(np.log(0.2), 0.35)), *BLINK_LENGTH))
        depth = 5.0 if generator.uniform() < 0.85 else float(generator.uniform(2.5, 5.0))
        rows.append((row, now, 0.35 * length, 0.15 * length, 0.5 * length, depth, depth))
        talking = bool(np.any((speech[:, 0] <= now) & (now < speech[:, 1])))
        wait = 60.0 / (rate * (BLINK_IN_SPEECH if talking else 1.0))
        now += length + 0.4 + float(generator.exponential(max(wait - 0.6, 0.1)))
    return Pulses.rows(rows)


def closures(generator: np.random.Generator, *, duration: float, rate: float) -> Pulses:
    """Draw held closures (AU43): lids shut for 0.5 to 3 seconds, `rate` times a minute."""
    rows: list[tuple[int, float, float, float, float, float, float]] = []
    row = LAB_AUS.index(43)
    for _ in range(int(generator.poisson(rate * duration / 60.0))):
        start = float(generator.uniform(0.0, duration))
        hold = float(np.clip(np.exp(generator.normal(0.0, 0.5)), 0.5, 3.0))
        rows.append((row, start, 0.15, hold, 0.2, 5.0, 5.0))
    return Pulses.rows(rows)


@dataclass(frozen=True, kw_only=True, eq=False)
class Gaze:
    """Fixations in order: the eye rests at a target until the next one's start, then jumps."""

    start: Float64[np.ndarray, " fixation"]
    """Seconds; the first is at or before 0."""
    target: Float64[np.ndarray, "fixation 2"]
    """Yaw, pitch in degrees relative to the head."""


def gaze(
    generator: np.random.Generator,
    *,
    duration: float,
    centre: tuple[float, float],
    spread: float = 4.0,
    aversion: float = 0.2,
) -> Gaze:
    """Draw fixations: most near `centre`, a share `aversion` 8 to 22 degrees away from it.

    Fixations last log-normal times with a median of 0.7 s (0.15 to 4 s). Targets stay within
    ±30 degrees of yaw and ±20 of pitch.
    """
    start, target = [0.0], []
    while True:
        point = np.array(centre) + generator.normal(0.0, spread / 2.0, 2)
        if generator.uniform() < aversion:
            angle = generator.uniform(0.0, 2.0 * np.pi)
            away = generator.uniform(8.0, 22.0)
            point = np.array(centre) + away * np.array([np.cos(angle), 0.6 * np.sin(angle)])
        target.append(np.clip(point, (-30.0, -20.0), (30.0, 20.0)))
        rest = float(np.clip(np.exp(generator.normal(np.log(0.7), 0.7)), 0.15, 4.0))
        if start[-1] + rest >= duration:
            return Gaze(start=np.array(start), target=np.array(target))
        start.append(start[-1] + rest)


def gaze_at(look: Gaze, times: Float64[np.ndarray, " frame"]) -> Float64[np.ndarray, "frame 2"]:
    """Yaw and pitch at each time; a jump takes 21 ms and 2.2 ms a degree.

    The linear relation of a saccade's length and duration is the commonly quoted "main sequence"
    (quoted from memory).
    """
    current = np.clip(np.searchsorted(look.start, times, side="right") - 1, 0, None)
    before = np.clip(current - 1, 0, None)
    step = look.target[current] - look.target[before]
    length = 0.021 + 0.0022 * np.sqrt(np.sum(step * step, axis=1))
    done = smooth_step((times - look.start[current]) / length)
    return look.target[before] + step * done[:, None]
