"""Expressions: class lists, our descriptions, prompt templates, prototypes, circumplex places."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

EXPRESSIONS_7: Final[tuple[str, ...]] = (
    *("neutral", "happiness", "sadness", "surprise", "fear", "disgust", "anger"),
)
"""The seven classes of RAF-DB and AffectNet-7, in the order of AffectNet's codes."""

EXPRESSIONS_8: Final[tuple[str, ...]] = (*EXPRESSIONS_7, "contempt")
"""The eight classes of AffectNet-8 and FER+, in the order of AffectNet's codes."""

EXPRESSION_PHRASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        name: "a neutral expression" if name == "neutral" else f"an expression of {name}"
        for name in EXPRESSIONS_8
    }
)
"""Noun phrases that read well in a name template ("a person with neutral" does not): our choice."""

EXPRESSION_DESCRIPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "neutral": "a straight, closed mouth, slack cheeks and eyes at rest, no frown, no smile",
        "happiness": "lifted cheeks, narrowed eyes creased at their corners and a wide mouth with "
        "its corners up, teeth perhaps showing",
        "sadness": "brows low and close with their inner ends tilted up, mouth corners down and "
        "lips drawn in or pouting",
        "surprise": "brows raised high, a lined forehead, wide eyes and a slack jaw with the "
        "mouth hanging open",
        "fear": "brows raised and drawn together, lifted upper lids over tense lower ones and a "
        "mouth stretched back, teeth perhaps bared",
        "disgust": "lowered brows, a wrinkled nose, narrow eyes and a raised upper lip, teeth "
        "perhaps bared",
        "anger": "brows down and together, hard staring or squinting eyes, tight lips and a tense "
        "jaw",
        "contempt": "unengaged eyes, perhaps one raised brow, and one corner of the mouth pulled "
        "up and back",
    }
)
"""What each of `EXPRESSIONS_8` looks like, as a noun phrase for a description template."""

NAME_TEMPLATES: Final[tuple[str, ...]] = ("a photo of a person with {}", "a photo of {}")
"""Templates for label names (CLEF poster); the first is the default at inference."""

DESCRIPTION_TEMPLATES: Final[tuple[str, ...]] = (
    "a photo of a person with {}",
    "a photo of a face where {}",
    "a cropped photo of face that {}",
)
"""Templates for descriptions (CLEF poster shows these and more; more are not public)."""

INTENSITY_WORDS: Final[tuple[str, ...]] = (
    *("absent", "trace", "slight", "marked", "strong", "maximal"),
)
"""A word for each intensity 0 to 5, by index."""

INTENSITY_LETTERS: Final[tuple[str, ...]] = ("", "A", "B", "C", "D", "E")
"""The coders' letter for each intensity 0 to 5, by index."""

PROTOTYPES: Final[Mapping[str, Mapping[int, float]]] = MappingProxyType(
    {
        "neutral": {},
        "happiness": {6: 3.0, 12: 4.0, 25: 2.5},
        "amusement": {6: 4.0, 7: 1.5, 12: 4.5, 25: 3.5, 26: 2.5},
        "sadness": {1: 3.5, 4: 2.0, 15: 3.0, 17: 2.0},
        "surprise": {1: 3.5, 2: 3.5, 5: 3.0, 25: 3.0, 26: 3.5},
        "startle": {4: 2.5, 6: 2.0, 7: 3.0, 20: 2.5, 25: 2.0, 45: 5.0},
        "fear": {1: 3.5, 2: 2.0, 4: 2.5, 5: 4.0, 7: 2.0, 20: 3.0, 25: 2.5, 26: 1.5},
        "disgust": {4: 1.5, 7: 2.0, 9: 3.5, 10: 3.5, 17: 2.0},
        "anger": {4: 4.0, 5: 2.0, 7: 3.0, 17: 1.5, 23: 3.0, 24: 2.5},
        "contempt": {12: 1.5, 14: 3.5},
        "embarrassment": {6: 1.0, 12: 2.5, 14: 2.0, 17: 1.5, 23: 1.5, 24: 2.5},
        "pain": {4: 3.5, 6: 3.0, 7: 4.0, 9: 2.0, 10: 2.5, 20: 2.0, 25: 2.0, 43: 2.0},
        "nervousness": {1: 2.0, 4: 1.5, 14: 1.5, 20: 1.5, 23: 1.0, 28: 1.5},
        "scepticism": {2: 2.5, 4: 1.5, 7: 1.5, 14: 2.5, 17: 2.0},
    }
)
"""Units and intensities (0 to 5) of a full-blown state.

Our choice, after the combinations usual in the literature (EMFACS-style tables; Prkachin for pain,
Keltner for embarrassment); a person need not show them.
"""

ONE_SIDED: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {"contempt": (12, 14), "scepticism": (2,)}
)
"""Units of a prototype that are typically on one side of the face only."""

CIRCUMPLEX: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "neutral": (0.0, 0.0),
        "happiness": (0.8, 0.45),
        "amusement": (0.75, 0.6),
        "sadness": (-0.65, -0.4),
        "surprise": (0.1, 0.8),
        "startle": (-0.3, 0.9),
        "fear": (-0.6, 0.75),
        "disgust": (-0.65, 0.35),
        "anger": (-0.6, 0.7),
        "contempt": (-0.5, 0.2),
        "embarrassment": (-0.25, 0.3),
        "pain": (-0.75, 0.6),
        "nervousness": (-0.35, 0.5),
        "scepticism": (-0.25, 0.05),
    }
)
"""Valence and arousal (each -1 to 1) of a full-blown state.

Our choice: places on Russell's circle (1980) read by eye, not measured ratings.
"""
