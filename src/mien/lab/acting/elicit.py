"""From a felt emotion to the action units one person shows: noisily, and each in their own way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
from jaxtyping import Float64

from mien.facs import CIRCUMPLEX, LAB_AUS, ONE_SIDED, PROTOTYPES
from mien.lab.acting.motion import Pulses, timing

EMOTIONS: Final[tuple[str, ...]] = tuple(name for name in PROTOTYPES if name != "neutral")
"""Every state that can be elicited, in the order of `facs.PROTOTYPES`."""

EXPRESSION_OF: Final[Mapping[str, str]] = MappingProxyType(
    {
        "happiness": "happiness",
        "amusement": "happiness",
        "sadness": "sadness",
        "surprise": "surprise",
        "startle": "surprise",
        "fear": "fear",
        "nervousness": "fear",
        "disgust": "disgust",
        "anger": "anger",
        "contempt": "contempt",
    }
)
"""Class of `facs.EXPRESSIONS_8` of a state; the others (pain, embarrassment) belong to none."""

MIDLINE: Final = frozenset({17, 18, 22, 23, 24, 25, 26, 27, 28, 43, 45})
"""Units that act alike on both sides."""

COMPANIONS: Final[Mapping[str, Mapping[int, tuple[float, float]]]] = MappingProxyType(
    {
        "happiness": {7: (0.75, 2.2), 10: (0.85, 2.6), 14: (0.55, 2.2), 26: (0.3, 1.6)},
        "amusement": {10: (0.85, 2.6), 14: (0.5, 2.0), 27: (0.1, 2.6)},
        "sadness": {7: (0.3, 1.6), 10: (0.25, 1.6), 14: (0.35, 1.8), 24: (0.3, 1.8)},
        "surprise": {4: (0.2, 1.5), 12: (0.45, 2.2), 6: (0.35, 1.8), 27: (0.15, 2.8)},
        "startle": {1: (0.35, 2.0), 2: (0.25, 2.0), 12: (0.45, 2.0)},
        "fear": {12: (0.4, 2.0), 14: (0.3, 1.6), 24: (0.2, 1.6), 27: (0.1, 2.4)},
        "disgust": {6: (0.4, 2.0), 12: (0.25, 1.8), 15: (0.3, 1.8), 25: (0.4, 2.0)},
        "anger": {10: (0.45, 2.0), 14: (0.4, 2.0), 15: (0.3, 1.8), 12: (0.2, 1.6)},
        "contempt": {10: (0.25, 1.6), 24: (0.25, 1.5), 7: (0.2, 1.4)},
        "embarrassment": {7: (0.6, 1.8), 10: (0.65, 2.2), 25: (0.35, 1.8)},
        "pain": {12: (0.35, 2.2), 15: (0.2, 1.6), 24: (0.3, 2.0)},
        "nervousness": {12: (0.45, 2.0), 7: (0.35, 1.6), 24: (0.3, 1.6)},
        "scepticism": {10: (0.25, 1.6), 12: (0.25, 1.6)},
    }
)
"""Units beside the prototype: (share of people who add them, mean intensity). Our choice."""

LOWER_FACE: Final = frozenset({9, 10, 12, 14, 15, 16, 17, 18, 20, 22, 23, 24, 25, 26, 27, 28})
"""Units that a masking smile weakens."""

CONTROL: Final[Mapping[int, float]] = MappingProxyType({14: 1.8, 17: 1.6, 23: 1.6, 24: 1.9})
"""Units of a face that is held in check, with mean intensities. Our choice."""

TEETH: Final = (2.5, 0.9)
"""A smile (12) from this intensity on parts the lips at least this often, whoever smiles."""

RESTING: Final[Mapping[int, float]] = MappingProxyType(
    {1: 0.5, 2: 0.5, 4: 0.8, 5: 0.4, 7: 0.7, 10: 0.4, 12: 0.9, 14: 0.5, 15: 1.1, 17: 0.5, 24: 0.5}
)
"""How far a resting face may look like a unit: scale of a half-normal draw. Our choice."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Temperament:
    """How one person's face answers to what they feel."""

    expressivity: Mapping[str, float]
    """Multiplies intensities, per emotion; 1 is the average."""
    keep: Mapping[str, Mapping[int, float]]
    """Per emotion and unit: how likely the unit joins in one bout."""
    lean: Float64[np.ndarray, " unit"]
    """Asymmetry, -0.5 to 0.5; positive: stronger on the subject's left."""
    resting: Float64[np.ndarray, "unit 2"]
    """What the neutral face looks like already. Rendered, never labelled: coders score change."""
    masking: float
    """Probability that an unpleasant state is covered with a smile."""
    control: float
    """Probability that a state is held back."""
    pace: float
    """Multiplies durations."""


def sample_temperament(
    generator: np.random.Generator, *, variety: float = 1.0, resting: float = 1.0
) -> Temperament:
    """Draw one person's way of showing emotions.

    Args:
        generator: source of randomness.
        variety: spread between people; 0 makes all alike (and all of average expressivity).
        resting: multiplies the resting face; 0 turns it off.
    """
    overall = 0.1 + generator.normal(0.0, 0.2)
    expressivity = {
        emotion: float(np.clip(np.exp(variety * (overall + generator.normal(0, 0.3))), 0.3, 2.2))
        for emotion in EMOTIONS
    }
    keep = {emotion: _sample_keep(generator, emotion, variety) for emotion in EMOTIONS}
    lean = np.clip(variety * generator.normal(0.0, 0.12, len(LAB_AUS)), -0.5, 0.5)
    lean[[LAB_AUS.index(unit) for unit in LAB_AUS if unit in MIDLINE]] = 0.0
    return Temperament(
        expressivity=expressivity,
        keep=keep,
        lean=lean,
        resting=resting * _sample_resting(generator),
        masking=float(variety * generator.beta(1.5, 4.0)),
        control=float(variety * generator.beta(1.5, 5.0)),
        pace=float(np.exp(variety * generator.normal(0.0, 0.15))),
    )


def _sample_keep(
    generator: np.random.Generator, emotion: str, variety: float
) -> Mapping[int, float]:
    keep: dict[int, float] = {}
    prototype = PROTOTYPES[emotion]
    strongest = max(prototype, key=lambda unit: prototype[unit])
    for unit in prototype:
        never = unit != strongest and generator.uniform() < 0.12 * variety
        usual = 1.0 - variety * (1.0 - generator.uniform(0.55, 1.0))
        keep[unit] = 0.0 if never else float(max(usual, 0.85 if unit == strongest else 0.0))
    for unit, (share, _) in COMPANIONS[emotion].items():
        if generator.uniform() < share:
            keep[unit] = float(generator.uniform(0.6, 1.0))
    return keep


def _sample_resting(generator: np.random.Generator) -> Float64[np.ndarray, "unit 2"]:
    face = np.zeros((len(LAB_AUS), 2))
    for unit, scale in RESTING.items():
        amount = scale * abs(float(generator.normal()))
        if generator.uniform() < 0.4:
            side = np.clip(generator.normal(0.0, 0.15, 2), -0.4, 0.4)
            face[LAB_AUS.index(unit)] = np.clip(amount * (1.0 + side), 0.0, 1.6)
    up, down = LAB_AUS.index(12), LAB_AUS.index(15)  # a mouth turns up or down, not both
    face[down if face[up].max() > face[down].max() else up] = 0.0
    return face


@dataclass(frozen=True, kw_only=True, eq=False)
class Bout:
    """One episode of an emotion, from nothing to nothing."""

    emotion: str
    felt: float
    """Strength of the state at its apex, 0 to 1."""
    start: float
    """Seconds."""
    rise: float
    hold: float
    fall: float
    turn: float = 0.0
    """How much head and gaze take part, 0 to about 1.5."""
    side: int = 1
    """Where the head turns: 1 to the subject's left, -1 to the right."""
    pulses: Pulses = field(default_factory=Pulses.none)

    @property
    def end(self) -> float:
        """Seconds."""
        return self.start + self.rise + self.hold + self.fall


def elicited(
    generator: np.random.Generator,
    temperament: Temperament,
    emotion: str,
    *,
    felt: float,
    display_rules: bool = True,
) -> Mapping[int, float]:
    """Peak intensity of each unit in one bout: what this person shows this time.

    Prototype times strength times expressivity, each unit with its own log-normal factor
    (sigma 0.25); some units stay out, some companions join, and broad smiles mostly part the
    lips (`TEETH`). Held back: 0.4 times all of it, and a tight mouth. Masked: the lower face at
    half strength under a smile.

    Args:
        generator: source of randomness.
        temperament: whose face.
        emotion: one of `EMOTIONS`.
        felt: strength of the state, 0 to 1.
        display_rules: whether people may hold back or mask.
    """
    scale = felt * temperament.expressivity[emotion]
    peaks: dict[int, float] = {}
    for unit, chance in temperament.keep[emotion].items():
        mean = PROTOTYPES[emotion].get(unit, 0.0) or COMPANIONS[emotion][unit][1]
        factor = float(np.exp(generator.normal(0.0, 0.25)))
        broad = unit == 25 and peaks.get(12, 0.0) >= TEETH[0]
        if generator.uniform() < (max(chance, TEETH[1]) if broad else chance):
            peaks[unit] = float(np.clip(mean * scale * factor, 0.0, 5.0))
    held, masked = generator.uniform(size=2)
    if display_rules and held < temperament.control:
        return _with({unit: 0.4 * peak for unit, peak in peaks.items()}, CONTROL, generator)
    if display_rules and masked < temperament.masking and CIRCUMPLEX[emotion][0] < 0.0:
        under = {unit: peak * (0.5 if unit in LOWER_FACE else 1.0) for unit, peak in peaks.items()}
        return _with(under, {12: 2.6, 6: 1.4, 10: 1.6}, generator)
    return peaks


def _with(
    peaks: Mapping[int, float], extra: Mapping[int, float], generator: np.random.Generator
) -> Mapping[int, float]:
    result = dict(peaks)
    for unit, mean in extra.items():
        if generator.uniform() < 0.7:
            amount = min(5.0, mean * float(np.exp(generator.normal(0.0, 0.25))))
            result[unit] = max(result.get(unit, 0.0), amount)
    return result


def bout(
    generator: np.random.Generator,
    temperament: Temperament,
    emotion: str,
    *,
    start: float,
    felt: float,
    pace: float = 1.0,
    display_rules: bool = True,
) -> Bout:
    """One person's bout of an emotion: timing, units with their own small delays, sides.

    Args:
        generator: source of randomness.
        temperament: whose face.
        emotion: one of `EMOTIONS`.
        start: seconds.
        felt: strength of the state at its apex, 0 to 1.
        pace: multiplies durations, on top of the person's own.
        display_rules: whether people may hold back or mask.
    """
    rise, hold, fall = timing(generator, pace=pace * temperament.pace)
    peaks = elicited(generator, temperament, emotion, felt=felt, display_rules=display_rules)
    one_side = generator.uniform() < 0.5
    rows = []
    for unit, peak in peaks.items():
        delay = float(generator.uniform(0.0, 0.25)) * rise
        grow = rise * float(generator.uniform(0.75, 1.0))
        stay = (rise + hold - delay - grow) * float(generator.uniform(0.7, 1.0))
        if unit == 45:  # a blink is brief, however long the state lasts
            delay, grow, stay = 0.0, 0.08, 0.08
        row = LAB_AUS.index(unit)
        sides = one_sided(peak, temperament.lean[row])
        if unit in ONE_SIDED.get(emotion, ()):
            sides = (peak, 0.1 * peak) if one_side else (0.1 * peak, peak)
        fade = 0.12 if unit == 45 else fall
        rows.append((row, start + delay, grow, max(stay, 0.0), fade, *sides))
    return Bout(
        emotion=emotion,
        felt=felt,
        start=start,
        rise=rise,
        hold=hold,
        fall=fall,
        turn=float(generator.gamma(2.0, 0.3)),
        side=1 if generator.uniform() < 0.5 else -1,
        pulses=Pulses.rows(rows),
    )


def one_sided(peak: float, lean: float) -> tuple[float, float]:
    """Left and right intensity of a peak that leans to one side: the larger is the peak."""
    return peak * (1.0 - max(-lean, 0.0)), peak * (1.0 - max(lean, 0.0))
