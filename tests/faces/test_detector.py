import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.faces.detector import Detection, anchors, decode, levels, overlap, suppress


def test_anchors_are_the_ssd_grid_in_order():
    """Oracle: loops over both grids."""
    expected = [
        ((column + 0.5) / cells, (row + 0.5) / cells)
        for cells, repeats in ((16, 2), (8, 6))
        for row in range(cells)
        for column in range(cells)
        for _ in range(repeats)
    ]
    np.testing.assert_allclose(anchors(), expected)
    assert anchors().shape == (896, 2)


def test_decoding_by_hand():
    regressors = np.zeros((896, 16), np.float32)
    logits = np.full(896, -5, np.float32)
    logits[[7, 600]] = (2.0, 1000.0)
    regressors[7, :6] = (12.8, -6.4, 64, 32, 1.28, 2.56)
    boxes, points, scores = decode(regressors, logits)
    x, y = anchors()[7] + [0.1, -0.05]
    np.testing.assert_allclose(boxes[0], [x - 0.25, y - 0.125, x + 0.25, y + 0.125])
    np.testing.assert_allclose(points[0, 0], anchors()[7] + [0.01, 0.02], atol=1e-7)
    np.testing.assert_allclose(scores, [1 / (1 + np.exp(-2)), 1])


boxes = st.lists(st.floats(0, 100), min_size=4, max_size=4).map(
    lambda v: np.array([min(v[0], v[2]), min(v[1], v[3]), max(v[0], v[2]) + 1, max(v[1], v[3]) + 1])
)


@given(boxes, boxes, st.floats(-50, 50), st.floats(0.5, 3))
def test_overlap_is_symmetric_bounded_and_invariant(a, b, shift, scale):
    value = overlap(a, b)
    assert 0 <= value <= 1
    assert overlap(b, a) == value
    assert overlap(a, a) == pytest.approx(1)
    assert overlap(a * scale + shift, b * scale + shift) == pytest.approx(value, abs=1e-6)


def test_overlap_of_empty_boxes_is_zero():
    assert overlap(np.zeros(4), np.zeros(4)) == 0


def detection(left, score, side=10.0):
    box = np.array([left, 0.0, left + side, side])
    return Detection(box=box, points=np.full((6, 2), left), score=score)


def test_suppression_averages_one_face_and_keeps_another():
    found = suppress([detection(0.0, 0.6), detection(100.0, 0.7), detection(1.0, 0.9)])
    assert [one.score for one in found] == [0.9, 0.7]
    assert found[0].box[0] == pytest.approx(0.6)  # (0.9 x 1 + 0.6 x 0) / 1.5
    assert found[0].points[0, 0] == pytest.approx(0.6)
    assert suppress([]) == []


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_every_level_covers_the_image(height, width):
    for level in levels(height, width):
        covered = np.zeros((height, width), bool)
        if height * width > 250_000:
            covered = np.zeros((2, 2), bool)
            covered[0, 0] = any(left <= 0 and top <= 0 for left, top, _ in level)
            covered[0, 1] = any(left + side >= width and top <= 0 for left, top, side in level)
            covered[1, 0] = any(left <= 0 and top + side >= height for left, top, side in level)
            covered[1, 1] = any(
                left + side >= width and top + side >= height for left, top, side in level
            )
        else:
            for left, top, side in level:
                covered[max(top, 0) : top + side, max(left, 0) : left + side] = True
        assert covered.all()


def test_levels_get_finer_and_stop():
    sides = [{side for _, _, side in level} for level in levels(720, 1280)]
    assert sides == [{1280}, {720}, {360}, {180}]
    assert [len(level) for level in levels(512, 512)] == [1, 9, 49]
    assert len(levels(100, 100)) == 1
