"""What of a reading can be shown: scores that are there, and no frame that lacks one."""

import numpy as np
import pytest

from mien.errors import MienError
from mien.lab.shows.strength import NOT_SCORED, scored, shown_units, strength
from mien.study.follow import Followed

NAN = float("nan")


def followed(
    probability: list[list[float]], intensity: list[list[float]] | None = None
) -> Followed:
    """Units 12, 4 and 11 (which the lab does not show), three frames, the last without a face."""
    return Followed(
        source="a.mp4", units=(12, 4, 11), thresholds=np.array([0.5, 0.4, 0.5]),
        frames=np.arange(3), times=np.array([0.0, 0.1, 0.2]),
        status=np.array(["ok", "ok", "no face"]), probability=np.array(probability),
        intensity=None if intensity is None else np.array(intensity), pose=np.zeros((3, 3)),
    )  # fmt: skip


LOST = [NAN, NAN, NAN]


def test_an_intensity_is_taken_and_a_probability_where_there_is_none() -> None:
    chances = [[0.25, 0.7, 0.5], [0.75, 0.4, 0.5], LOST]
    plain = strength(followed(chances))
    np.testing.assert_allclose(plain, [[0.5, 3.0, 1.0], [3.0, 1.0, 1.0], LOST])
    mixed = strength(followed(chances, [[2.0, NAN, 2.0], [NAN, 4.0, 2.0], LOST]))
    np.testing.assert_allclose(mixed, [[2.0, 3.0, 2.0], [3.0, 4.0, 2.0], LOST])
    whole = [[2.0, 1.0, 2.0], [0.0, 4.0, 2.0], LOST]
    np.testing.assert_allclose(strength(followed(chances, whole)), whole)


def test_units_without_a_score_are_not_shown_and_frames_that_lack_one_are_gaps() -> None:
    one = followed([[0.3, NAN, 0.5], [0.6, NAN, 0.5], LOST])
    assert shown_units(one) == (12,)
    assert scored(one).status.tolist() == ["ok", "ok", "no face"]
    hole = followed([[0.3, 0.2, NAN], [NAN, 0.2, 0.5], LOST])
    assert shown_units(hole) == (12, 4)
    assert scored(hole).status.tolist() == ["ok", NOT_SCORED, "no face"]


def test_a_reading_of_which_nothing_can_be_shown_is_refused() -> None:
    with pytest.raises(MienError, match="hold no score") as refused:
        scored(followed([[NAN, NAN, 0.5]] * 2 + [LOST]))
    assert refused.value.remedy
