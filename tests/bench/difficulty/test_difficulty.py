"""The measurement of difficulty on a tiny lab: whole, stopped and taken up, written down."""

import json
from dataclasses import replace

import numpy as np
import pytest

from mien.bench.difficulty.ladder import BESIDE, RUNGS, steps_of
from mien.bench.difficulty.measure import difficulty
from mien.bench.difficulty.plan import PARTS, Plan
from mien.bench.difficulty.prevalences import CORPORA, inside
from mien.bench.difficulty.record import notes, record, tables
from mien.bench.questions.people import clips_of, same_person
from mien.facs import LAB_AUS
from mien.lab.corpus.release import Release, ReleasePart
from mien.lab.interview import Interview
from mien.lab.talking import Talking
from mien.lab.wild import Wild
from mien.models.mobilenet_v2 import MobileNetV2
from mien.models.small64 import Small64

NET = MobileNetV2(size=32, weights=None, multiplier=0.25)
SCENES = (
    Interview(subjects=6, frames=1, seconds=4.0),
    Wild(people=12, pictures=2),
    Talking(people=6, clips_each=2, frames=1, seconds=2.0),
)
TINY = Release(
    name="lab-0",
    size="small",
    pixels=32,
    parts=tuple(ReleasePart(name=each.name, scenario=each, seed=0) for each in SCENES),
)


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return Plan(
        work=tmp_path_factory.mktemp("difficulty"),
        release=TINY,
        seeds=1,
        backbone=NET,
        random=replace(NET),
        small=Small64(size=32, channels=(8, 8, 8, 8, 8)),
        known=(3, 4),
        few={"interview": 2, "wild": 4, "talking": 2},
        few_steps=1,
        steps=2,
        batch=4,
    )


@pytest.fixture(scope="module")
def figures(plan):
    told = []
    stopped = difficulty(plan, jobs=1, max_seconds=0.0, tell=told.append)
    assert not stopped.finished
    assert stopped.figures == {}
    made = difficulty(plan, jobs=1, tell=told.append)
    assert made.finished
    pieces = len(told)
    again = difficulty(plan, jobs=1, max_seconds=0.0, tell=told.append)
    assert again == made  # every piece is there, so there is nothing to stop
    assert len(told) == pieces
    return made.figures


def test_every_part_is_measured(figures):
    for part in PARTS:
        found = figures[part]
        assert set(found["faces"]["prevalence"]) == {str(unit) for unit in LAB_AUS}
        assert set(found["identity"]) == {"imagenet", "random-0", "small-0"}
        for scores in found["ladder"].values():
            assert [0.0 <= each["auc"] <= 1.0 for each in scores] == [True]
        assert [len(steps) for steps in found["steps"].values()] == [5, 5]
    known = figures["wild"]["identity_known"]["small-0"]
    assert (known["people"], known["pictures"]) == (3, 12)
    same_place = figures["talking"]["identity_same_place"]["imagenet"]
    assert same_place["people"] == 6
    assert figures["wild"]["identity"]["imagenet"]["chance"] == pytest.approx(1 / 12)
    said = figures["interview"]["activity"]
    assert said["activities"] == 8
    assert len(said["from_units"]) == len(said["bits"]) == len(said["from_pixels"]) == 1


def test_the_record_can_be_read_and_names_its_command(plan, figures, tmp_path):
    page = record(plan, figures, tmp_path, command="mien bench difficulty --out results")
    text = page.read_text()
    assert "mien bench difficulty --out results" in text
    assert "quoted from memory" in text
    for _, header, rows in tables(plan, figures):
        assert {len(row) for row in rows} == {len(header)}
    assert len([line for line in notes(plan, figures) if line.startswith(PARTS)]) >= 3
    kept = json.loads((tmp_path / "difficulty.json").read_text())["figures"]
    assert kept["interview"]["ladder"] == figures["interview"]["ladder"]
    assert kept["plan"]["few"] == {"interview": 2, "wild": 4, "talking": 2}


def test_every_second_clip_of_a_person_is_kept_back(plan, figures):
    with plan.open_store("interview") as store:
        people, second = clips_of(store)
        clips = store.column("clip")
    assert people.tolist() == np.repeat(np.arange(6), 8).tolist()
    assert len({clip for clip, late in zip(clips, second, strict=True) if late}) == 6 * 4
    assert second.reshape(6, 8).sum(axis=1).tolist() == [4] * 6


def test_same_person_tells_people_apart_only_where_they_differ():
    people = np.repeat(np.arange(10), 4)
    second = np.tile([False, False, True, True], 10)
    generator = np.random.default_rng(0)
    noise = generator.normal(size=(40, 8)).astype(np.float32)
    faces = generator.normal(size=(10, 8)).astype(np.float32)[people]
    assert same_person(noise, people, second) == pytest.approx(0.5, abs=0.1)
    assert same_person(faces + 0.1 * noise, people, second) > 0.95


def test_steps_are_paired_by_seed():
    found = {
        rung.name: [{"auc": 0.5 + 0.1 * place + 0.05 * seed, "f1": 0.5} for seed in range(3)]
        for place, rung in enumerate((*BESIDE, RUNGS[2], RUNGS[3]))
    }
    found |= {
        rung.name: [{"auc": 0.4 + 0.1 * place + 0.05 * seed, "f1": 0.5} for seed in range(3)]
        for place, rung in enumerate(RUNGS[:2])
    }
    steps = steps_of(found, "auc")
    assert [(each["from"], each["to"]) for each in steps[3:]] == [
        (BESIDE[0].name, BESIDE[1].name), (BESIDE[1].name, RUNGS[2].name),
    ]  # fmt: skip
    assert [step["mean"] for step in steps[3:]] == pytest.approx([0.1] * 2)
    found |= {
        rung.name: [{"auc": 0.5 + 0.1 * place + 0.05 * seed, "f1": 0.5} for seed in range(3)]
        for place, rung in enumerate(RUNGS)
    }
    steps = steps_of(found, "auc")
    assert [step["mean"] for step in steps[:3]] == pytest.approx([0.1] * 3)
    assert [step["deviation"] for step in steps[:3]] == pytest.approx([0.0] * 3, abs=1e-9)
    assert all(step["clear"] for step in steps[:3])
    assert not any(step["clear"] for step in steps_of(found, "f1"))
    found[RUNGS[-1].name][1]["auc"] = 0.1
    assert [step["clear"] for step in steps_of(found, "auc")[:3]] == [True, True, False]


def test_published_rates_are_ranges_of_shares():
    for corpus in CORPORA:
        assert corpus.threshold in {1, 2}
        assert set(corpus.units) <= set(LAB_AUS)
        for low, high in corpus.units.values():
            assert 0.0 <= low < high <= 1.0
    assert inside(0.25, (0.1, 0.2))
    assert not inside(0.26, (0.1, 0.2))
