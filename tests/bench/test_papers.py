"""The papers' tables as data, and the bench from end to end on a tiny lab."""

import json
import shlex
from dataclasses import replace
from shutil import copytree

import pytest

from mien.bench.papers.catalogue import PAPERS
from mien.bench.trials.budget import BUDGETS, PARTS
from mien.bench.trials.commands import commands
from mien.bench.trials.lock import claimed
from mien.bench.trials.plan import before, plan_of
from mien.bench.trials.run import Progress, run_plan
from mien.bench.verdicts.record import pieces_of, record, record_name
from mien.bench.verdicts.scores import KEYS, NAMES
from mien.bench.verdicts.together import record_all
from mien.cli import bench_papers
from mien.cli.command import parse
from mien.cli.main import main
from mien.errors import MienError
from mien.lab.corpus.release import Release, ReleasePart
from mien.lab.interview import Interview
from mien.lab.talking import Talking
from mien.lab.wild import Wild
from mien.methods.labels import LabelledMethod
from mien.recipes import every

SCENES = (
    Interview(subjects=6, frames=1, seconds=4.0),
    Talking(people=8, clips_each=1, frames=16),
    Wild(people=15, pictures=2),
)
TINY = replace(
    BUDGETS["smoke"],
    release=Release(
        name="lab-0",
        size="small",
        pixels=32,
        parts=tuple(ReleasePart(name=each.name, scenario=each, seed=0) for each in SCENES),
    ),
    learn_steps=3,
    read_steps=2,
    batch=12,
    pictures=8,
    few=(1,),
)


def test_a_longer_budget_trains_encoders_longer_and_names_its_records_after_it(tmp_path):
    cpu = BUDGETS["cpu"]
    assert cpu.learn_steps is not None
    assert cpu.lasting(None) == cpu.lasting(cpu.learn_steps) == cpu
    longer = cpu.lasting(3 * cpu.learn_steps)
    plan = plan_of(PAPERS["clp"], longer, tmp_path)
    assert plan.run("clp-full", "talking", 0).steps == 1200
    assert plan.run("clp-supervised", "interview", 0).steps == cpu.read_steps
    assert record_name(plan) == "bench-clp-1200-steps"
    assert record_name(plan_of(PAPERS["clp"], cpu, tmp_path)) == "bench-clp"
    gpu = plan_of(PAPERS["clp"], BUDGETS["gpu"].lasting(5), tmp_path)
    assert record_name(gpu) == "bench-clp-gpu-5-steps"
    said = commands([gpu], folder=tmp_path)
    assert all("--learn-steps 5 --rows" in each for each in said)
    assert not any(
        "--learn-steps" in each
        for each in commands([plan_of(PAPERS["clp"], cpu, tmp_path)], folder=tmp_path)
    )
    with pytest.raises(MienError, match="0 learning steps"):
        cpu.lasting(0)


@pytest.mark.parametrize("paper", PAPERS.values(), ids=list(PAPERS))
@pytest.mark.parametrize("budget", BUDGETS.values(), ids=list(BUDGETS))
def test_every_row_is_a_recipe_that_its_budget_can_run(paper, budget, tmp_path):
    plan = plan_of(paper, replace(budget, rows="all"), tmp_path)
    for row in plan.rows:
        assert row.recipe in every()
        run = plan.run(row.recipe, row.part, 1)
        first = before(run)
        assert first is None or first in every()
        assert bool(row.own) == isinstance(run.method, LabelledMethod) or not row.own
        for reader in row.readers:
            taught = plan.run(reader.recipe, reader.part, 1, start=tmp_path)
            assert isinstance(taught.method, LabelledMethod)
            assert taught.init == str(tmp_path)
        keys = [row.own, *(reader.key for reader in row.readers)]
        assert set(keys) - {""} <= set(KEYS)
        assert len(set(keys)) == len(keys)
    scores = [claim.score for claim in paper.claims] + list(paper.headline)
    for score in scores:
        key, _, kind = score.partition(":")
        assert key in KEYS
        assert kind in NAMES


def test_every_seed_deals_people_alike_to_all_runs_on_a_store(tmp_path):
    plan = plan_of(PAPERS["clef"], BUDGETS["cpu"], tmp_path)
    for seed in range(4):
        ones = {
            replace(plan.run(row.recipe, "interview", seed).data, activities=None).fold
            for row in plan.rows
        }
        assert ones == {seed % 3}
    assert plan.run("clef-r13-lab", "interview", 3).data.split_seed == 1
    assert plan.run("clp-full", "talking", 0).data.validation == 0.0


def test_signs_follow_the_papers_numbers():
    for paper in PAPERS.values():
        for claim in paper.claims:
            if claim.paper is not None:
                assert claim.sign == (claim.paper > 0) - (claim.paper < 0)
                rows = [paper.row(name).paper for name in (claim.first, claim.second)]
                gap = rows[0][claim.column] - rows[1][claim.column]
                assert gap == pytest.approx(claim.paper, abs=1e-6)


def test_unknown_rows_are_named(tmp_path):
    with pytest.raises(MienError, match="no row 'clp-ful'"):
        plan_of(PAPERS["clp"], TINY, tmp_path, rows=("clp-ful",))


def test_sets_of_rows_hold_each_other():
    for paper in PAPERS.values():
        few, some, whole = (
            {row.name for row in paper.of(s)} for s in ("smoke", "principal", "all")
        )
        assert few < some < whole
    assert len(PAPERS["clef"].rows) == 13


def test_work_is_held_by_one_process(tmp_path):
    with claimed(tmp_path / "lock") as first:
        assert first
        with claimed(tmp_path / "lock", wait=False) as second:
            assert not second
    with claimed(tmp_path / "lock", wait=False) as again:
        assert again


def test_gpu_commands_are_one_row_and_seed_each(tmp_path):
    plans = [plan_of(paper, BUDGETS["gpu"], tmp_path) for paper in PAPERS.values()]
    lines = commands(plans, folder=tmp_path)
    assert len(lines) == 3 * sum(len(paper.rows) for paper in PAPERS.values())
    goals = [(plan, row, seed) for plan in plans for row, seed in plan.goals]
    for line, (plan, row, seed) in zip(lines, goals, strict=True):
        words = shlex.split(line)
        assert words[:2] == ["mien", "bench"]
        asked = parse(getattr(bench_papers, plan.paper.name), words[3:], name=words[2])
        assert asked.name == plan.paper.name
        assert asked.options.budget == "gpu"
        assert (asked.options.rows, asked.options.seeds) == ((row.name,), (seed,))
        assert asked.options.max_seconds < 600


def test_gpu_commands_in_miniature_leave_pieces_that_can_be_gathered(tmp_path, monkeypatch, capsys):
    """Each in a folder of its own, as on machines of its own, at a size of seconds."""
    tiny = replace(TINY, name="gpu", seeds=1)
    monkeypatch.setattr("mien.bench.trials.budget.BUDGETS", {"gpu": tiny})
    names = ("clp-random", "clp-nomask")
    whole = tmp_path / "whole"
    for name in names:
        plan = plan_of(PAPERS["clp"], tiny, tmp_path / name, rows=(name,))
        (line,) = commands([plan], folder=plan.work)
        line = line.replace("--jobs 16", "--jobs 1")
        assert main([*shlex.split(line)[1:]]) == 0
        copytree(plan.work / "pieces", whole / "pieces", dirs_exist_ok=True)
    capsys.readouterr()
    words = ["bench", "clp", "--budget", "gpu", "--work", str(whole), "--rows", *names]
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    assert "clp: 2 of 2 rows and seeds done" in capsys.readouterr().out
    assert not (whole / "lab").exists()
    assert "clp-nomask" in (tmp_path / "out" / "bench-clp-gpu.md").read_text()
    assert (tmp_path / "out" / "claims.md").exists()


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("bench")


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("clp", ("clp-full", "clp-supervised")),
        ("sslfer", ("sslfer-g",)),
        ("ours", ("clp-full", "ours-all")),
        ("clef", ("clef-r13-lab",)),
    ],
)
def test_stopped_taken_up_and_written_down(name, rows, work, tmp_path):
    plan = plan_of(PAPERS[name], TINY, work, rows=rows, seeds=(0,))
    told = []
    stopped = run_plan(plan, jobs=1, max_seconds=0.0, tell=told.append)
    assert (stopped.finished, stopped.done, stopped.planned) == (False, 0, len(rows))
    made = run_plan(plan, jobs=1, tell=told.append)
    assert made.finished
    again = run_plan(plan, jobs=1, max_seconds=0.0, tell=told.append)
    assert again == made  # every piece is there, so there is nothing to stop
    found = pieces_of(plan)
    assert list(found) == list(rows)
    for some in found.values():
        asked = some[0].facts["questions"]
        assert set(asked) == {"identity", "hidden", "geometry", "few", "watched"}
        assert 0.0 <= asked["identity"]["across_places"] <= 1.0
        assert asked["identity"]["chance"] == pytest.approx(0.5)
        keys = {"probe", "neighbours", "probe-in-wild", "identity", "places"}
        assert keys < set(some[0].readings)
    elsewhere = replace(plan, work=tmp_path / "gathered")
    copytree(work / "pieces", elsewhere.work / "pieces")
    assert run_plan(elsewhere, jobs=1, max_seconds=0.0, tell=told.append) == made
    tmp_path = tmp_path / "results"
    page = record(elsewhere, tmp_path, command="mien bench it")
    assert "nothing here says anything" in page.read_text()
    stem = f"bench-{name}-smoke"
    assert {each.name for each in tmp_path.iterdir()} == {
        f"{stem}.{ending}" for ending in ("json", "md", "html", "svg")
    }
    figures = json.loads((tmp_path / f"{stem}.json").read_text())["figures"]
    assert set(figures["rows"]) == set(rows)
    assert len(figures["claims"]) == len(PAPERS[name].claims)
    if PAPERS[name].candidates:
        assert figures["ranking"]["named"] == "ours-all"
        assert "Named as ours: ours-all" in page.read_text()
    assert "one person from two" in (tmp_path / f"{stem}.svg").read_text()
    scores = figures["rows"][rows[0]]["scores"]
    assert {"places:same-person-auc", "neighbours:au-auc", "probe-in-wild:au-auc"} < set(scores)
    if name == "clef":  # the last: all that was made lies on one plane
        plans = [
            replace(plan, paper=PAPERS[n], rows=PAPERS[n].rows) for n in ("clp", "ours", "clef")
        ]
        text = record_all(plans, tmp_path, command="mien bench all").read_text()
        assert "clp-supervised" in text
        assert "clef-r13-lab" in text
        for row in ("clp-full", "ours-all"):  # of two papers, or of one: a line in each table
            assert text.count(f"| {row} |") == 2
    assert set(PARTS) <= {each.name for each in (work / "lab").iterdir()}


def test_all_has_no_rows():
    with pytest.raises(MienError, match="bench all runs every paper's rows"):
        bench_papers.everything(["--rows", "clp-full"])


def test_one_time_limit_is_shared_by_all_papers(monkeypatch, tmp_path, capsys):
    given = []

    def slow(plan, *, max_seconds, **_):
        given.append(max_seconds)
        clock[0] += 40.0
        return Progress(finished=True, done=0, planned=0)

    clock = [100.0]
    monkeypatch.setattr("mien.cli.bench_papers.monotonic", lambda: clock[0])
    monkeypatch.setattr("mien.bench.trials.run.run_plan", slow)
    words = ["bench", "all", "--budget", "smoke", "--work", str(tmp_path), "--max-seconds", "100"]
    assert main(words) == 0
    assert given == [100.0, 60.0, 20.0, -20.0]
    assert "clp: 0 of 0" in capsys.readouterr().out
