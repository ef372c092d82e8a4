"""Elicitation: prototypes, people's own ways, display rules, and what the labels say of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.facs import ACTIVITIES, CIRCUMPLEX, EXPRESSIONS_8, LAB_AUS, PROTOTYPES
from mien.lab.acting.elicit import (
    COMPANIONS,
    EMOTIONS,
    EXPRESSION_OF,
    MIDLINE,
    RESTING,
    TEETH,
    bout,
    elicited,
    one_sided,
    sample_temperament,
)
from mien.lab.acting.eyes import Gaze
from mien.lab.acting.manner import HABITS, idle, sample_manner
from mien.lab.acting.motion import Pulses, drift
from mien.lab.acting.performance import TURN, Performance, read, settle, visible

seeds = st.integers(0, 2**32)


def still(*bouts, pulses=None):
    return Performance(
        bouts=bouts,
        pulses=pulses or Pulses.none(),
        gaze=Gaze(start=np.zeros(1), target=np.zeros((1, 2))),
        head=drift(np.random.default_rng(0), centre=(0.0, 0.0, 0.0), bound=(0.0, 0.0, 0.0)),
    )


def test_every_table_speaks_of_things_that_exist():
    assert set(COMPANIONS) == set(EMOTIONS)
    assert set(EXPRESSION_OF) <= set(EMOTIONS)
    assert set(EXPRESSION_OF.values()) == set(EXPRESSIONS_8) - {"neutral"}
    assert set(TURN) <= set(EMOTIONS)
    assert set(RESTING) <= set(LAB_AUS)
    assert set(LAB_AUS) >= MIDLINE
    assert set(EMOTIONS) <= set(CIRCUMPLEX)
    for habit in HABITS:
        assert set(habit.units) <= set(LAB_AUS)
    for emotion in EMOTIONS:
        assert set(PROTOTYPES[emotion]) <= set(LAB_AUS)
        assert set(COMPANIONS[emotion]).isdisjoint(PROTOTYPES[emotion])
    for activities in ACTIVITIES.values():
        assert {activity.state for activity in activities} <= set(EMOTIONS)


@given(seed=seeds, felt=st.floats(0.0, 1.0), emotion=st.sampled_from(EMOTIONS))
@settings(max_examples=60)
def test_elicited_units_stay_on_the_scale(seed, felt, emotion):
    generator = np.random.default_rng(seed)
    peaks = elicited(generator, sample_temperament(generator), emotion, felt=felt)
    assert all(0.0 <= peak <= 5.0 for peak in peaks.values())
    assert set(peaks) <= set(LAB_AUS)


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_people_without_variety_show_the_prototype_on_average(emotion):
    generator = np.random.default_rng(0)
    alike = sample_temperament(generator, variety=0.0)
    shows = [elicited(generator, alike, emotion, felt=0.6, display_rules=False) for _ in range(400)]
    for unit, full in PROTOTYPES[emotion].items():
        mean = np.mean([each.get(unit, 0.0) for each in shows])
        # exp of a normal with sigma 0.25 has the mean exp(0.25^2 / 2).
        assert mean == pytest.approx(0.6 * full * np.exp(0.03125), rel=0.08)


def test_people_differ_in_what_they_show():
    generator = np.random.default_rng(1)
    people = [sample_temperament(generator) for _ in range(100)]
    strength = np.array([person.expressivity["anger"] for person in people])
    assert strength.std() > 0.2
    assert any(person.keep["fear"][5] == 0.0 for person in people) or any(
        person.keep["fear"][20] == 0.0 for person in people
    )
    companions = [set(person.keep["happiness"]) - set(PROTOTYPES["happiness"]) for person in people]
    assert len({frozenset(each) for each in companions}) > 4
    assert any(person.resting.max() > 0.8 for person in people)
    assert all(person.resting.max() <= 1.6 for person in people)


def test_broad_smiles_mostly_part_the_lips():
    generator = np.random.default_rng(3)
    broad, lips = [], []
    for _ in range(400):
        peaks = elicited(
            generator, sample_temperament(generator), "happiness", felt=0.9, display_rules=False
        )
        broad.append(peaks.get(12, 0.0) >= TEETH[0])
        lips.append(peaks.get(25, 0.0) >= 1.0)
    broad, lips = np.array(broad), np.array(lips)
    assert lips[broad].mean() > 0.85
    assert lips[~broad].mean() < 0.7


def test_resting_mouths_turn_up_or_down_but_not_both():
    generator = np.random.default_rng(4)
    faces = [sample_temperament(generator).resting for _ in range(200)]
    corners = np.array([face[[LAB_AUS.index(12), LAB_AUS.index(15)]].max(axis=1) for face in faces])
    assert (corners > 0.5).mean(axis=0).min() > 0.08
    assert (corners.min(axis=1) == 0.0).all()


def test_masks_and_control_change_the_face():
    generator = np.random.default_rng(2)
    person = sample_temperament(generator, variety=0.0)
    masked = type(person)(**{**vars(person), "masking": 1.0})
    held = type(person)(**{**vars(person), "control": 1.0})
    smiles = [elicited(generator, masked, "anger", felt=0.8).get(12, 0.0) for _ in range(60)]
    assert np.mean(np.array(smiles) > 1.0) > 0.5
    weak = [elicited(generator, held, "anger", felt=0.8).get(4, 0.0) for _ in range(60)]
    plain = [elicited(generator, person, "anger", felt=0.8).get(4, 0.0) for _ in range(60)]
    assert np.mean(weak) < 0.6 * np.mean(plain)


@given(peak=st.floats(0.0, 5.0), lean=st.floats(-0.5, 0.5))
def test_the_larger_side_is_the_peak(peak, lean):
    left, right = one_sided(peak, lean)
    assert max(left, right) == peak
    assert min(left, right) >= 0.5 * peak - 1e-12
    assert (left >= right) == (lean >= 0) or peak * abs(lean) < 1e-12


@given(seed=seeds, emotion=st.sampled_from(EMOTIONS))
@settings(max_examples=50)
def test_midline_units_are_symmetric_and_bouts_end(seed, emotion):
    generator = np.random.default_rng(seed)
    each = bout(generator, sample_temperament(generator), emotion, start=1.0, felt=0.7)
    times = np.linspace(0.0, 25.0, 501)
    states = read(still(each), times)
    for unit in MIDLINE:
        row = LAB_AUS.index(unit)
        np.testing.assert_array_equal(states.intensity[:, row, 0], states.intensity[:, row, 1])
    outside = (times < 1.0) | (times > each.end)
    assert not states.intensity[outside].any()
    assert np.all(states.emotion[outside] == -1)
    assert states.felt.max() <= 0.7 + 1e-9


def test_contempt_is_one_sided():
    generator = np.random.default_rng(4)
    person = sample_temperament(generator, variety=0.0)
    sides = set()
    for _ in range(20):
        each = bout(generator, person, "contempt", start=0.0, felt=1.0, display_rules=False)
        row = LAB_AUS.index(14)
        peak = each.pulses.peak[each.pulses.unit == row][0]
        assert peak.min() == pytest.approx(0.1 * peak.max())
        sides.add(int(np.argmax(peak)))
    assert sides == {0, 1}


def test_affect_is_the_circumplex_scaled_by_what_is_felt():
    generator = np.random.default_rng(5)
    each = bout(generator, sample_temperament(generator), "sadness", start=0.0, felt=0.5)
    apex = np.array([each.rise + each.hold / 2])
    states = read(still(each), apex)
    np.testing.assert_allclose(states.affect[0], 0.5 * np.array(CIRCUMPLEX["sadness"]))
    assert read(still(), apex).affect.tolist() == [[0.0, 0.0]]


def test_visible_share_of_a_prototype():
    face = np.zeros((2, len(LAB_AUS), 2))
    for unit, full in PROTOTYPES["fear"].items():
        face[0, LAB_AUS.index(unit)] = full
    face[1, LAB_AUS.index(5), 1] = 4.0
    total = sum(PROTOTYPES["fear"].values())
    np.testing.assert_allclose(visible("fear", face), [1.0, 4.0 / total])


def unit_face(**units):
    face = np.zeros((len(LAB_AUS), 2))
    for name, value in units.items():
        face[LAB_AUS.index(int(name[2:]))] = value
    return face


def value(face, unit):
    return float(face[LAB_AUS.index(unit)].max())


def test_settling_follows_the_conventions():
    assert value(settle(unit_face(au45=5.0, au5=3.0)), 5) == 0.0
    assert value(settle(unit_face(au27=4.0, au26=3.0)), 26) == 0.0
    assert value(settle(unit_face(au27=4.0)), 25) == pytest.approx(3.2)
    assert value(settle(unit_face(au26=3.0)), 25) == pytest.approx(1.8)
    assert value(settle(unit_face(au24=3.0, au25=3.0)), 25) == 0.0
    assert value(settle(unit_face(au20=3.0, au18=2.0)), 18) == pytest.approx(0.4)


@given(seed=seeds)
def test_settling_keeps_to_the_scale_and_is_calm_at_rest(seed):
    face = np.random.default_rng(seed).uniform(0.0, 5.0, (3, len(LAB_AUS), 2))
    settled = settle(face)
    assert settled.min() >= 0.0
    assert settled.max() <= 5.0
    assert not settle(np.zeros((len(LAB_AUS), 2))).any()


def test_habits_happen_at_their_rate():
    generator = np.random.default_rng(6)
    manner = sample_manner(generator, variety=0.0)
    silence = np.zeros((0, 2))
    pulses = idle(generator, manner, duration=6000.0, speech=silence)
    expected = sum(habit.rate * len(habit.units) for habit in HABITS)
    assert len(pulses) / 100.0 == pytest.approx(expected, rel=0.08)
    assert not len(idle(generator, manner, duration=60.0, speech=silence, amount=0.0))
