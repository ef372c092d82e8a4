"""Activities of BP4D and BP4D+: what subjects did, in our words, and the emotion aimed at."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One task that every subject of a corpus does."""

    code: str
    """Code in the corpus, such as "T1"."""
    text: str
    """What the subject does, a clause without a final full stop."""
    emotion: str
    """The emotion the task aims at, as worded in the prompt."""
    state: str
    """The key of that emotion in `PROTOTYPES` and `CIRCUMPLEX`."""
    sure: bool = False
    """True where text and emotion are known from the authors' poster, not from memory."""


ACTIVITIES: Final[Mapping[str, tuple[Activity, ...]]] = MappingProxyType(
    {
        "bp4d": (
            Activity(
                code="T1",
                text="Talk to the experimenter and listen to a joke",
                emotion="happiness or amusement",
                state="amusement",
                sure=True,
            ),
            Activity(
                code="T2",
                text="Watch a documentary and discuss it",
                emotion="sadness",
                state="sadness",
            ),
            Activity(
                code="T3",
                text="Hear a sudden burst of sound",
                emotion="surprise or startle",
                state="surprise",
            ),
            Activity(
                code="T4",
                text="Improvise a silly song",
                emotion="embarrassment",
                state="embarrassment",
            ),
            Activity(
                code="T5",
                text="Anticipate a physical threat",
                emotion="fear or nervousness",
                state="fear",
            ),
            Activity(code="T6", text="Hold a hand in ice water", emotion="pain", state="pain"),
            Activity(
                code="T7", text="Listen to harsh insults", emotion="anger or upset", state="anger"
            ),
            Activity(
                code="T8",
                text="Experience an unpleasant smell",
                emotion="disgust",
                state="disgust",
                sure=True,
            ),
        ),
        "bp4d-plus": (
            Activity(
                code="T1", text="Listen to a funny joke", emotion="happiness", state="happiness"
            ),
            Activity(
                code="T2", text="Watch a 3D avatar of oneself", emotion="surprise", state="surprise"
            ),
            Activity(
                code="T3",
                text="Listen to a recorded emergency call",
                emotion="sadness",
                state="sadness",
            ),
            Activity(
                code="T4", text="Hear a sudden burst of sound", emotion="startle", state="startle"
            ),
            Activity(
                code="T5",
                text="Answer a true-or-false question",
                emotion="scepticism",
                state="scepticism",
            ),
            Activity(
                code="T6",
                text="Improvise a silly song",
                emotion="embarrassment",
                state="embarrassment",
            ),
            Activity(
                code="T7",
                text="Face the threat of a thrown dart",
                emotion="fear or nervousness",
                state="fear",
            ),
            Activity(code="T8", text="Hold a hand in ice water", emotion="pain", state="pain"),
            Activity(
                code="T9",
                text="Be told of a poor performance",
                emotion="anger or upset",
                state="anger",
            ),
            Activity(
                code="T10",
                text="Experience a smelly odour",
                emotion="disgust",
                state="disgust",
            ),
        ),
    }
)
"""Activities by corpus, in the order of their codes. The two corpora number them differently."""


def activity_text(activity: Activity) -> str:
    """The prompt of an activity: "<activity>. The target emotion is <emotion>." (CLEF poster)."""
    return f"{activity.text}. The target emotion is {activity.emotion}."
