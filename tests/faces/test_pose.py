import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.faces import pose as module
from mien.faces.pose import Pose, angles, pose


def turned(one, *, scale=40.0, shift=(300.0, 200.0, 0.0)):
    """Landmarks of the mean face under a known pose; what is not fitted is left at zero."""
    model = module._level_face()
    camera = scale * model @ one.matrix().T
    landmarks = np.zeros((478, 3))
    landmarks[module._RIGID[:, 0].astype(int)] = camera * [1, -1, -1] + shift
    return landmarks


@given(st.floats(-80, 80), st.floats(-60, 60), st.floats(-170, 170), st.floats(1, 400))
def test_a_known_pose_is_recovered(yaw, pitch, roll, scale):
    truth = Pose(yaw=yaw, pitch=pitch, roll=roll)
    found = pose(turned(truth, scale=scale))
    np.testing.assert_allclose([found.yaw, found.pitch, found.roll], [yaw, pitch, roll], atol=1e-6)


def test_signs():
    """The nose tip against the middle of the ears, and the forehead, in the picture."""

    def moved(index, **turn):
        still = turned(Pose(yaw=0.0, pitch=0.0, roll=0.0))
        return (turned(Pose(**{"yaw": 0.0, "pitch": 0.0, "roll": 0.0, **turn})) - still)[index]

    assert moved(4, yaw=20.0)[0] > 0  # to the subject's left is the picture's right
    assert moved(4, pitch=20.0)[1] < 0  # up
    assert moved(10, roll=20.0)[0] > 0  # crown to the subject's left, clockwise


@given(st.floats(-40, 40), st.floats(-30, 30), st.floats(-60, 60))
def test_turning_the_picture_changes_roll_only(yaw, pitch, turn):
    landmarks = turned(Pose(yaw=yaw, pitch=pitch, roll=5.0))
    angle = np.deg2rad(turn)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    landmarks[:, :2] = landmarks[:, :2] @ rotation.T  # clockwise in the picture
    found = pose(landmarks)
    np.testing.assert_allclose(
        [found.yaw, found.pitch, found.roll], [yaw, pitch, 5 + turn], atol=1e-6
    )


@given(st.floats(-80, 80), st.floats(-60, 60), st.floats(-170, 170))
def test_angles_invert_the_matrix(yaw, pitch, roll):
    one = Pose(yaw=yaw, pitch=pitch, roll=roll)
    np.testing.assert_allclose(angles(one.matrix()).matrix(), one.matrix(), atol=1e-9)


def test_mouth_and_jaw_do_not_turn_the_head():
    landmarks = turned(Pose(yaw=10.0, pitch=5.0, roll=0.0))
    moved = landmarks.copy()
    moved[[152, 148, 13, 14, 61, 291, 136, 365, 205, 425]] += 50
    assert pose(moved) == pose(landmarks)


@pytest.mark.parametrize("bad", [np.zeros((478, 2)), np.zeros((468, 3)), np.full((478, 3), np.nan)])
def test_other_input_is_refused(bad):
    with pytest.raises(ValueError, match="landmarks"):
        pose(bad)
