"""The demo in miniature: whole, stopped and gone on with, and called once more."""

import json
from dataclasses import replace

import pytest

from mien import bundle
from mien.bench.demo import record as demo_record
from mien.bench.demo import report as demo_report
from mien.bench.demo import whole
from mien.bench.demo.plan import Diary, Plan
from mien.engine.log import METRICS, records
from mien.recipes import demo as recipes
from mien.recipes import smoke

STOPS = 3
"""Calls that end for lack of time; training takes a step in each."""


@pytest.fixture(scope="module")
def small():
    """Demo recipes of a few steps on a tiny net, and a clip of a third of a second."""
    few = {"steps": 4, "batch": 16}
    made = {
        "demo_clef": replace(smoke.smoke_finetune(), **few),
        "demo_clef_no_stage1": replace(smoke.smoke_no_stage1(), **few),
        "demo_image_only": replace(smoke.smoke_image_only(), **few),
    }
    before = replace(smoke.smoke_pretrain(), **few)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipes, "demo_pretrain", lambda: before)
        for name, recipe in whole.ROWS.items():
            patch.setitem(whole.ROWS, name, lambda run=made[recipe.__name__]: run)
        patch.setattr(demo_report, "CLIP_SECONDS", 0.32)
        yield


@pytest.fixture(scope="module")
def made(small, assets_cache, tmp_path_factory):
    """A demo stopped while it renders and while it trains, then let through."""
    plan = Plan(out=tmp_path_factory.mktemp("demo") / "out", subjects=6, frames=2, size=40)
    told = []
    stopped = [whole.demo(plan, max_seconds=0.0, tell=told.append)]
    assert whole.render(plan, Diary(plan.out / "diary.json", told.append), None)
    stopped += [whole.demo(plan, max_seconds=0.0, tell=told.append) for _ in range(STOPS)]
    return plan, stopped, told, whole.demo(plan, tell=told.append)


def changed(plan):
    """Every file of the store, the runs and the bundle, and when it was last changed.

    The page needs the predictions of `clef` and so scores it once more each time.
    """
    anew = plan.run_folder("clef", 0) / "evaluation"
    files = [
        path
        for folder in (plan.store, plan.out / "runs", plan.bundle)
        for path in folder.rglob("*")
        if path.is_file() and anew not in path.parents
    ]
    return {path: path.stat().st_mtime_ns for path in files}


def test_stopped_it_goes_on(made):
    plan, stopped, told, finished = made
    assert [one.finished for one in stopped] == [False] * (1 + STOPS)
    assert all(one.rows == [] for one in stopped)
    assert told[0] == "render: 6 people, 8 activities, 96 frames"
    assert told.count("train pretrain-seed0: smoke-pretrain, 4 steps of 16") == STOPS + 1
    assert told.count("train clef-seed0: smoke-finetune, 4 steps of 16") == 1
    assert finished.finished
    lines = records(plan.run_folder("pretrain", 0) / METRICS)
    assert [line["step"] for line in lines if "loss" in line] == [1, 2, 3, 4]


def test_results_are_exactly_what_is_promised(made):
    plan, _, _, finished = made
    rows = json.loads((plan.out / "results.json").read_text())
    assert rows == finished.rows
    assert [row["name"] for row in rows] == ["clef", "clef-no-stage1", "image-only"]
    for row in rows:
        assert list(row) == ["name", "seed", "au_f1", "au_auc", "expression_uar"]
        assert row["seed"] == 0
        assert all(0 <= row[score] <= 1 for score in ("au_f1", "au_auc", "expression_uar"))


def test_it_leaves_a_report_a_bundle_and_pictures(made):
    plan, _, _, finished = made
    page = finished.report.read_text()
    assert finished.report == plan.out / "report.html"
    for words in ("clef-no-stage1", "image-only", "E. Collins", "data:image/"):
        assert words in page
    assert bundle.read(plan.bundle).aus
    for name in ("photo.png", "subjects.png", "expressions.png", "clip.mp4", "clip-read.mp4"):
        assert (plan.out / name).stat().st_size > 1000
    assert not list(plan.out.rglob(".*"))


def test_stage_two_began_from_stage_one(made):
    plan = made[0]
    said = json.loads((plan.run_folder("clef", 0) / "run.json").read_text())
    assert str(plan.run_folder("pretrain", 0)) in json.dumps(said)


def test_a_second_call_trains_nothing_anew(made):
    plan, _, _, finished = made
    before, metrics = changed(plan), whole.metrics_of(plan, "clef", 0)
    again = whole.demo(plan, tell=lambda _: None)
    assert changed(plan) == before
    assert whole.metrics_of(plan, "clef", 0) == metrics
    assert again.rows == finished.rows


def test_the_committed_record(made, tmp_path):
    plan, _, _, finished = made
    page = demo_record.record(plan, finished, tmp_path)
    assert page.name == "demo.md"
    figures = json.loads((tmp_path / "demo.json").read_text())["figures"]
    assert figures["rows"] == finished.rows
    assert figures["plan"] == {"subjects": 6, "frames": 2, "size": 40}
    assert {"render", "train clef-seed0", "report"} <= figures["seconds"].keys()
    assert "| image-only | 0 |" in page.read_text()
