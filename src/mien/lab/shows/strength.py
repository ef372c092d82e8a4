"""How strongly each unit of a reading was used, and what of it can be shown."""

from dataclasses import replace
from typing import Final

import numpy as np
from jaxtyping import Float64

from mien.errors import MienError
from mien.facs import LAB_AUS
from mien.study.follow import OK, Followed

NOT_SCORED: Final = "not scored"
"""Status of a frame that lacks the score of a unit which others have."""


def strength(followed: Followed) -> Float64[np.ndarray, "frame unit"]:
    """Intensity 0-5 of each unit of a reading in each frame; NaN where it has no score.

    Where there is no intensity the probability stands in: its threshold is taken for intensity 1
    and certainty for 5, straight between.
    """
    read = followed.intensity
    if read is not None and not np.isnan(read[followed.status == OK]).any():
        return read
    low = followed.probability / followed.thresholds
    high = 1 + 4 * (followed.probability - followed.thresholds) / (1 - followed.thresholds)
    stand_in = np.where(followed.probability < followed.thresholds, low, high)
    return stand_in if read is None else np.where(np.isnan(read), stand_in, read)


def shown_units(followed: Followed) -> tuple[int, ...]:
    """Units that the lab can show and that have a score on some frame, in the reading's order."""
    told = strength(followed)[followed.status == OK]
    return tuple(
        unit
        for unit, scores in zip(followed.units, told.T, strict=True)
        if unit in LAB_AUS and not np.isnan(scores).all()
    )


def scored(followed: Followed) -> Followed:
    """The same, but that a frame which lacks the score of a shown unit is `NOT_SCORED`.

    Raises:
        MienError: nothing of it can be shown.
    """
    if not np.any(followed.status == OK):
        raise MienError(
            "not one frame of the reading was scored", remedy="choose another clip or face"
        )
    if not set(followed.units) & set(LAB_AUS):
        raise MienError(
            "the reading holds no unit that can be rendered", remedy="read with another model"
        )
    units = shown_units(followed)
    if not units:
        raise MienError(
            f"the frames of {followed.source} hold no score of a unit that can be rendered",
            remedy="read the clip again with `mien predict`, or choose another clip or face",
        )
    columns = [followed.units.index(unit) for unit in units]
    lacks = np.isnan(strength(followed)[:, columns]).any(axis=1)
    status = np.where((followed.status == OK) & lacks, NOT_SCORED, followed.status)
    return replace(followed, status=status)
