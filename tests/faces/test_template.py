import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faces.similar import similarity_of
from mien.faces import warp
from mien.faces.template import CANONICAL, Jitter, Template, jitter

DIGEST = "5219e4717b3170d363ab96c53688a84ba0d0ed7e71fe5fec50b5bd5b3b4c92a9"


def resting_face(seed=0):
    """478 landmarks whose fitted ones lie on the template, in a 100-px face."""
    points = np.random.default_rng(seed).uniform(0, 100, (478, 2))
    for index, (x, y) in zip(CANONICAL.indices, CANONICAL.targets, strict=True):
        points[index] = (100 * x, 100 * y)
    return points


def test_the_template_never_changes():
    """Models and stores record this digest: a new template needs a new name."""
    assert CANONICAL.name == "mien-1"
    assert CANONICAL.digest == DIGEST


def test_the_digest_sees_every_number():
    changed = [
        Template(name="mien-2", indices=CANONICAL.indices, targets=CANONICAL.targets),
        Template(name="mien-1", indices=CANONICAL.indices[::-1], targets=CANONICAL.targets),
        Template(
            name="mien-1",
            indices=CANONICAL.indices,
            targets=((0.3, 0.2), *CANONICAL.targets[1:]),
        ),
    ]
    assert len({CANONICAL.digest, *(one.digest for one in changed)}) == 4


def test_only_eye_corners_and_nose_bridge_are_fitted():
    assert set(CANONICAL.indices) == {33, 133, 362, 263, 168, 6, 197}


def test_targets_are_level_and_symmetric():
    where = dict(zip(CANONICAL.indices, np.array(CANONICAL.targets), strict=True))
    for right, left in ((33, 263), (133, 362)):
        assert where[right][1] == where[left][1]
        assert where[right][0] + where[left][0] == pytest.approx(1)
    for middle in (168, 6, 197):
        assert where[middle][0] == 0.5


@given(
    st.floats(-180, 180), st.floats(0.2, 8), st.floats(-900, 900), st.floats(-900, 900),
    st.integers(0, 99), st.sampled_from([64, 112, 224]),
)  # fmt: skip
def test_crops_do_not_depend_on_where_the_face_lies(angle, scale, dx, dy, seed, size):
    face = resting_face(seed) + np.random.default_rng(seed).normal(size=(478, 2))
    moved = warp.apply(similarity_of(angle, scale, dx, dy), face)
    here = warp.apply(CANONICAL.matrix(face, size), face)
    there = warp.apply(CANONICAL.matrix(moved, size), moved)
    np.testing.assert_allclose(there, here, atol=1e-6 * size)


@given(st.integers(0, 99), st.floats(-30, 30), st.floats(-30, 60))
def test_mouth_jaw_and_brows_do_not_move_the_crop(seed, dx, dy):
    face = resting_face(seed)
    others = np.setdiff1d(np.arange(478), CANONICAL.indices)
    moving = face.copy()
    moving[others] += (dx, dy)
    np.testing.assert_array_equal(CANONICAL.matrix(moving, 112), CANONICAL.matrix(face, 112))


def test_depth_is_ignored_and_other_shapes_refused():
    face = resting_face()
    deep = np.column_stack([face, np.ones(478)])
    np.testing.assert_array_equal(CANONICAL.matrix(deep, 112), CANONICAL.matrix(face, 112))
    for bad in (face[:468], face[:, :1], face[None]):
        with pytest.raises(ValueError, match="landmarks"):
            CANONICAL.matrix(bad, 112)


@given(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1), st.floats(-0.3, 0.3), st.floats(-20, 20))
def test_jitter_means_what_it_says(dx, dy, log_scale, degrees):
    size = 112
    matrix = Jitter(dx=dx, dy=dy, log_scale=log_scale, degrees=degrees).matrix(size)
    centre = warp.apply(matrix, np.array([size / 2, size / 2]))
    np.testing.assert_allclose(centre, [size * (0.5 + dx), size * (0.5 + dy)], atol=1e-9)
    assert warp.scale_of(matrix) == pytest.approx(np.exp(log_scale))
    right = matrix[:, :2] @ [1, 0]
    assert np.degrees(np.arctan2(right[1], right[0])) == pytest.approx(degrees, abs=1e-6)


def test_no_jitter_is_the_plain_crop(generator):
    face = resting_face()
    still = jitter(generator, strength=0.0)
    np.testing.assert_allclose(
        CANONICAL.matrix(face, 112, jitter=still), CANONICAL.matrix(face, 112), atol=1e-9
    )


def test_jitter_is_drawn_reproducibly_and_about_zero():
    draws = [jitter(np.random.default_rng(3)) for _ in range(2)]
    assert draws[0] == draws[1]
    generator = np.random.default_rng(0)
    many = [jitter(generator) for _ in range(4000)]
    for name in ("dx", "dy", "log_scale", "degrees"):
        values = np.array([getattr(one, name) for one in many])
        assert abs(values.mean()) < 0.08 * values.std()


def test_the_photo_is_framed_with_room_for_the_jaw(photo, landmarker):
    face = landmarker.detect(photo)[0].landmarks
    crop = CANONICAL.crop(photo, face, 112)
    assert crop.shape == (112, 112, 3)
    inside = warp.apply(CANONICAL.matrix(face, 112), face[:, :2])
    brows, chin = inside[[105, 334], 1], inside[152, 1]
    assert brows.min() > 0.08 * 112  # brows may rise by 1 cm (5 % of the side)
    assert chin < 0.83 * 112  # the jaw may drop by 3.4 cm (17 % of the side)
    assert inside[:, 0].min() > 0.05 * 112
    assert inside[:, 0].max() < 0.95 * 112
