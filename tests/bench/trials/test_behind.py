"""What a piece rests on: the same runs, or it is made anew; never another recipe's."""

import json
from dataclasses import replace

import pytest

from bench.test_papers import TINY
from mien.bench.papers.catalogue import PAPERS
from mien.bench.trials.behind import behind, digest, encoder, finished
from mien.bench.trials.piece import FORM, write_piece
from mien.bench.trials.plan import plan_of
from mien.bench.trials.run import MARK, mark, there
from mien.engine.folder import FINAL, RUN
from mien.errors import MienError
from mien.recipes import record


def test_a_piece_rests_on_its_encoder_on_what_that_starts_from_and_on_its_readers(tmp_path):
    clef = plan_of(PAPERS["clef"], TINY, tmp_path)
    assert set(behind(clef, clef.paper.row("clef-r13-lab"), 1)) == {
        "clef-pretrain-lab-interview-seed1",
        "clef-r13-lab-interview-seed1",
        "clef-r13-lab-wild-seed1",
    }
    clp = plan_of(PAPERS["clp"], TINY, tmp_path)
    names = {"clp-full-talking-seed0", "clp-full-then-finetune-seed0"}
    assert set(behind(clp, clp.paper.row("clp-full"), 0)) == names


def test_digests_follow_the_recipe_and_not_the_place(tmp_path):
    row = PAPERS["clef"].row("clef-r13-lab")
    one = behind(plan_of(PAPERS["clef"], TINY, tmp_path / "a"), row, 0)
    assert one == behind(plan_of(PAPERS["clef"], TINY, tmp_path / "b"), row, 0)
    longer = replace(TINY, learn_steps=4)
    other = behind(plan_of(PAPERS["clef"], longer, tmp_path / "a"), row, 0)
    changed = {name for name in one if one[name] != other[name]}
    assert changed == {"clef-pretrain-lab-interview-seed0"}
    assert one.keys() == other.keys()


def test_pieces_of_other_runs_or_of_older_questions_are_not_there(tmp_path):
    plan = plan_of(PAPERS["clp"], TINY, tmp_path)
    row = plan.paper.row("clp-full")
    facts = {"row": row.name, "seed": 0, "form": FORM, "runs": behind(plan, row, 0)}
    assert not there(plan, row, 0)
    write_piece(plan.piece(row, 0), facts, {})
    assert there(plan, row, 0)
    write_piece(plan.piece(row, 0), {**facts, "form": FORM - 1}, {})
    assert not there(plan, row, 0)
    write_piece(plan.piece(row, 0), {**facts, "runs": {}}, {})
    assert not there(plan, row, 0)
    longer = plan_of(PAPERS["clp"], replace(TINY, learn_steps=9), tmp_path)
    write_piece(plan.piece(row, 0), facts, {})
    assert not there(longer, row, 0)


def test_a_finished_run_of_another_recipe_is_refused(tmp_path):
    plan = plan_of(PAPERS["clp"], TINY, tmp_path)
    (stage,) = encoder(plan, "clp-full", "talking", 0)
    assert not finished(stage)
    (stage.folder / FINAL).mkdir(parents=True)
    record.write(stage.folder / RUN, stage.run)
    assert finished(stage)
    other = replace(stage, run=replace(stage.run, steps=77))
    assert digest(other.run) != digest(stage.run)
    with pytest.raises(MienError, match="finished run of another recipe") as raised:
        finished(other)
    assert "--work" in str(raised.value)


def test_a_folder_holds_one_length_of_learning(tmp_path):
    plan = plan_of(PAPERS["clp"], TINY, tmp_path)
    mark(plan)
    mark(plan)
    assert json.loads((tmp_path / MARK).read_text()) == {"budget": "smoke"}
    longer = replace(plan, budget=TINY.lasting(50))
    with pytest.raises(MienError, match="smoke, not of smoke with 50 steps of learning"):
        mark(longer)
    elsewhere = replace(longer, work=tmp_path / "longer")
    mark(elsewhere)
    mark(elsewhere)
    with pytest.raises(MienError, match="with 50 steps of learning, not of smoke"):
        mark(replace(plan, work=tmp_path / "longer"))
