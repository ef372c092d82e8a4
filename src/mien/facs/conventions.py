"""One table settles what a number in the house means."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Convention:
    """One settled question."""

    topic: str
    """What the question is about."""
    rule: str
    """The answer, valid in every room."""


CONVENTIONS: Final[tuple[Convention, ...]] = (
    Convention(topic="intensity", rule="A real number from 0 (absent) to 5 (maximal)."),
    Convention(
        topic="occurrence",
        rule="1 if the intensity is at least the threshold, else 0. The threshold is 1 unless a "
        "corpus says otherwise (DISFA: 2); corpora that code occurrence keep their codes.",
    ),
    Convention(topic="left and right", rule="Left is the subject's left, in labels and landmarks."),
    Convention(topic="unsided value", rule="The maximum over both sides."),
    Convention(
        topic="25, 26, 27",
        rule="By opening: 25 when the lips are apart, 26 when also the jaw has dropped by "
        "relaxing, 27 when it is pulled wide open. 26 and 27 exclude each other; both bring 25 "
        "unless the lips still touch.",
    ),
    Convention(
        topic="43, 45",
        rule="43 is eyes held shut, 45 a blink. A single frame with shut eyes counts as 43.",
    ),
    Convention(
        topic="unknown",
        rule="NaN for numbers, -1 for a class index, an empty string for text. Never 0.",
    ),
    Convention(topic="valence, arousal", rule="Real numbers from -1 to 1; 0 is neutral."),
    Convention(
        topic="angles",
        rule="Degrees; the signs of yaw, pitch and roll are those of `mien.faces.pose`.",
    ),
    Convention(
        topic="pixels",
        rule="x to the right, y down; the centre of the first pixel is at (0.5, 0.5).",
    ),
    Convention(topic="images", rule="RGB, 8 bit; height, width, channel in NumPy."),
)
"""Every convention, in the order the documentation shows them."""
