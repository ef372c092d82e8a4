"""Tables beside the papers': which runs they hold, what is asked, two of them end to end."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import recall_score

from bench.test_papers import TINY
from bench.verdicts.test_compare import piece
from mien.bench.papers.catalogue import PAPERS, STUDIES, table_named
from mien.bench.papers.clef_studies import BASE, PSEUDO
from mien.bench.trials.budget import BUDGETS
from mien.bench.trials.plan import before, plan_of
from mien.bench.trials.run import run_plan
from mien.bench.trials.unseen import unseen_classes
from mien.bench.verdicts.record import pieces_of, record
from mien.bench.verdicts.scores import KEYS, NAMES, draws, values
from mien.engine.zero_shot import zero_shot
from mien.errors import MienError
from mien.methods.labels import LabelledMethod
from mien.metrics.icc import icc
from mien.metrics.unseen import CLASS_SPLITS
from mien.recipes import named, sslfer_extra
from mien.recipes.catalogue import lists, recipes_of
from mien.recipes.clp import sweeps


@pytest.mark.parametrize("study", STUDIES.values(), ids=list(STUDIES))
@pytest.mark.parametrize("budget", BUDGETS.values(), ids=list(BUDGETS))
def test_every_row_is_a_named_run_that_its_budget_can_make(study, budget, tmp_path):
    plan = plan_of(study, replace(budget, rows="all"), tmp_path)
    for row in plan.rows:
        run = plan.run(row.recipe, row.part, 1)
        assert bool(row.own) == isinstance(run.method, LabelledMethod)
        first = before(run)
        if first is not None:
            assert plan.run(first, "interview", 1).batch > 1
        for reader in row.readers:
            taught = plan.run(reader.recipe, reader.part, 1, start=tmp_path)
            assert isinstance(taught.method, LabelledMethod)
        assert not row.unseen or len(unseen_classes(run)) > 1
    for score in [claim.score for claim in study.claims] + list(study.headline):
        key, _, kind = score.partition(":")
        assert key in KEYS
        assert kind in NAMES


def test_they_hold_every_run_that_is_to_be_compared():
    rows = {name: {row.recipe for row in study.rows} for name, study in STUDIES.items()}
    names = {name for name, runs in lists().items() if name.endswith("-study")}
    for name in names - {"seen-study"}:
        tuned = [run for run in lists()[name] if isinstance(run.method, LabelledMethod)]
        assert {run.name for run in tuned if run.data.label_share < 1.0} <= rows["clef-studies"]
        whole = {run.name for run in tuned if run.data.label_share == 1.0}
        assert name == "label-study" or whole <= rows["clef-studies"]
    assert {run.name for run in lists()["seen-study"]} <= rows["zero-shot"]
    assert {run.name for run in sweeps()} < rows["clp-studies"]
    extra = {name.replace("_", "-") for name, _ in recipes_of(sslfer_extra)}
    readers = {reader.recipe for row in STUDIES["sslfer-studies"].rows for reader in row.readers}
    assert extra <= rows["sslfer-studies"] | readers


def test_rows_of_a_study_differ_from_what_they_are_held_against():
    for study in STUDIES.values():
        for claim in study.claims:
            one, two = study.row(claim.first), study.row(claim.second)
            assert (one.recipe, one.readers) != (two.recipe, two.readers)
        few, some, whole = (
            {row.name for row in study.of(s)} for s in ("smoke", "principal", "all")
        )
        assert few < some < whole
        said = {name for claim in study.claims for name in (claim.first, claim.second)}
        assert said == whole


def test_signs_of_the_zero_shot_claims_follow_the_papers_numbers():
    printed = [claim for claim in STUDIES["zero-shot"].claims if claim.paper is not None]
    assert [claim.paper for claim in printed] == pytest.approx([16.37, 12.93])
    for claim in printed:
        rows = [table_named("zero-shot").row(n).paper for n in (claim.first, claim.second)]
        assert rows[0][claim.column] - rows[1][claim.column] == pytest.approx(claim.paper)
        assert claim.sign == 1


@pytest.mark.parametrize(("budget", "faces"), [("cpu", 64), ("gpu", 128)])
def test_batches_of_other_sizes_see_as_many_faces(budget, faces, tmp_path):
    plan = plan_of(STUDIES["clef-studies"], BUDGETS[budget], tmp_path)
    base = plan.run("clef-pretrain-lab", "interview", 0)
    assert base.batch == faces
    clef = plan_of(PAPERS["clef"], BUDGETS[budget], tmp_path)
    assert base == clef.run("clef-pretrain-lab", "interview", 0)  # one run serves both tables
    for size in (16, 32, 128, 256):
        run = plan.run(f"clef-pretrain-lab-batch-{size}", "interview", 0)
        assert run.batch == faces * size // 64
        assert run.batch * run.steps == base.batch * base.steps
    tuned = [plan.run(name, "interview", 0) for name in (BASE, f"{BASE}-batch-16")]
    assert tuned[0].batch == tuned[1].batch
    assert tuned[0].steps == tuned[1].steps


def test_recall_and_intensity_are_those_of_others():
    one = piece("a", 0, noise=0.4)
    found = one.readings["probe"]
    known = found["expression_true"] >= 0
    said = found["expression"][known].argmax(axis=1)
    wanted = recall_score(found["expression_true"][known], said, average="macro")
    assert values(one, "probe:expression-uar").mean() == pytest.approx(wanted)
    found["expression_true"][found["expression_true"] == 2] = 1
    assert np.isnan(values(one, "probe:expression-uar")).tolist() == [False, False, True]
    wanted = [
        icc(np.stack([found["intensity"][:, n], found["intensity_true"][:, n]], axis=1))
        for n in range(2)
    ]
    assert values(one, "probe:intensity-icc") == pytest.approx(wanted, rel=1e-5)
    assert draws(one, "probe:intensity-icc", count=20).shape == (20, 2)


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("studies")


def test_expressions_never_told_are_read_as_the_command_reads_them(work, tmp_path):
    rows = ("clef-units-lab", "clef-seen-a-lab")
    plan = plan_of(STUDIES["zero-shot"], TINY, work, rows=rows, seeds=(0,))
    assert run_plan(plan, jobs=1, tell=[].append).finished
    found = pieces_of(plan)
    units, seen = (found[name][0] for name in rows)
    assert seen.facts["unseen"] == {
        "classes": list(CLASS_SPLITS["a"].unseen), "chance": pytest.approx(1 / 3)
    }  # fmt: skip
    assert {"unseen-prototypes", "unseen-names-in-wild"} < set(units.readings)
    assert "unseen-prototypes" not in seen.readings  # it reads no units
    folder = plan.folder("clef-units-lab", "interview", 0)
    told = zero_shot(folder, plan.lab / "interview", out=tmp_path / "told.json")
    for way, block in told["results"]["unseen"]["ways"].items():
        score = values(units, f"unseen-{way}:expression-accuracy")
        assert score == pytest.approx([block["accuracy"]])
        recalls = values(units, f"unseen-{way}:expression-uar")
        assert np.nanmean(recalls) == pytest.approx(block["recall"]["mean"])
    page = record(plan, tmp_path, command="mien bench zero-shot").read_text()
    assert "Read without labels: expression UAR" in page
    assert "surprise, fear, disgust" in page


def test_clusters_of_clips_stand_for_activities(work):
    plan = plan_of(STUDIES["clef-studies"], TINY, work, rows=(PSEUDO,), seeds=(0,))
    assert run_plan(plan, jobs=1, tell=[].append).finished
    first = plan.run("clef-pretrain-pseudo-lab", "interview", 0)
    assert plan.store("clef-pretrain-pseudo-lab", "interview", 0).is_dir()
    assert plan.store(PSEUDO, "interview", 0) == plan.lab / "interview"
    assert named("clef-pretrain-pseudo-lab").data.activities is None
    assert first.data.activities is None
    assert "labels" in pieces_of(plan)[PSEUDO][0].readings


def test_a_folder_holds_one_budget(tmp_path):
    for _ in range(2):  # its own budget may come again
        tiny = plan_of(STUDIES["zero-shot"], TINY, tmp_path, seeds=(0,))
        assert not run_plan(tiny, jobs=1, max_seconds=0.0, tell=[].append).finished
    plan = plan_of(STUDIES["zero-shot"], BUDGETS["cpu"], tmp_path, seeds=(0,))
    with pytest.raises(MienError, match="holds a bench of the budget smoke, not of cpu"):
        run_plan(plan, jobs=1, max_seconds=0.0, tell=[].append)
    assert not plan.lab.exists()
