"""Scenarios: the same in any order, labelled by the conventions, weak but informative."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from mien.data.schema import SCHEMA
from mien.errors import MienError
from mien.facs import (
    ACTIVITIES,
    EXPRESSIONS_8,
    LAB_AUS,
    SIDES,
    au_column,
    intensity_column,
    sided_column,
)
from mien.lab.chance.streams import number, stream
from mien.lab.interview import Interview
from mien.lab.render import Rendered
from mien.lab.scenario import Scenario, unit_labels
from mien.lab.shows.describe import BP4D_PREVALENCE, describe, information
from mien.lab.talking import Talking
from mien.lab.wild import Wild

SMALL: tuple[Scenario, ...] = (
    Interview(subjects=2, frames=3, seconds=6.0),
    Wild(people=6),
    Talking(people=2, frames=3, seconds=4.0),
)
each_scenario = pytest.mark.parametrize("scenario", SMALL, ids=lambda scenario: scenario.name)


def fingerprint(scenario, seed, order):
    shots = {}
    for clip_number, index in order:
        shot = scenario.frame(scenario.clips(seed)[clip_number], index)
        shots[f"{clip_number}-{index}"] = repr(
            (shot.person, shot.face.intensity.tolist(), shot.face.gaze, shot.world, shot.seed)
        ) + json.dumps(dict(shot.labels), sort_keys=True)
    return shots


def addresses(scenario, seed=3):
    return [(clip.number, index) for clip in scenario.clips(seed) for index in range(clip.frames)]


@each_scenario
def test_frames_do_not_depend_on_order(scenario):
    order = addresses(scenario)
    shuffled = np.random.default_rng(0).permutation(len(order))
    forward = fingerprint(scenario, 3, order)
    assert fingerprint(scenario, 3, [order[place] for place in shuffled]) == forward
    assert len(set(forward.values())) == len(order)


def test_frames_do_not_depend_on_the_process():
    code = (
        "import sys, json; sys.path.insert(0, 'tests/lab');"
        "from test_scenario import SMALL, addresses, fingerprint;"
        "print(json.dumps([fingerprint(s, 3, addresses(s)[::-2]) for s in SMALL]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=500
    )
    here = [fingerprint(each, 3, addresses(each)[::-2]) for each in SMALL]
    assert json.loads(done.stdout) == here


@each_scenario
def test_seeds_and_scenarios_share_nobody(scenario):
    one, other = scenario.clips(0)[0], scenario.clips(1)[0]
    assert scenario.person(one) != scenario.person(other)
    assert one.subject != other.subject
    names = {each.clips(0)[0].subject for each in SMALL}
    people = {each.person(each.clips(0)[0]) for each in SMALL}
    assert len(names) == len(people) == len(SMALL)


@each_scenario
def test_labels_follow_the_conventions(scenario):
    for clip_number, index in addresses(scenario):
        labels = scenario.frame(scenario.clips(3)[clip_number], index).labels
        assert set(labels) <= set(SCHEMA.names)
        for unit in LAB_AUS:
            sides = [labels[sided_column(unit, side)] for side in SIDES]
            assert all(0.0 <= side <= 5.0 for side in sides)
            assert labels[intensity_column(unit)] == max(sides)
            assert labels[au_column(unit)] == float(max(sides) >= 1.0)
        assert labels["expression"] in {*EXPRESSIONS_8, None}
        assert -1.0 <= labels["valence"] <= 1.0
        assert -1.0 <= labels["arousal"] <= 1.0
        assert labels["consent"] == "synthetic"


def test_occurrence_begins_at_one():
    face = np.zeros((len(LAB_AUS), 2))
    face[LAB_AUS.index(12)] = (1.0, 0.5)
    face[LAB_AUS.index(6)] = (0.2, 0.999)
    labels = unit_labels(face)
    assert labels["AU12"] == 1.0
    assert labels["AU12_right_intensity"] == 0.5
    assert labels["AU06"] == 0.0
    assert labels["AU06_intensity"] == pytest.approx(0.999)


def test_labels_can_be_withheld():
    hidden = replace(SMALL[2], labelled=False)
    labels = hidden.frame(hidden.clips(0)[0], 0).labels
    assert not any(name.startswith("AU") for name in labels)
    assert not {"expression", "valence", "arousal"} & set(labels)
    assert "light_yaw" in labels


def test_a_record_adds_what_the_renderer_knows():
    scenario = SMALL[0]
    shot = scenario.frame(scenario.clips(0)[0], 1)
    rendered = Rendered(
        image=np.zeros((8, 8, 3), np.uint8),
        landmarks=np.ones((478, 2), np.float32),
        pose=(1.0, 2.0, 3.0),
    )
    record = shot.record(rendered)
    assert (record["yaw"], record["pitch"], record["roll"]) == (1.0, 2.0, 3.0)
    assert record["landmarks"].shape == (956,)
    assert repr(shot).startswith("Shot(interview0-s000-T1-")


@each_scenario
def test_plans_are_in_order_and_frames_inside(scenario):
    plan = scenario.clips(5)
    assert [clip.number for clip in plan] == list(range(len(plan)))
    assert len({clip.name for clip in plan}) == len(plan)
    for clip in plan:
        positions = clip.positions()
        assert len(set(positions.tolist())) == clip.frames
        assert positions[0] >= 0
        assert positions[-1] < max(clip.seconds * clip.fps, clip.frames)
    with pytest.raises(IndexError):
        scenario.frame(plan[0], plan[0].frames)


@pytest.mark.parametrize("activities", sorted(ACTIVITIES))
def test_interviews_cross_subjects_and_activities(activities):
    plan = Interview(subjects=3, activities=activities).clips(0)
    codes = [activity.code for activity in ACTIVITIES[activities]]
    assert [clip.activity for clip in plan] == codes * 3
    assert len({clip.subject for clip in plan}) == 3


def test_unknown_activities_are_a_clear_error():
    with pytest.raises(MienError, match="bp4d"):
        Interview(activities="disfa")


def test_a_subject_keeps_their_room():
    scenario = Interview(subjects=2, frames=1)
    plan = scenario.clips(0)
    rooms = [scenario.conditions(clip) for clip in plan]
    assert len({room.background for room in rooms}) == 2
    mine = np.array([room.light_yaw for room in rooms[:8]])
    assert 0.0 < mine.std() < 20.0
    frames = [scenario.frame(plan[0], 0).world, scenario.frame(plan[1], 0).world]
    assert frames[0].framing != frames[1].framing
    assert replace(scenario, change=0.0).conditions(plan[0]).lights == (
        replace(scenario, change=0.0).conditions(plan[1]).lights
    )


@pytest.fixture(scope="module")
def interview():
    return describe(Interview(subjects=40, frames=12))


def test_prevalence_is_near_bp4d(interview):
    for unit, real in BP4D_PREVALENCE.items():
        assert abs(interview.prevalence[unit] - real) < 0.08, unit


def test_the_activity_is_weak_but_informative(interview):
    """Of 8 activities: better than chance from the units, and far from certain."""
    assert 0.25 < interview.guess < 0.45
    assert 0.3 < interview.expression_information < 0.9
    assert all(bits < 0.16 for bits in interview.unit_information.values())
    assert sum(bits > 0.004 for bits in interview.unit_information.values()) >= 6
    assert 0.35 < interview.target < 0.6
    assert 0.4 < interview.expressions["neutral"] < 0.7
    assert "chance 12.5%" in interview.markdown()
    for name in ("sadness", "surprise", "fear", "disgust", "anger"):
        assert interview.expressions[name] > 0.015


def test_units_tell_more_of_the_subject_than_of_the_activity(interview):
    units = BP4D_PREVALENCE
    assert sum(interview.subject_information[unit] for unit in units) > sum(
        interview.unit_information[unit] for unit in units
    )


def test_elicitation_is_what_informs():
    none = describe(Interview(subjects=16, frames=10, elicitation=0.0))
    full = describe(Interview(subjects=16, frames=10, elicitation=0.95, smiling=0.0, calm=0.05))
    assert none.expression_information < 0.05
    assert none.guess < 0.2
    assert full.guess > 0.35
    calm = describe(Interview(subjects=2, frames=4, calm=1.0))
    assert calm.expressions == {"neutral": 1.0}


def test_wild_has_every_expression_at_about_its_share():
    figures = describe(Wild(people=600))
    assert set(figures.expressions) <= {*EXPRESSIONS_8}
    assert min(figures.expressions.values()) > 0.02
    assert figures.prevalence[45] == 0.0
    assert "| neutral |" in figures.markdown()
    assert "bits" not in figures.markdown()


def strengths(scenario, seed=0):
    """(clip, unit) intensities of the first frames, larger side."""
    plan = scenario.clips(seed)
    return np.stack([scenario.states(clip).intensity[0].max(axis=1) for clip in plan])


def test_wild_covers_subtle_to_strong():
    found = strengths(Wild(people=300, fidget=0.0, talking=0.0, odd=0.0))
    smiles = found[:, LAB_AUS.index(12)]
    assert np.mean((smiles >= 1.0) & (smiles < 2.0)) > 0.04
    assert np.mean(smiles >= 4.0) > 0.04


def test_wild_people_meet_units_that_do_not_belong():
    calm = {"fidget": 0.0, "talking": 0.0, "closures": 0.0}
    plain, odd = (strengths(Wild(people=150, odd=share, **calm)) for share in (0.0, 1.0))
    rare = [LAB_AUS.index(unit) for unit in (16, 18, 22)]  # in no prototype, nobody's companion
    assert plain[:, rare].max() == 0.0
    assert odd[:, rare].max() > 2.0


def test_wild_people_can_be_met_again_elsewhere():
    scenario = Wild(people=3, pictures=2)
    plan = scenario.clips(0)
    assert [clip.person for clip in plan] == [0, 0, 1, 1, 2, 2]
    assert plan[0].subject == plan[1].subject
    assert plan[0].name != plan[1].name
    assert scenario.person(plan[0]) == scenario.person(plan[1])
    assert scenario.conditions(plan[0]) != scenario.conditions(plan[1])


def test_talking_has_no_activity_and_much_speech():
    figures = describe(Talking(people=20))
    assert figures.activities == 1
    assert figures.prevalence[25] > 0.3
    assert repr(figures) == f"Description(talking, seed 0, {20 * 2 * 16} frames)"


def test_information_against_closed_forms():
    one = np.tile(np.arange(4), 2500)
    assert information(one, one) == pytest.approx(2.0, abs=0.01)
    assert information(one, np.repeat(np.arange(4), 2500)) == pytest.approx(0.0, abs=0.002)
    noise = np.random.default_rng(0).integers(0, 2, 10000)
    assert information(one, noise) < 0.002


def test_streams_have_addresses():
    assert number(0, "a", 1) == number(0, "a", 1)
    assert len({number(0, "a", 1), number(0, "a", 2), number(1, "a", 1), number(0, "b", 1)}) == 4
    assert stream(0, "a").normal() != stream(0, "a", 0).normal()
