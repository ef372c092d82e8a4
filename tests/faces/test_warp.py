import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faces.similar import similarity_of
from mien.faces import warp

angles = st.floats(-180, 180)
scales = st.floats(0.1, 10)
shifts = st.floats(-500, 500)


@given(angles, scales, shifts, shifts, st.integers(2, 9), st.integers(0, 999))
def test_an_exact_similarity_is_recovered(angle, scale, dx, dy, count, seed):
    points = np.random.default_rng(seed).normal(size=(count, 2)) * 50
    truth = similarity_of(angle, scale, dx, dy)
    found = warp.similarity(points, warp.apply(truth, points))
    np.testing.assert_allclose(found, truth, rtol=1e-6, atol=1e-6)


def test_the_fit_is_the_least_squares_one():
    """Oracle: the normal equations of [a -b tx; b a ty], solved by lstsq."""
    generator = np.random.default_rng(0)
    for _ in range(20):
        source, target = generator.normal(size=(2, 7, 2))
        rows = []
        for x, y in source:
            rows += [[x, -y, 1, 0], [y, x, 0, 1]]
        a, b, tx, ty = np.linalg.lstsq(np.array(rows), target.ravel(), rcond=None)[0]
        found = warp.similarity(source, target)
        np.testing.assert_allclose(found, [[a, -b, tx], [b, a, ty]], atol=1e-9)


@pytest.mark.parametrize("points", [np.zeros((3, 2)), np.zeros((1, 2)), np.zeros((3, 3))])
def test_too_little_to_fit_is_refused(points):
    with pytest.raises(ValueError, match="point"):
        warp.similarity(points, points)


@given(angles, scales, shifts, shifts)
def test_invert_and_compose_undo_each_other(angle, scale, dx, dy):
    matrix = similarity_of(angle, scale, dx, dy)
    identity = warp.compose(warp.invert(matrix), matrix)
    np.testing.assert_allclose(identity, np.eye(3)[:2], atol=1e-6)
    assert warp.scale_of(matrix) == pytest.approx(scale)


def test_the_identity_changes_nothing(generator):
    image = generator.integers(0, 256, (32, 32, 3), np.uint8)
    np.testing.assert_array_equal(warp.resample(image, np.eye(3)[:2], 32), image)


def test_pixel_centres_lie_at_a_half():
    """Doubling a two-pixel edge: by centres at a half the halves stay in place."""
    image = np.zeros((8, 8, 3), np.uint8)
    image[:, 4:] = 200
    large = warp.resample(image, np.array([[2.0, 0, 0], [0, 2.0, 0]]), 16)
    np.testing.assert_array_equal(large[8, :, 0] > 100, np.arange(16) >= 8)
    mirrored = large[8, ::-1, 0].astype(int) + large[8, :, 0]
    np.testing.assert_array_equal(mirrored[1:-1], 200)  # the outermost blend with the outside


@pytest.mark.parametrize("factor", [2, 3, 4, 7.5])
def test_shrinking_averages_instead_of_aliasing(generator, factor):
    """Fine noise about grey must become calm, by about one over the factor."""
    image = generator.integers(0, 256, (300, 300, 3), np.uint8)
    size = int(300 / factor)
    small = warp.resample(image, np.eye(3)[:2] / factor, size)
    inner = small[2:-2, 2:-2].astype(float)
    assert abs(inner.mean() - 127.5) < 2
    assert inner.std() < 74 / factor * 1.3


@pytest.mark.parametrize("factor", [2.5, 4.0, 5.3])
@pytest.mark.parametrize("angle", [0, 20, -75])
def test_shrunk_content_lies_where_the_matrix_says(factor, angle):
    """A smooth bump's centre of mass lands on its mapped centre."""
    row, column = np.mgrid[:400, :400] + 0.5
    bump = 255 * np.exp(-((column - 210) ** 2 + (row - 190) ** 2) / (2 * 18**2))
    image = np.repeat(bump.astype(np.uint8)[..., None], 3, axis=2)
    matrix = similarity_of(angle, 1 / factor, 0, 0)
    matrix[:, 2] = 40 - matrix[:, :2] @ [200, 200]
    small = warp.resample(image, matrix, 80)[..., 0].astype(float)
    row, column = np.mgrid[:80, :80] + 0.5
    centre = np.array([(small * column).sum(), (small * row).sum()]) / small.sum()
    np.testing.assert_allclose(centre, warp.apply(matrix, np.array([210, 190])), atol=0.05)


def test_what_lies_outside_is_black_or_the_border():
    image = np.full((10, 10, 3), 9, np.uint8)
    far = np.array([[1.0, 0, 100], [0, 1.0, 100]])
    assert warp.resample(image, far, 8).max() == 0
    assert warp.resample(image, far, 8, replicate=True).min() == 9
    tiny = np.array([[0.01, 0, 100], [0, 0.01, 100]])
    assert warp.resample(image, tiny, 8).max() == 0
