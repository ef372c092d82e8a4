"""Every unit moves the face where FACS says; what cannot add up does not."""

from itertools import pairwise

import numpy as np
import pytest

from mien.faces.template import CANONICAL
from mien.facs import LAB_AUS
from mien.lab.anatomy.composition import FOLD_UNITS, SIDED, fold_depths, target_weights
from mien.lab.anatomy.folds import FOLDS
from mien.lab.anatomy.head import head, landmarks
from mien.lab.bodies.posing import pose
from mien.lab.conditions.world import World
from mien.lab.expression import FaceState
from mien.lab.people.draw import sample_person

CORNER_LEFT, CORNER_RIGHT = 291, 61
BROW_INNER = (336, 107)
BROW_OUTER = (300, 70)
LID_UPPER, LID_LOWER = (386, 159), (374, 145)
LIP_UP, LIP_LOW, LIP_UP_IN, LIP_LOW_IN = 0, 17, 13, 14
CHIN, NOSE_WING, CHEEK = 152, (358, 129), (330, 101)
FRAME = World()


def points(units, person, **more):
    posed = pose(person, FaceState.of(units, **more), FRAME)
    return landmarks(posed.vertices).astype(np.float64)


@pytest.fixture(scope="module", params=[1, 2, 7])
def person(request):
    return sample_person(np.random.default_rng(request.param))


@pytest.fixture
def moved(person):
    rest = points({}, person)
    return lambda units, **more: points(units, person, **more) - rest


def opening(where, upper, lower):
    return where[list(upper), 1].mean() - where[list(lower), 1].mean()


def test_1_raises_the_inner_brow_most(moved):
    change = moved({1: 5})
    assert change[list(BROW_INNER), 1].min() > 0.02
    assert change[list(BROW_INNER), 1].mean() > 2 * abs(change[list(BROW_OUTER), 1].mean())


def test_2_raises_the_outer_brow_most(moved):
    change = moved({2: 5})
    assert change[list(BROW_OUTER), 1].min() > 0.02
    assert change[list(BROW_OUTER), 1].mean() > 1.5 * change[list(BROW_INNER), 1].mean()


def test_4_lowers_the_brows_and_draws_them_together(moved):
    change = moved({4: 5})
    assert change[list(BROW_INNER), 1].max() < -0.02
    assert change[336, 0] < -0.005
    assert change[107, 0] > 0.005


def test_5_raises_the_upper_lids(moved):
    change = moved({5: 5})
    assert change[list(LID_UPPER), 1].min() > 0.01


def test_6_raises_the_cheeks(moved):
    change = moved({6: 5})
    assert change[list(CHEEK), 1].min() > 0.01


def test_7_narrows_the_eyes_from_below(moved):
    change = moved({7: 5})
    assert opening(change, LID_UPPER, LID_LOWER) < -0.01
    assert change[list(LID_LOWER), 1].min() > 0


def test_9_raises_the_nose_wings(moved):
    assert moved({9: 5})[list(NOSE_WING), 1].min() > 0.02


def test_10_raises_the_upper_lip(moved):
    change = moved({10: 5})
    assert change[LIP_UP, 1] > 0.02
    assert abs(change[CHIN, 1]) < 0.01


def test_12_pulls_the_corners_up_and_back(moved):
    change = moved({12: 5})
    for corner, side in ((CORNER_LEFT, 1), (CORNER_RIGHT, -1)):
        assert change[corner, 1] > 0.05
        assert change[corner, 0] * side > 0.03
        assert change[corner, 2] < -0.02


def test_14_tightens_the_corners_inwards(moved):
    change = moved({14: 5})
    assert change[[CORNER_LEFT, CORNER_RIGHT], 2].max() < -0.02
    assert change[[CORNER_LEFT, CORNER_RIGHT], 1].max() < 0.5 * moved({12: 5})[CORNER_LEFT, 1]


def test_15_pulls_the_corners_down(moved):
    assert moved({15: 5})[[CORNER_LEFT, CORNER_RIGHT], 1].max() < -0.02


def test_16_lowers_the_lower_lip(moved):
    for more in ({}, {25: 3}):
        change = moved({16: 5, **more})
        rest = moved(more)
        assert change[LIP_LOW, 1] < rest[LIP_LOW, 1] - 0.01
        assert abs(change[LIP_UP, 1] - rest[LIP_UP, 1]) < 0.01


def test_17_pushes_the_chin_and_lower_lip_up(moved):
    change = moved({17: 5})
    assert change[[199, 200, LIP_LOW], 1].min() > 0.01


def test_18_draws_the_corners_together_and_the_lips_forward(moved):
    change = moved({18: 5})
    assert change[CORNER_LEFT, 0] < -0.02
    assert change[CORNER_RIGHT, 0] > 0.02
    assert change[[LIP_UP, LIP_LOW], 2].min() > 0


def test_20_stretches_the_corners_sideways(moved):
    change = moved({20: 5})
    assert change[CORNER_LEFT, 0] > 0.02
    assert change[CORNER_RIGHT, 0] < -0.02
    assert abs(change[CORNER_LEFT, 1]) < 0.6 * abs(moved({12: 5})[CORNER_LEFT, 1])


def test_22_funnels_the_lips_forward_and_open(moved):
    change = moved({22: 5})
    assert change[[LIP_UP, LIP_LOW], 2].min() > 0.01
    assert change[LIP_UP_IN, 1] - change[LIP_LOW_IN, 1] > 0.02


@pytest.mark.parametrize("unit", [23, 24, 28])
def test_23_24_28_thin_the_red_of_the_lips(unit, person):
    def red(units):
        where = points(units, person)
        return where[LIP_UP, 1] - where[LIP_LOW, 1]

    assert red({unit: 5}) < 0.9 * red({})


def test_25_parts_the_lips_without_the_jaw(moved):
    change = moved({25: 5})
    assert change[LIP_UP_IN, 1] - change[LIP_LOW_IN, 1] > 0.03
    assert abs(change[CHIN, 1]) < 0.02


def test_26_and_27_drop_the_jaw_further_and_further(moved):
    parted, dropped, stretched = (
        moved(units)[CHIN, 1] for units in ({25: 5}, {25: 5, 26: 5}, {25: 5, 26: 5, 27: 5})
    )
    assert stretched < 1.6 * dropped < 1.6 * (parted - 0.05)


def test_26_alone_keeps_the_lips_together(moved):
    closed, apart = moved({26: 5}), moved({26: 5, 25: 5})
    assert closed[CHIN, 1] < -0.05
    gap = closed[LIP_UP_IN, 1] - closed[LIP_LOW_IN, 1]
    assert gap < 0.35 * (apart[LIP_UP_IN, 1] - apart[LIP_LOW_IN, 1])


@pytest.mark.parametrize("unit", [43, 45])
def test_43_and_45_close_the_lids(unit, person):
    where, rest = points({unit: 5}, person), points({}, person)
    assert opening(where, LID_UPPER, LID_LOWER) < 0.18 * opening(rest, LID_UPPER, LID_LOWER)
    np.testing.assert_allclose(points({43: 3}, person), points({45: 3}, person))


def test_closed_lids_cannot_be_raised(person):
    with_5 = points({43: 5, 5: 5}, person)
    np.testing.assert_allclose(with_5[list(LID_UPPER)], points({43: 5}, person)[list(LID_UPPER)])


def test_pressed_lips_do_not_part(moved):
    def gap(units):
        change = moved(units)
        return change[LIP_UP_IN, 1] - change[LIP_LOW_IN, 1]

    assert gap({24: 5, 25: 5}) < 0.2 * gap({25: 5})


def test_12_with_15_goes_sideways_and_1_with_4_lifts_the_inner_brow_less(moved):
    both = moved({12: 5, 15: 5})[CORNER_LEFT]
    assert moved({15: 5})[CORNER_LEFT, 1] < both[1] < moved({12: 5})[CORNER_LEFT, 1]
    assert both[0] > 0.01
    inner = list(BROW_INNER)
    sad = moved({1: 5, 4: 5})[inner, 1].mean()
    assert moved({4: 5})[inner, 1].mean() < sad < moved({1: 5})[inner, 1].mean()


@pytest.mark.parametrize("unit", [unit for unit in LAB_AUS if unit not in (26, 27)])
def test_sides_are_separate(unit, person):
    rest = points({}, person)
    amount = np.linalg.norm(points({unit: (5, 0)}, person) - rest, axis=1)
    assert amount[rest[:, 0] > 0.12].sum() > 2 * amount[rest[:, 0] < -0.12].sum()


@pytest.mark.parametrize("unit", LAB_AUS)
def test_more_is_more(unit, person):
    rest = points({}, person)
    sizes = [np.abs(points({unit: level}, person) - rest).sum() for level in (1, 2, 3, 4, 5)]
    assert sizes[0] > 0
    assert all(low < high for low, high in pairwise(sizes))


@pytest.mark.parametrize("unit", LAB_AUS)
def test_units_hardly_move_the_template(unit, person):
    rest, acted = points({}, person)[:, :2], points({unit: 5}, person)[:, :2]
    first, second = CANONICAL.matrix(rest, 1), CANONICAL.matrix(acted, 1)
    # The crop follows eye corners and the nose's bridge, which the face moves little.
    assert np.abs(first - second).max() < 0.12


def test_gaze_turns_the_eyes_and_lowers_the_lids(moved):
    down = moved({}, gaze=(0.0, -20.0))
    assert down[[468, 473], 1].max() < -0.02
    assert down[list(LID_UPPER), 1].max() < 0
    left = moved({}, gaze=(15.0, 0.0))
    assert left[[468, 473], 0].min() > 0.02


def test_the_table_names_targets_and_folds_that_exist():
    for targets in SIDED.values():
        for pattern in targets:
            for side in ("left", "right"):
                head().column(pattern.format(side=side, Side=side.title()))
    assert set(FOLD_UNITS) == set(FOLDS)
    depths = fold_depths(FaceState.of({12: (5, 0)}))
    assert depths["nasolabial"][0] > 0.5
    assert depths["nasolabial"][1] == 0


def test_rest_is_rest():
    assert not any(target_weights(FaceState()).values())


def test_a_state_refuses_units_the_lab_does_not_render():
    with pytest.raises(ValueError, match="99"):
        FaceState.of({99: 1})
