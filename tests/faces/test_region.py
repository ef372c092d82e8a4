import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mien.faces import region, warp
from mien.faces.detector import Detection


@given(st.floats(-179, 179), st.floats(10, 500), st.floats(-99, 999), st.floats(-99, 999))
def test_eyes_become_level_and_the_box_two_thirds(angle, side, x, y):
    turn = np.deg2rad(angle)
    points = np.zeros((6, 2))
    points[1] = [np.cos(turn), np.sin(turn)]
    box = np.array([x, y, x + side, y + side / 2])
    matrix = region.of_detection(Detection(box=box, points=points, score=1.0))
    centre = warp.apply(matrix, (box[:2] + box[2:]) / 2)
    np.testing.assert_allclose(centre, [128, 128], atol=1e-6)
    eyes = warp.apply(matrix, points)
    assert abs(eyes[1, 1] - eyes[0, 1]) < 1e-6
    assert eyes[1, 0] > eyes[0, 0]
    np.testing.assert_allclose(warp.scale_of(matrix) * side, 256 / 1.5)


@given(st.floats(-179, 179), st.floats(0.1, 9), st.floats(-999, 999), st.integers(0, 99))
def test_the_second_look_follows_the_face(angle, scale, shift, seed):
    """The view of moved landmarks shows them where the view of the still ones does."""
    points = np.random.default_rng(seed).normal(size=(478, 2)) * 50
    points[[33, 263]] = [[-40, -3], [40, 5]]
    turn = np.deg2rad(angle)
    cosine, sine = scale * np.cos(turn), scale * np.sin(turn)
    moved = warp.apply(np.array([[cosine, -sine, shift], [sine, cosine, -shift]]), points)
    still = warp.apply(region.of_landmarks(points), points)
    np.testing.assert_allclose(warp.apply(region.of_landmarks(moved), moved), still, atol=1e-6)
    low, high = still.min(axis=0), still.max(axis=0)
    np.testing.assert_allclose((low + high) / 2, [128, 128], atol=1e-6)
    np.testing.assert_allclose((high - low).max(), 256 / 1.5, atol=1e-6)
    assert abs(still[33, 1] - still[263, 1]) < 1e-6
