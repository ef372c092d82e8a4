"""Which activities a stage-1 run tells apart, and their texts."""

from collections.abc import Sequence
from typing import Literal

from mien import facs
from mien.errors import MienError

Merging = Literal["none", "text", "state"]
"""Activities that count as one: none; those with the same words; those with the same emotion."""


Own = Sequence[tuple[str, str]]
"""Activities of one's own: the code in the store's column `activity`, and a sentence about it."""


def listed(activities: str, *, own: Own = ()) -> tuple[facs.Activity, ...]:
    """The activities that a batch's codes index.

    Args:
        activities: a key of `facs.ACTIVITIES`, or several joined by "+", whose tuples are put
            one after the other.
        own: activities to take instead; they target no emotion.

    Raises:
        MienError: an unknown key; or own ones without a code or a sentence, or with a code twice.
    """
    if own:
        return _own(own)
    found: list[facs.Activity] = []
    for name in activities.split("+"):
        if name not in facs.ACTIVITIES:
            raise MienError(
                f"there are no activities {name!r}",
                remedy=f"choose among {', '.join(facs.ACTIVITIES)}, joined by + for several",
            )
        found.extend(facs.ACTIVITIES[name])
    return tuple(found)


def classes(activities: str, *, merge: Merging, own: Own = ()) -> tuple[list[int], list[str]]:
    """The class of every listed activity, and every class's text.

    The text of a class is that of its first activity, "<activity>. The target emotion is
    <emotion>." (CLEF poster); of one's own activities, the sentence as it is.

    Raises:
        MienError: as `listed`; or one's own activities are to be merged by emotion.
    """
    if own and merge == "state":
        raise MienError(
            "activities of your own name no emotion to merge them by",
            remedy='choose merge "none", or "text" and give equal ones the same sentence',
        )
    kinds: dict[str, int] = {}
    codes, texts = [], []
    for row, activity in enumerate(listed(activities, own=own)):
        key = {"none": str(row), "text": activity.text, "state": activity.state}[merge]
        if key not in kinds:
            kinds[key] = len(kinds)
            texts.append(activity.text if own else facs.activity_text(activity))
        codes.append(kinds[key])
    return codes, texts


def _own(own: Own) -> tuple[facs.Activity, ...]:
    codes = [code for code, _ in own]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice or not all(code and sentence.strip() for code, sentence in own):
        raise MienError(
            f"the activity {twice[0]!r} is given twice"
            if twice
            else "an activity has no code or no sentence",
            remedy="give every activity one code and one sentence",
        )
    return tuple(
        facs.Activity(code=code, text=sentence, emotion="", state="") for code, sentence in own
    )
