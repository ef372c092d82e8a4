"""The demo's plan and its diary."""

import json

import pytest

from mien.bench.demo.plan import Diary, Plan
from mien.lab.lab_1 import lab_1


def test_places(tmp_path):
    plan = Plan(out=tmp_path, subjects=3, frames=2)
    assert plan.store == tmp_path / "lab"
    assert plan.bundle == tmp_path / "bundle"
    assert plan.run_folder("clef", 1) == tmp_path / "runs" / "clef-seed1"
    assert sum(clip.frames for clip in plan.scenario.clips(0)) == 3 * 8 * 2


def test_the_demo_is_filmed_in_lab_1(tmp_path):
    plan, release = Plan(out=tmp_path), lab_1("small")
    part = release.part("interview")
    assert (plan.scenario, plan.lab_seed, plan.size) == (part.scenario, part.seed, release.pixels)


def test_times_add_up_over_calls(tmp_path, monkeypatch):
    now = iter([0.0, 2.0, 10.0, 13.0, 20.0, 21.0])
    monkeypatch.setattr("mien.bench.demo.plan.monotonic", lambda: next(now))
    path, told = tmp_path / "diary.json", []
    first = Diary(path, told.append)
    with first.step("render", "3 people"):
        pass
    again = Diary(path, told.append)
    with again.step("render", "3 people"):
        pass
    with again.step("train", "1 step"):
        pass
    assert again.steps == [("render", "3 people", 5.0), ("train", "1 step", 1.0)]
    assert Diary(path, told.append).steps == again.steps
    assert told == ["render: 3 people", "render: 3 people", "train: 1 step"]


def test_a_step_that_fails_is_still_in_the_diary(tmp_path):
    diary = Diary(tmp_path / "diary.json", lambda _: None)
    with pytest.raises(ValueError, match="no"), diary.step("train", "1 step"):
        raise ValueError("no")
    entries = json.loads((tmp_path / "diary.json").read_text())
    assert entries["train"]["detail"] == "1 step"
    assert list(tmp_path.iterdir()) == [tmp_path / "diary.json"]
