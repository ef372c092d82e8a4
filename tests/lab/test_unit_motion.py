"""Where FACS says each unit moves the face: one table, held against several people's landmarks.

Movements are in hundredths of the distance between the outer corners of the eyes, about 0.9 mm.
"""

from itertools import pairwise

import numpy as np
import pytest

from mien.facs import LAB_AUS
from mien.lab.acting.elicit import MIDLINE
from mien.lab.acting.performance import with_resting
from mien.lab.anatomy.head import landmarks
from mien.lab.bodies.posing import pose
from mien.lab.conditions.world import World
from mien.lab.expression import FaceState
from mien.lab.people.draw import sample_person
from mien.lab.shows.facs_sheets import settled

POINTS = {
    "inner brow": (336, 107),
    "outer brow": (293, 63),
    "upper lid": (386, 159),
    "lower lid": (374, 145),
    "cheek": (330, 101),
    "nose wing": (358, 129),
    "upper lip": (269, 39),
    "upper rim": (311, 81),
    "lower rim": (402, 178),
    "lower lip": (405, 181),
    "corner": (291, 61),
    "chin boss": (428, 208),
    "jaw": (377, 148),
}
"""Landmarks on the subject's left and right."""
AXES = {"out": 0, "up": 1, "forward": 2}
SPANS = {
    "eye opening": ("upper lid", "lower lid"),
    "lip gap": ("upper rim", "lower rim"),
    "lip red": ("upper lip", "lower lip"),
}
"""Heights between two of the points."""

BROWS = ("inner brow up", "outer brow up")
LIDS = ("upper lid up", "lower lid up")
MOUTH = ("corner up", "corner out", "upper lip up", "lower lip up", "lip gap")
JAW = ("jaw up",)

TABLE: dict[int, tuple[dict[str, float], tuple[str, ...]]] = {
    1: ({"inner brow up": 8}, (*LIDS, *MOUTH, *JAW, "outer brow up")),
    2: ({"outer brow up": 6}, (*LIDS, *MOUTH, *JAW, "inner brow up")),
    4: ({"inner brow up": -5, "outer brow up": -4, "inner brow out": -4},
        (*MOUTH, *JAW, "cheek up")),
    5: ({"upper lid up": 3, "eye opening": 3}, (*BROWS, *MOUTH, *JAW, "lower lid up")),
    6: ({"cheek up": 8, "lower lid up": 2, "eye opening": -3}, (*BROWS, *MOUTH, *JAW)),
    7: ({"lower lid up": 2, "eye opening": -3}, (*BROWS, *MOUTH, *JAW)),
    9: ({"nose wing up": 8, "inner brow up": -4, "upper lip up": 1},
        ("lip gap", *JAW, "corner out")),
    10: ({"upper lip up": 6, "nose wing up": 3}, (*BROWS, *LIDS, *JAW, "corner out")),
    12: ({"corner up": 8, "corner out": 6, "corner forward": -4, "cheek up": 3}, (*BROWS, *JAW)),
    14: ({"corner forward": -6, "lip red": -1}, (*BROWS, *LIDS, *JAW, "cheek up")),
    15: ({"corner up": -6}, (*BROWS, *LIDS, *JAW, "lip gap")),
    16: ({"lower lip up": -4, "lip gap": 4}, (*BROWS, *LIDS, *JAW, "corner up")),
    17: ({"chin boss up": 3, "lower lip up": 3}, (*BROWS, *LIDS, "corner up", "upper lip up")),
    18: ({"corner out": -5, "upper lip forward": 5, "lower lip forward": 4}, (*BROWS, *LIDS, *JAW)),
    20: ({"corner out": 7}, (*BROWS, *LIDS, *JAW, "lip gap")),
    22: ({"lip gap": 8, "upper lip forward": 2, "lower lip forward": 2, "corner out": -2},
         (*BROWS, *LIDS, *JAW)),
    23: ({"lip red": -5, "corner out": -1}, (*BROWS, *LIDS, *JAW, "corner up")),
    24: ({"lip red": -6}, (*BROWS, *LIDS, *JAW, "corner up")),
    25: ({"lip gap": 6}, (*BROWS, *LIDS, *JAW, "corner up", "corner out")),
    26: ({"jaw up": -6, "lip gap": 10}, (*BROWS, *LIDS, "cheek up")),
    27: ({"jaw up": -14, "lip gap": 25, "corner out": -2}, (*BROWS, *LIDS)),
    28: ({"lip red": -10, "upper lip forward": -3}, (*BROWS, *LIDS, "corner out")),
    43: ({"eye opening": -8, "upper lid up": -8}, (*BROWS, *MOUTH, *JAW, "lower lid up")),
    45: ({"eye opening": -8, "upper lid up": -8}, (*BROWS, *MOUTH, *JAW, "lower lid up")),
}  # fmt: skip
"""Of each unit: what moves at 5, and at least how far; and what hardly moves."""

STILL = 2.5
"""Hundredths that what a unit does not move may move all the same."""
PEOPLE = [sample_person(np.random.default_rng(seed)) for seed in (1, 2, 7, 11)]


def measured(face, person):
    """Every measure on the left and right, in the hundredths of the person's own eyes."""
    points = landmarks(pose(person, face, World()).vertices).astype(np.float64)
    rest = landmarks(pose(person, FaceState(), World()).vertices)
    unit = np.linalg.norm(rest[33] - rest[263]) / 100
    found = {}
    for name, pair in POINTS.items():
        for word, axis in AXES.items():
            outwards = np.array([1.0, -1.0]) if word == "out" else 1.0
            found[f"{name} {word}"] = points[list(pair), axis] * outwards / unit
    for name, (upper, lower) in SPANS.items():
        found[name] = found[f"{upper} up"] - found[f"{lower} up"]
    return found


def moved(face, person):
    before, after = measured(FaceState(), person), measured(face, person)
    return {name: after[name] - before[name] for name in after}


def test_the_table_has_every_unit():
    assert tuple(TABLE) == LAB_AUS


@pytest.mark.parametrize("unit", LAB_AUS)
def test_a_unit_moves_what_facs_says_on_both_sides(unit):
    moves, still = TABLE[unit]
    for person in PEOPLE:
        change = moved(settled({unit: 5}), person)
        for name, least in moves.items():
            assert (change[name] * np.sign(least)).min() >= abs(least), name
        for name in still:
            assert np.abs(change[name]).max() < STILL, name


@pytest.mark.parametrize("unit", LAB_AUS)
def test_stronger_is_further_from_a_to_e(unit):
    moves, _ = TABLE[unit]
    for person in PEOPLE[:2]:
        steps = [moved(settled({unit: level}), person) for level in (1, 2, 3, 4, 5)]
        for name, least in moves.items():
            sizes = [(step[name] * np.sign(least)).min() for step in steps]
            assert sizes[0] > 0, name
            assert all(low < high for low, high in pairwise(sizes)), name
            assert sizes[0] < 0.45 * sizes[-1], name


@pytest.mark.parametrize("unit", [unit for unit in LAB_AUS if unit not in (26, 27)])
@pytest.mark.parametrize("side", [0, 1])
def test_one_side_moves_alone(unit, side):
    moves, _ = TABLE[unit]
    sides = np.zeros((len(LAB_AUS), 2), np.float32)
    sides[LAB_AUS.index(unit), side] = 5
    if unit == 22:  # as scenarios would label it
        sides[LAB_AUS.index(25), side] = 5
    share = 0.5 if unit in MIDLINE - {43, 45} else 0.25
    for person in PEOPLE[:2]:
        both, one = moved(settled({unit: 5}), person), moved(FaceState(intensity=sides), person)
        for name in moves:
            if unit == 16 and name == "lip gap":
                continue  # the other unit's: 25 comes with it in `both`
            full = np.abs(both[name])
            assert abs(one[name][side]) > 0.55 * full[side], name
            assert abs(one[name][1 - side]) < share * full[1 - side], name


@pytest.mark.parametrize("unit", [9, 10, 12, 14, 15, 17, 18, 20, 23, 24, 26, 28])
def test_lips_part_only_where_25_says_so(unit):
    for level in (1, 3):
        for person in PEOPLE[:2]:
            assert moved(FaceState.of({unit: level}), person)["lip gap"].max() < 1.0


@pytest.mark.parametrize("beside", [{}, {12: 5}, {10: 4}, {6: 4, 12: 5}, {20: 4}, {1: 5, 2: 5}])
def test_25_shows_whatever_else_acts(beside):
    for person in PEOPLE[:2]:
        without = measured(FaceState.of(beside), person)["lip gap"]
        gaps = [measured(FaceState.of({**beside, 25: n}), person)["lip gap"] for n in (1, 2, 4)]
        assert (gaps[0] - without).min() > 1.5
        assert (gaps[1] - without).min() > 3
        assert (gaps[2] - gaps[1]).min() > 1


def test_what_opens_the_lips_is_labelled_25():
    row = LAB_AUS.index(25)
    brought = {unit: settled({unit: 5}).intensity[row, 0] for unit in (10, 16, 22, 26, 27)}
    assert brought == pytest.approx({10: 2.0, 16: 3.5, 22: 5.0, 26: 3.0, 27: 4.0})
    assert settled({10: 2.9, 16: 1.5}).intensity[row].max() == 0.0
    assert settled({10: 5.0, 24: 5.0}).intensity[row].max() == 0.0


def test_a_resting_face_neither_shuts_nor_opens_the_mouth():
    active, resting = np.zeros((len(LAB_AUS), 2)), np.zeros((len(LAB_AUS), 2))
    parted, raised, pressed = (LAB_AUS.index(unit) for unit in (25, 10, 24))
    resting[[raised, pressed]] = 1.6
    active[raised] = 2.9
    shown = with_resting(active, resting)
    assert (shown[raised] > 3.0).all()
    assert not shown[parted].any()
    np.testing.assert_allclose(shown[pressed], 1.6)
    active[parted] = 3.0
    shown = with_resting(active, resting)
    np.testing.assert_allclose(shown[parted], 3.0)
    assert not shown[pressed].any()


def test_lips_meet_at_rest_and_part_with_25_on_everyone():
    for seed in range(30):
        person = sample_person(np.random.default_rng(seed))
        rest, parted = (measured(FaceState.of(units), person)["lip gap"] for units in ({}, {25: 1}))
        assert np.abs(rest).max() < 2.0
        assert (parted - rest).min() > 1.5


def test_lids_close_on_eyes_of_every_size():
    for seed in range(20):
        person = sample_person(np.random.default_rng(seed))
        open_eyes, shut, drooping = (
            measured(FaceState.of({43: level}), person)["eye opening"] for level in (0, 5, 2)
        )
        assert (shut < 0.15 * open_eyes).all()
        assert (drooping < 0.85 * open_eyes).all()
        assert (drooping > 0.5 * open_eyes).all()


def test_lids_sink_with_a_lowered_gaze_and_no_further_when_shut():
    for person in (sample_person(np.random.default_rng(seed)) for seed in range(12)):
        ahead = measured(FaceState(), person)["eye opening"]
        openings = [
            measured(FaceState.of({}, gaze=(0.0, pitch)), person)["eye opening"] / ahead
            for pitch in (-10.0, -25.0)
        ]
        assert (openings[0] > 0.7).all()
        assert (openings[1] < 0.7).all()
        assert (openings[1] > 0.25).all()
        shut = measured(FaceState.of({43: 5}), person)["upper lid up"]
        down = measured(FaceState.of({43: 5}, gaze=(0.0, -25.0)), person)["upper lid up"]
        np.testing.assert_allclose(down, shut, atol=0.1)


def test_both_ways_to_lower_the_brow_do_not_add_up():
    for person in PEOPLE[:2]:
        alone = moved(FaceState.of({4: 5}), person)["inner brow up"]
        together = moved(FaceState.of({4: 5, 9: 5}), person)["inner brow up"]
        assert (together < alone).all()
        assert (together > 1.7 * alone).all()


def test_brow_raisers_together_lift_the_whole_brow():
    for person in PEOPLE[:2]:
        change = moved(FaceState.of({1: 5, 2: 5}), person)
        assert min(change[name].min() for name in BROWS) > 6
