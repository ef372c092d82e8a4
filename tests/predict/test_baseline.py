import numpy as np
import pytest

from mien.errors import MienError
from mien.predict.baseline import Baseline, baseline, unknown
from mien.predict.smoothing import logit

PLAIN = Baseline(least=3)
THRESHOLDS = (0.5, 0.4, 0.3)


def rows(generator, count=60):
    """Two faces with levels of their own, a frame without a face now and then."""
    faces = generator.choice([0.0, 1.0, -1.0], count)
    au = np.where(faces[:, None] == 1, 0.6, 0.05) + generator.uniform(0, 0.02, (count, 3))
    intensity = 5 * au
    scores = np.concatenate([au, intensity], axis=1).astype(np.float32)
    scores[faces < 0] = np.nan
    scores[4] = np.nan
    return scores, faces, np.arange(count) / 30


def test_the_level_is_the_median_of_a_face_s_scored_frames(generator):
    scores, faces, times = rows(generator)
    levels = PLAIN.levels(scores, faces, times)
    assert sorted(levels) == [0, 1]
    for number, level in levels.items():
        own = [row for row, face in zip(scores, faces, strict=True) if face == number]
        own = [row for row in own if not np.isnan(row).any()]
        np.testing.assert_allclose(level, np.median(own, axis=0), rtol=1e-6)


def test_a_level_becomes_rest_and_differences_stay_on_the_scale_of_log_odds(generator):
    scores, faces, times = rows(generator)
    levels = PLAIN.levels(scores, faces, times)
    moved = PLAIN.apply(scores, faces, levels, thresholds=THRESHOLDS)
    for number in (0, 1):
        own = moved[faces == number]
        own = own[~np.isnan(own).any(axis=1)]
        np.testing.assert_allclose(np.median(own[:, :3], axis=0), 0.1, atol=2e-3)
        before = scores[faces == number]
        before = before[~np.isnan(before).any(axis=1)]
        np.testing.assert_allclose(
            logit(own[1, :3]) - logit(own[0, :3]), logit(before[1, :3]) - logit(before[0, :3]),
            atol=1e-3,
        )  # fmt: skip
        np.testing.assert_allclose(
            own[:, 3:], np.clip(before[:, 3:] - levels[number][3:], 0, 5), atol=1e-5
        )
    assert np.isnan(moved[faces < 0]).all()
    assert moved.dtype == np.float32


def test_a_level_is_well_below_a_low_threshold(generator):
    scores, faces, times = rows(generator)
    levels = PLAIN.levels(scores, faces, times)
    moved = PLAIN.apply(scores, faces, levels, thresholds=(0.06, 0.25, 0.5))
    middle = np.nanmedian(moved[faces == 1, :3], axis=0)
    expected = [0.0208, 0.1, 0.1]  # a third of the odds of 0.06; of those of 0.25, 0.1 is the less
    np.testing.assert_allclose(middle, expected, atol=2e-3)


def test_next_to_nothing_is_not_blown_up(generator):
    scores, faces, times = rows(generator)
    scores[faces == 0, :3] = np.float32(0.0005)
    scores[5, :3], faces[5] = 0.02, 0
    moved = PLAIN.apply(scores, faces, PLAIN.levels(scores, faces, times), thresholds=THRESHOLDS)
    assert moved[5, 0] == pytest.approx(0.0577, abs=1e-3)  # three times the odds, not a hundred


def test_a_stretch_at_rest_sets_the_level(generator):
    scores, faces, times = rows(generator, 120)
    scores[times >= 2, :3] = 0.9
    levels = Baseline(start=0.0, end=2.0, least=3).levels(scores, faces, times)
    assert levels[0][0] < 0.1
    assert PLAIN.levels(scores, faces, times)[0][0] > 0.05


def test_faces_seen_too_shortly_get_no_scores(generator):
    scores, faces, times = rows(generator)
    faces[10] = 7.0
    levels = PLAIN.levels(scores, faces, times)
    assert 7 not in levels
    assert np.isnan(PLAIN.apply(scores, faces, levels, thresholds=THRESHOLDS)[10]).all()
    assert unknown([faces[:30], faces[30:]], levels) == [7]


def test_seconds_at_rest_that_are_not_read_are_refused():
    rest = Baseline(start=1.0, end=2.0)
    for start, end in ((None, None), (0.0, 1.5), (1.9, None), (None, 9.0)):
        rest.check(start=start, end=end)
    for start, end in ((2.0, None), (5.0, 9.0), (None, 1.0), (0.0, 0.5)):
        with pytest.raises(MienError, match=r"\(1 to 2\) lie outside"):
            rest.check(start=start, end=end)
    Baseline().check(start=50.0, end=60.0)


def test_what_a_user_names_is_understood():
    assert baseline(None) is baseline("none") is None
    assert baseline("median") == Baseline()
    assert baseline("0-5") == Baseline(start=0.0, end=5.0)
    assert baseline("1.5-2.25") == Baseline(start=1.5, end=2.25)
    assert Baseline().provenance()["name"] == "median"
    for wrong in ("mean", "5-1", "3-3", "-4", "a-b"):
        with pytest.raises(MienError, match="is no baseline"):
            baseline(wrong)
