"""Levels taken off a stream: known before, known after seconds at rest, or not at all."""

import numpy as np
import pytest

from mien.faces.pose import Pose
from mien.predict.baseline import Baseline
from mien.predict.levels import levels_of, scores_of, take_off
from mien.predict.reading import FaceReading, FrameReading, Quality

REST = Baseline(start=0.0, end=1.0, least=3)
THRESHOLDS = (0.5, 0.4)


def face(number, scores, status="ok"):
    values = np.array(scores if status == "ok" else [np.nan] * len(scores), np.float32)
    return FaceReading(
        face=number, status=status, box=np.zeros(4, np.float32), score=1.0, presence=1.0,
        landmarks=np.zeros((478, 3), np.float32), pose=Pose(yaw=0.0, pitch=0.0, roll=0.0),
        quality=Quality(size=90.0, blur=0.3, frontal=1.0), units=(1, 12), au=values,
        intensity=5 * values,
    )  # fmt: skip


def frames(count=20):
    """Face 0 throughout, smiling from second 1 on, blurred once; face 1 comes late."""
    found = []
    for index in range(count):
        smiles = 0.7 if index >= 10 else 0.3
        faces = [face(0, [0.2, smiles], "blurred" if index == 4 else "ok")]
        faces += [face(1, [0.5, 0.5])] if index >= 12 else []
        found.append(FrameReading(frame=index, time=index / 10, status="ok", faces=tuple(faces)))
    return found


def test_levels_are_those_of_the_arrays():
    read = frames()
    every = [(frame.time, one) for frame in read for one in frame.faces]
    scores = np.stack([scores_of(one) for _, one in every])
    expected = REST.levels(
        scores, np.array([float(one.face) for _, one in every]), np.array([t for t, _ in every])
    )
    found = levels_of(read, REST)
    assert found.keys() == expected.keys() == {0}
    np.testing.assert_array_equal(found[0], expected[0])
    np.testing.assert_allclose(found[0], [0.2, 0.3, 1.0, 1.5], rtol=1e-6)
    assert levels_of([], REST) == {}


def test_levels_that_are_known_hold_from_the_first_frame():
    read = frames()
    moved = list(take_off(read, REST, levels_of(read, REST), thresholds=THRESHOLDS))
    assert [frame.frame for frame in moved] == list(range(20))
    np.testing.assert_allclose(moved[0].faces[0].au, 0.1, atol=1e-5)
    np.testing.assert_allclose(moved[0].faces[0].intensity, 0.0, atol=1e-6)
    assert moved[15].faces[0].aus[12] == pytest.approx(0.377, abs=0.001)  # odds 49/9 times 1/9
    assert moved[15].faces[0].intensities[12] == pytest.approx(2.0)
    assert [frame.faces[0].status for frame in moved[3:6]] == ["ok", "blurred", "ok"]
    late = moved[15].faces[1]
    assert late.status == "no level"
    assert np.isnan(late.au).all()
    assert np.isnan(late.intensity).all()
    assert late.landmarks.shape == (478, 3)


def test_a_camera_s_levels_are_known_after_the_seconds_at_rest():
    read = frames()
    moved = list(take_off(iter(read), REST, None, thresholds=THRESHOLDS))
    known = list(take_off(read, REST, levels_of(read, REST), thresholds=THRESHOLDS))
    assert {one.faces[0].status for one in moved[:10]} == {"no level", "blurred"}
    assert all(np.isnan(one.faces[0].au).all() for one in moved[:10])
    for one, other in zip(moved[10:], known[10:], strict=True):
        np.testing.assert_array_equal(one.faces[0].au, other.faces[0].au)
    with pytest.raises(ValueError, match="at rest only"):
        list(take_off(read, Baseline(), None, thresholds=THRESHOLDS))
