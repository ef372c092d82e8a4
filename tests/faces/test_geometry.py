"""A face's shape: the same however the picture is framed, exchanged by a mirror."""

import numpy as np
import pytest

from mien.faces import geometry
from mien.faces.blendshapes import NAMES
from mien.faces.groups import MIRROR_478
from mien.faces.template import CANONICAL


@pytest.fixture
def landmarks(generator):
    points = generator.uniform(0, 100, (478, 3))
    for number, (x, y) in zip(CANONICAL.indices, CANONICAL.targets, strict=True):
        points[number, :2] = (100 * x, 100 * y)
    return points


def test_shift_turn_and_size_do_not_matter(landmarks, generator):
    scores = generator.uniform(size=52)
    first = geometry.describe(landmarks, scores)
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    moved = np.column_stack([3 * landmarks[:, :2] @ turn.T + (40, -7), landmarks[:, 2]])
    np.testing.assert_allclose(geometry.describe(moved, scores), first, atol=1e-5)
    assert first.shape == (geometry.WIDTH,)
    np.testing.assert_allclose(first[-52:], scores, atol=1e-6)


def test_the_template_s_points_lie_at_their_targets(landmarks):
    found = geometry.describe(landmarks, None)
    for number, target in zip(CANONICAL.indices, CANONICAL.targets, strict=True):
        place = np.flatnonzero(number == geometry.POINTS)[0]
        np.testing.assert_allclose(found[2 * place : 2 * place + 2] + 0.5, target, atol=1e-6)
    assert np.isnan(found[-52:]).all()


def test_a_mirrored_picture_gives_mirrored_features(landmarks, generator):
    scores = generator.uniform(size=52)
    swapped = [
        NAMES.index(n[:-4] + "Right" if n.endswith("Left") else n[:-5] + "Left")
        if n.endswith(("Left", "Right"))
        else NAMES.index(n)
        for n in NAMES
    ]
    flipped = landmarks.copy()
    flipped[:, 0] = 100 - flipped[:, 0]
    direct = geometry.describe(flipped[MIRROR_478], scores[swapped])
    found = geometry.mirrored(geometry.describe(landmarks, scores))
    np.testing.assert_allclose(found, direct, atol=1e-5)
    np.testing.assert_array_equal(geometry.mirrored(geometry.mirrored(found)), found)


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match="478"):
        geometry.describe(np.zeros((68, 2)), None)
