"""FaceSwap against plain NumPy, and its rules one by one."""

import cv2
import numpy as np
import pytest

from data import slow_face_swap as slow
from data.faces68 import picture, points68
from mien.data.face_mask import face_mask
from mien.data.face_swap import FITTED, FaceSwap, blur_size, eye_distance, face_swap
from mien.data.landmarks import BROWS, EYES, LEFT_EYE, MOUTH, NOSE, RIGHT_EYE
from mien.errors import MienError
from mien.faces.warp import apply

SOFT, HARD = FaceSwap(), FaceSwap(feather=0.0)


def scene(seed: int, size: int = 48):
    generator = np.random.default_rng(seed)
    first, second = picture(generator, size), picture(generator, size)
    return first, second, points68(generator, size), points68(generator, size)


@pytest.mark.parametrize("options", [SOFT, HARD, FaceSwap(feather=0.12)])
@pytest.mark.parametrize("seed", range(3))
def test_the_fast_swap_equals_the_slow_one(seed, options):
    expression, donor, face, donor_face = scene(seed, 40)
    found, placed = face_swap(expression, donor, face=face, donor_face=donor_face, options=options)
    wanted, wanted_points = slow.swap(expression, donor, face, donor_face, feather=options.feather)
    np.testing.assert_allclose(placed, wanted_points, atol=1e-3)
    error = np.abs(found - np.clip(wanted, 0, 255))
    # cv2 warps on a grid of 1/32 pixel and in whole levels; the mask must not differ at all.
    assert error.mean() < 0.6
    assert np.quantile(error, 0.999) < 4


def test_groups_are_the_papers():
    assert list(FITTED) == slow.FITTED
    assert [*range(68)[EYES], *range(68)[BROWS]] == slow.UPPER
    assert [*range(68)[NOSE], *range(68)[MOUTH]] == slow.LOWER
    assert [*range(68)[RIGHT_EYE], *range(68)[LEFT_EYE]] == [*range(68)[EYES]]


@pytest.mark.parametrize("seed", range(4))
def test_the_mask_is_the_union_of_two_hulls(seed):
    points = points68(np.random.default_rng(seed), 40)
    found = face_mask(points, height=40, width=44)
    for y, x in np.ndindex(40, 44):
        at = (x + 0.5, y + 0.5)
        assert found[y, x] == any(slow.in_hull(at, points[g]) for g in (slow.UPPER, slow.LOWER))


def test_the_mask_stays_inside_the_image():
    points = points68(np.random.default_rng(0), 40) + np.float32([10, -16])
    found = face_mask(points, height=40, width=40)
    assert found.any()
    assert found[0].any()
    assert not found[26:].any()
    assert not face_mask(points + np.float32(200), height=40, width=40).any()


def test_a_face_in_its_own_head_is_itself():
    image, _, points, _ = scene(5, 64)
    found, placed = face_swap(image, image, face=points, donor_face=points, options=HARD)
    np.testing.assert_allclose(placed, points, atol=1e-3)
    assert np.abs(found.astype(int) - image).max() <= 1


def test_outside_the_mask_is_the_donor():
    expression, donor, face, donor_face = scene(6, 64)
    found, placed = face_swap(expression, donor, face=face, donor_face=donor_face, options=HARD)
    mask = face_mask(donor_face, height=64, width=64) | face_mask(placed, height=64, width=64)
    assert np.array_equal(found[~mask], donor[~mask])
    assert np.abs(found[mask].astype(int) - donor[mask]).mean() > 2


def test_colours_become_the_donors():
    """A face of one colour in a head of another takes the head's colour exactly."""
    _, _, face, donor_face = scene(7, 64)
    pale, dark = (np.full((64, 64, 3), c, np.uint8) for c in ((200, 160, 150), (90, 60, 40)))
    found, _ = face_swap(pale, dark, face=face, donor_face=donor_face, options=HARD)
    middle = donor_face[NOSE].mean(axis=0).astype(int)
    assert np.abs(found[middle[1], middle[0]].astype(int) - dark[0, 0]).max() <= 1


def test_detail_is_the_expressions():
    """The mouth that was drawn into the expression's frame lies where the donor's mouth is."""
    expression, donor, face, donor_face = scene(8, 112)
    expression[:], donor[:] = 180, 120
    mouth = np.round(face[48:60]).astype(np.int32)
    cv2.fillConvexPoly(expression, mouth, (60, 60, 60))
    found, placed = face_swap(expression, donor, face=face, donor_face=donor_face, options=SOFT)
    x, y = placed[48:60].mean(axis=0).astype(int)
    assert found[y, x].max() < 110 < donor[y, x].min()
    np.testing.assert_allclose(placed[48:60].mean(0), donor_face[48:60].mean(0), atol=4)


def test_the_blurs_size_is_odd():
    assert [blur_size(d) for d in (10.0, 11.7, 12.0, 20.0, 35.0)] == [7, 7, 7, 13, 21]
    points = points68(np.random.default_rng(0), 64)
    assert eye_distance(points) == pytest.approx(slow.eyes(points))


def test_black_borders_do_not_blow_up():
    """Where the warped frame does not reach, the divisor is 128 and the result stays dark."""
    expression, donor, face, donor_face = scene(9, 64)
    expression[:, :, :] = 0
    found, _ = face_swap(expression, donor, face=face, donor_face=donor_face, options=HARD)
    mask = face_mask(donor_face, height=64, width=64)
    assert not found[mask].any()


@pytest.mark.parametrize("which", ["face", "donor_face"])
def test_without_a_face_nothing_is_swapped(which):
    expression, donor, face, donor_face = scene(10)
    points = {"face": face, "donor_face": donor_face}
    points[which] = np.full((68, 2), np.nan, np.float32)
    found, placed = face_swap(expression, donor, **points, options=SOFT)
    assert np.array_equal(found, expression)
    np.testing.assert_array_equal(placed, points["face"])


def test_too_bright_is_clipped_or_wraps():
    expression, donor, face, donor_face = scene(11, 64)
    expression[:], donor[:] = 60, 250
    mouth = np.round(face[48:60]).astype(np.int32)
    cv2.fillConvexPoly(expression, mouth, (255, 255, 255))
    options = {"face": face, "donor_face": donor_face}
    found, placed = face_swap(expression, donor, **options, options=HARD)
    x, y = placed[48:60].mean(axis=0).astype(int)
    assert found[y, x].tolist() == [255] * 3
    wrapped, _ = face_swap(
        expression, donor, **options, options=FaceSwap(feather=0.0, overflow="wrap")
    )
    assert wrapped[y, x].max() < 255
    inside = np.abs(wrapped.astype(int) - found) <= 1
    assert inside[found < 255].mean() > 0.99


def test_feathering_softens_the_edge_only():
    expression, donor, face, donor_face = scene(12, 112)
    donor[:] = donor // 2
    options = {"face": face, "donor_face": donor_face}
    soft = face_swap(expression, donor, **options, options=FaceSwap(feather=0.1))[0].astype(int)
    hard, placed = face_swap(expression, donor, **options, options=HARD)
    mask = np.zeros((112, 112), np.uint8)
    for points in (donor_face, placed):
        mask |= face_mask(points, height=112, width=112).astype(np.uint8)
    edge = cv2.dilate(mask, np.ones((31, 31))) - cv2.erode(mask, np.ones((31, 31)))
    differs = np.abs(soft - hard).max(axis=2) > 1
    assert differs.any()
    assert not (differs & (edge == 0)).any()


@pytest.mark.parametrize("changes", [{"probability": 1.5}, {"feather": -0.1}])
def test_impossible_settings_are_refused(changes):
    with pytest.raises(MienError, match="FaceSwap with"):
        FaceSwap(**changes)


def test_points_under_the_similarity_are_where_the_picture_went():
    """A bright dot at a landmark of the expression ends at the placed landmark."""
    expression, donor, face, donor_face = scene(14, 112)
    expression[:], donor[:] = 100, 100
    x, y = np.floor(face[51]).astype(int)
    expression[y - 1 : y + 2, x - 1 : x + 2] = 255
    found, placed = face_swap(expression, donor, face=face, donor_face=donor_face, options=HARD)
    grid = np.argwhere(found[..., 0] > 160)[:, ::-1] + 0.5
    centre = apply(np.array([[1.0, 0, 0], [0, 1, 0]]), grid).mean(0)
    shift = face[51] - (np.array([x, y]) + 0.5)
    np.testing.assert_allclose(centre + shift, placed[51], atol=1.0)
