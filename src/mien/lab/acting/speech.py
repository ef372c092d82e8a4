"""Talking: stretches of speech, and the mouth's movement syllable by syllable."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from mien.facs import LAB_AUS
from mien.lab.acting.motion import Pulses

VOWELS: tuple[tuple[float, dict[int, float]], ...] = (
    (0.30, {25: 2.4, 26: 2.2}),
    (0.26, {25: 1.7, 26: 1.1, 16: 0.9}),
    (0.16, {25: 1.6, 26: 0.6, 10: 1.2, 20: 0.7}),
    (0.16, {25: 1.3, 26: 0.7, 18: 2.0}),
    (0.12, {25: 1.7, 26: 0.6, 22: 1.9}),
)
"""Mouth shapes of a syllable: share, and unit intensities of an average speaker (our choice)."""

CONSONANTS: tuple[tuple[float, dict[int, float]], ...] = (
    (0.62, {}),
    (0.22, {24: 1.7, 17: 1.0}),
    (0.10, {17: 1.4, 10: 0.9}),
    (0.06, {23: 1.5}),
)
"""What comes before the vowel: nothing to see, lips shut (p, b, m), lip to teeth (f, v), tight."""


@dataclass(frozen=True, kw_only=True)
class Voice:
    """How one person talks."""

    rate: float
    """Syllables a second."""
    openness: float
    """Multiplies every movement of the mouth."""
    lean: float
    """How much more one side moves than the other, -1 to 1 (positive: the left)."""


def sample_voice(generator: np.random.Generator) -> Voice:
    """Draw a voice: 3 to 5.5 syllables a second, openness about 0.6 to 1.5."""
    return Voice(
        rate=float(generator.uniform(3.0, 5.5)),
        openness=float(np.clip(np.exp(generator.normal(0.0, 0.25)), 0.5, 1.8)),
        lean=float(np.clip(generator.normal(0.0, 0.08), -0.3, 0.3)),
    )


def utterances(
    generator: np.random.Generator, *, duration: float, share: float, mean: float = 2.6
) -> Float64[np.ndarray, "utterance 2"]:
    """Draw stretches of speech that fill about `share` of `duration` seconds.

    Talk and pause alternate; both last gamma-distributed times (shape 2), talk `mean` seconds on
    average.

    Returns:
        Start and end of each stretch, seconds, in order, within 0 and `duration`.
    """
    if share <= 0.0:
        return np.zeros((0, 2))
    if share >= 1.0:
        return np.array([[0.0, duration]])
    pause = mean * (1.0 - share) / share
    # Start inside a talk or a pause, as the share of each demands.
    now = -float(generator.uniform()) * (mean if generator.uniform() < share else 0.0)
    if now == 0.0:
        now = float(generator.gamma(2.0, pause / 2.0)) * float(generator.uniform())
    spans: list[tuple[float, float]] = []
    while now < duration:
        end = now + float(generator.gamma(2.0, mean / 2.0))
        if end > 0.0:
            spans.append((max(now, 0.0), min(end, duration)))
        now = end + float(generator.gamma(2.0, pause / 2.0))
    return np.array(spans).reshape(-1, 2)


def syllables(
    generator: np.random.Generator, spans: Float64[np.ndarray, "utterance 2"], *, voice: Voice
) -> Pulses:
    """The mouth's movements during stretches of speech.

    Each syllable is a vowel of `VOWELS`, perhaps after one of `CONSONANTS`; strengths vary by a
    log-normal factor. Movements last about one syllable.
    """
    rows: list[tuple[int, float, float, float, float, float, float]] = []
    for start, end in spans:
        now = float(start)
        while now < end:
            length = float(np.clip(generator.normal(1.0, 0.2), 0.5, 1.6)) / voice.rate
            strength = voice.openness * float(np.exp(generator.normal(0.0, 0.3)))
            consonant = CONSONANTS[_choose(generator, CONSONANTS)][1]
            vowel = VOWELS[_choose(generator, VOWELS)][1]
            rows += _movements(consonant, now - 0.3 * length, length, strength, voice.lean)
            rows += _movements(vowel, now, 1.4 * length, strength, voice.lean)
            now += length
    return Pulses.rows(rows)


def _movements(
    shape: dict[int, float], start: float, length: float, strength: float, lean: float
) -> list[tuple[int, float, float, float, float, float, float]]:
    rows = []
    for unit, amount in shape.items():
        peak = amount * strength
        side = lean if unit in {10, 16, 20} else 0.0
        left, right = peak * (1.0 + side), peak * (1.0 - side)
        rows.append(
            (LAB_AUS.index(unit), start, 0.4 * length, 0.2 * length, 0.4 * length, left, right)
        )
    return rows


def _choose(
    generator: np.random.Generator, table: tuple[tuple[float, dict[int, float]], ...]
) -> int:
    shares = np.cumsum([share for share, _ in table])
    return int(np.searchsorted(shares, generator.uniform() * shares[-1], side="right"))
