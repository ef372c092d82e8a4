"""What makes the rendered faces look like people: brows, folds, lips, teeth, lids, proportions."""

from dataclasses import replace

import numpy as np
import pytest

from mien.lab.anatomy.atlas import SIZE, atlas
from mien.lab.anatomy.folds import FOLDS
from mien.lab.bodies.seal import lip_gap
from mien.lab.bodies.shape import shape
from mien.lab.bodies.skin import fold_habits, skin
from mien.lab.chance.middles import MIDDLES, middle
from mien.lab.chance.pools import POOLS, shape_pool
from mien.lab.conditions.world import Light, World
from mien.lab.expression import FaceState
from mien.lab.people.draw import sample_person
from mien.lab.people.shapes import draw_shape
from mien.lab.picture import drawing
from mien.lab.picture.drawing import folded
from mien.lab.render import render

SOFT = World(lights=(Light(yaw=-20.0, pitch=30.0, intensity=0.9),), ambient=(0.3, 0.3, 0.3))


@pytest.fixture(scope="module")
def person():
    drawn = sample_person(np.random.default_rng(12))
    return replace(
        drawn,
        hair=replace(drawn.hair, beard=0.0, moustache=0.0, stubble=0.0),
        skin=replace(drawn.skin, freckles=0.0, blemish=0.0),
        wrinkles=0.4,
    )


def grey(person, units=None, *, size=96, world=SOFT):
    shown = render(person, FaceState.of(units or {}), world, size=size)
    return shown.image.astype(float).mean(axis=2), shown.landmarks


def box(landmarks, indices, *, grow=0.0):
    """Slices around some landmarks."""
    low, high = landmarks[list(indices)].min(axis=0) - grow, landmarks[list(indices)].max(axis=0)
    left, top = np.floor(low).astype(int)
    right, bottom = np.ceil(high + grow).astype(int)
    return slice(max(top, 0), bottom + 1), slice(max(left, 0), right + 1)


BROWS = (55, 65, 52, 53, 46, 107, 66, 105, 63, 70, 285, 295, 282, 276, 336, 296, 334, 300)
"""Landmarks on the brows."""


def test_brows_are_dark_where_brows_are(person):
    none, thick = (
        replace(person, brows=replace(person.brows, density=density, thickness=1.0))
        for density in (0.0, 1.0)
    )
    bare, landmarks = grey(none)
    haired, _ = grey(thick)
    darker = bare - haired
    rows, columns = box(landmarks, BROWS, grow=3.0)
    assert darker[rows, columns].sum() > 0.97 * np.abs(darker).sum()
    assert darker[rows, columns].max() > 25


@pytest.mark.parametrize("unit", [1, 2, 4])
def test_brows_move_with_their_units(person, unit):
    """The dark band's mean height follows the landmarks of the brow."""
    dark = replace(person, brows=replace(person.brows, density=1.0, colour=(0.01, 0.01, 0.01)))
    bare = replace(dark, brows=replace(dark.brows, density=0.0))

    def height(units):
        (haired, landmarks), (skin_alone, _) = grey(dark, units), grey(bare, units)
        weight = np.clip(skin_alone - haired, 0, None)
        weight[:, : int(landmarks[:, 0].mean())] = 0
        return (weight.sum(axis=1) @ np.arange(96)) / weight.sum(), landmarks

    (rest, at_rest), (moved, there) = height({}), height({unit: 5.0})
    left = [285, 295, 282, 276, 336, 296, 334]
    expected = (there - at_rest)[left, 1].mean()
    assert abs(expected) > 0.7
    assert np.sign(moved - rest) == np.sign(expected)
    assert abs(moved - rest) == pytest.approx(abs(expected), rel=0.6)


def changed(person, units):
    """Rows of the map of skin (0-1, by resting height) whose relief a face's units change."""
    resting = skin(person).relief
    moved = np.abs(folded(person, FaceState.of(units), resting) - resting).sum(axis=2)
    place = atlas().place
    return moved, place


def test_a_smile_shapes_the_cheeks_and_not_the_forehead(person):
    moved, place = changed(person, {12: 4.0})
    assert moved[place[..., 1] > 7.5].max() == 0
    cheek = (np.abs(np.abs(place[..., 0]) - 0.34) < 0.04) & (np.abs(place[..., 1] - 6.86) < 0.06)
    assert moved[cheek & (place[..., 2] > 0.5)].mean() > 1.0


def test_forehead_lines_come_with_raised_brows_on_their_side(person):
    moved, place = changed(person, {2: (4.0, 0.0)})
    front = place[..., 2] > 0.5
    left, right = (moved[front & (place[..., 0] * sign > 0.1)].sum() for sign in (1, -1))
    assert left > 10 * right
    assert moved[place[..., 1] < 7.2].max() == 0


def test_lines_deepen_with_wrinkles_but_bulges_do_not(person):
    name = FOLDS.index("forehead_inner")
    lines = atlas().folds[name].lines
    rows = slice(lines.row, lines.row + lines.sides.shape[1])
    depth = {}
    for wrinkles in (0.1, 0.9):
        moved, _ = changed(replace(person, wrinkles=wrinkles), {1: 5.0})
        depth[wrinkles] = moved[rows].sum()
    assert depth[0.9] > 1.5 * depth[0.1]


def test_each_person_folds_their_own_way(person):
    assert fold_habits(person) == fold_habits(replace(person))
    other = replace(person, texture_seed=person.texture_seed + 2)
    assert fold_habits(person) != fold_habits(other)
    assert len(fold_habits(person)) == len(FOLDS)


def test_resting_relief_is_not_touched(person):
    before = skin(person).relief.copy()
    assert folded(person, FaceState(), skin(person).relief) is skin(person).relief
    folded(person, FaceState.of({1: 5.0, 12: 5.0, 43: 5.0}), skin(person).relief)
    np.testing.assert_array_equal(skin(person).relief, before)


@pytest.mark.parametrize("seed", range(4))
def test_shut_eyes_show_no_eyeball(seed):
    drawn = sample_person(np.random.default_rng(seed))
    images = [
        render(
            replace(drawn, eyes=replace(drawn.eyes, sclera=sclera, iris=sclera)),
            FaceState.of({43: 5.0}), SOFT, size=96,
        ).image.astype(int)
        for sclera in ((0.9, 0.9, 0.9), (0.01, 0.01, 0.01))
    ]  # fmt: skip
    assert np.abs(images[0] - images[1]).max() <= 2


def test_a_shut_eye_has_a_dark_line_of_lashes(person):
    shut, landmarks = grey(person, {43: 5.0}, size=112)
    rows, columns = box(landmarks, (159, 145, 158, 160), grow=5.0)
    assert shut[rows, columns].min() < 0.7 * np.median(shut[rows, columns])


@pytest.mark.parametrize("seed", range(6))
def test_lips_meet_at_rest(seed):
    vertices = shape(sample_person(np.random.default_rng(seed))).vertices
    assert abs(lip_gap(vertices)) < 0.006


def test_teeth_are_bright_and_the_mouth_behind_them_dark(person):
    def opening(units):
        """Pixels between the lips, over the brightness of the cheeks."""
        shown, landmarks = grey(person, units, size=112)
        cheeks = np.median(shown[box(landmarks, (50, 101, 205))])
        return shown[box(landmarks, (82, 312, 13, 14))] / cheeks

    assert np.percentile(opening({12: 4.0, 25: 4.0}), 80) > 0.65
    assert np.percentile(opening({25: 5.0, 27: 5.0}), 20) < 0.3


def test_shading_pixels_together_changes_little(person, monkeypatch):
    """The fast path for thumbnails beside the slow one, pixel by pixel."""
    world = replace(SOFT, yaw=20.0)
    for size, units in ((64, {12: 4.0, 25: 3.0}), (112, {4: 4.0, 43: 5.0})):
        monkeypatch.setattr(drawing, "_POOLED_BELOW", 1e9)
        together, _ = grey(person, units, size=size, world=world)
        monkeypatch.setattr(drawing, "_POOLED_BELOW", 0.0)
        apart, _ = grey(person, units, size=size, world=world)
        gap = np.abs(together - apart)
        assert gap.mean() < 1.5
        assert np.percentile(gap, 99) < 20


def test_skin_maps_have_their_size(person):
    painted = skin(person)
    assert painted.colour.shape == (SIZE, SIZE, 4)
    assert painted.half.shape == (SIZE // 2, SIZE // 2, 4)
    assert painted.relief.shape == (SIZE, SIZE, 2)
    np.testing.assert_allclose(painted.half.mean(axis=(0, 1)), painted.colour.mean(axis=(0, 1)),
                               rtol=1e-3)  # fmt: skip


@pytest.mark.parametrize("pool", POOLS)
def test_faces_of_both_pools_lie_about_the_same_middle(pool):
    generator = np.random.default_rng(3)
    shapes = [dict(draw_shape(generator, pool)) for _ in range(120)]
    assert all(shape_pool(sorted(each.items())) == pool for each in shapes)
    for down, up in (("eyebrows-trans-down", "eyebrows-trans-up"),):
        mean = np.mean([each.get(down, 0.0) - each.get(up, 0.0) for each in shapes])
        assert mean == pytest.approx(MIDDLES[down], abs=0.15)


def test_middle_is_signed():
    assert middle("eyebrows-trans-down", "eyebrows-trans-up") == -MIDDLES["eyebrows-trans-down"]
    assert middle("l-eye-trans-in", "l-eye-trans-out") == MIDDLES["eye-trans-out"]
    assert middle("nose-hump-decr", "nose-hump-incr") == 0.0


def test_a_patch_adds_each_side_by_its_depth():
    for fold in atlas().folds:
        relief = np.zeros((SIZE, SIZE, 2), np.float32)
        fold.lines.add(relief, 0.5, 0.0)
        fold.lines.add(relief, 0.0, 2.0)
        rows, columns = fold.lines.sides.shape[1:3]
        top, left = fold.lines.row, fold.lines.column
        box = relief[top : top + rows, left : left + columns]
        expected = 0.5 * fold.lines.sides[0] + 2.0 * fold.lines.sides[1]
        np.testing.assert_allclose(box, expected, rtol=1e-5, atol=1e-6)
        assert np.abs(relief).sum() == pytest.approx(np.abs(expected).sum(), rel=1e-3)


def test_equal_people_share_a_hash(person):
    again = replace(person)
    assert again == person
    assert hash(again) == hash(person)
    assert hash(replace(person, texture_seed=person.texture_seed + 2)) != hash(person)
