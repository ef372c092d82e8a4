"""Which activities a stage-1 run tells apart, and their texts."""

from typing import Literal

from mien import facs
from mien.errors import MienError

Merging = Literal["none", "text", "state"]
"""Activities that count as one: none; those with the same words; those with the same emotion."""


def listed(activities: str) -> tuple[facs.Activity, ...]:
    """The activities that a batch's codes index.

    Args:
        activities: a key of `facs.ACTIVITIES`, or several joined by "+", whose tuples are put
            one after the other.

    Raises:
        MienError: an unknown key.
    """
    found: list[facs.Activity] = []
    for name in activities.split("+"):
        if name not in facs.ACTIVITIES:
            raise MienError(
                f"there are no activities {name!r}",
                remedy=f"choose among {', '.join(facs.ACTIVITIES)}, joined by + for several",
            )
        found.extend(facs.ACTIVITIES[name])
    return tuple(found)


def classes(activities: str, *, merge: Merging) -> tuple[list[int], list[str]]:
    """The class of every listed activity, and every class's text.

    The text of a class is that of its first activity, "<activity>. The target emotion is
    <emotion>." (CLEF poster).
    """
    kinds: dict[str, int] = {}
    codes, texts = [], []
    for row, activity in enumerate(listed(activities)):
        key = {"none": str(row), "text": activity.text, "state": activity.state}[merge]
        if key not in kinds:
            kinds[key] = len(kinds)
            texts.append(facs.activity_text(activity))
        codes.append(kinds[key])
    return codes, texts
