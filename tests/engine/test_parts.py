"""Parts that the store names itself: who is in them, what is scored, what is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest

from engine import tiny
from mien.data.store import Store
from mien.data.writer import StoreWriter
from mien.engine import folder
from mien.engine.evaluate import evaluate
from mien.engine.plan import prepare
from mien.engine.train import train
from mien.errors import MienError
from mien.facs import DEMO_AUS, EXPRESSIONS_7, au_column

PLAN = replace(tiny.PLAN, parts="store")
MARKS = ["train"] * 4 + ["val", "validation", "test", "test", "spare", ""]


def _write(path, marks=MARKS, *, frames=4, named=True):
    """One subject per mark; where a mark is a tuple, its frames take turns."""
    values = np.random.default_rng(0)
    with StoreWriter(path) as writer:
        for number, mark in enumerate(marks):
            for frame in range(frames):
                said = mark[frame % len(mark)] if isinstance(mark, tuple) else mark
                writer.add(
                    values.integers(0, 256, (36, 36, 3), dtype=np.uint8),
                    subject=f"S{number}" if named else None,
                    clip=f"C{number}",
                    activity=("joke", "ice")[frame % 2],
                    frame=frame,
                    split=said or None,
                    expression=EXPRESSIONS_7[frame % 7],
                    **{au_column(au): float(values.random() < 0.5) for au in DEMO_AUS},
                )
    return path


def test_the_store_says_who_is_who(tmp_path):
    store = Store(_write(tmp_path / "store"))
    data = prepare(tiny.supervised(data=PLAN), store)
    assert data.split.train == ("S0", "S1", "S2", "S3")
    assert data.split.validation == ("S4", "S5")
    assert data.split.test == ("S6", "S7")
    split = store.column("split")
    assert {str(mark) for mark in split[data.parts["validation"].rows]} == {"val", "validation"}
    assert [len(data.parts[part]) for part in ("train", "validation", "test")] == [16, 8, 8]
    few = prepare(tiny.supervised(data=replace(PLAN, label_subjects=2)), store)
    assert len(few.split.train) == 2
    assert few.split.test == data.split.test


@pytest.mark.parametrize(("share", "people"), [(0.01, 1), (0.5, 2), (0.75, 3), (1.0, 4)])
def test_a_share_of_the_training_subjects_is_labelled(share, people, tmp_path):
    store = Store(_write(tmp_path / "store"))
    whole = prepare(tiny.supervised(data=PLAN), store)
    few = prepare(tiny.supervised(data=replace(PLAN, label_share=share)), store)
    assert len(few.split.train) == people
    assert set(few.split.train) <= set(whole.split.train)
    assert (few.split.test, few.split.validation) == (whole.split.test, whole.split.validation)
    same = prepare(tiny.supervised(data=replace(PLAN, label_subjects=people)), store)
    assert few.split.train == same.split.train


def test_rows_without_a_part_are_left_out_though_their_subject_has_one(tmp_path):
    marks = [("train", "", "spare", "train"), "train", "test"]
    data = prepare(tiny.supervised(data=PLAN), Store(_write(tmp_path / "store", marks)))
    assert data.split.train == ("S0", "S1")
    assert data.parts["train"].rows.tolist() == [0, 3, 4, 5, 6, 7]


def test_training_and_evaluation_on_the_store_s_parts(tmp_path):
    store = _write(tmp_path / "store")
    run = tiny.supervised(data=PLAN, steps=None, epochs=1)
    train(run, tmp_path / "run", store=store)
    assert folder.read_split(tmp_path / "run")["name"] == "store"
    metrics = evaluate(tmp_path / "run", store).metrics
    assert metrics["protocol"]["kind"] == "the store's own parts, subject-exclusive"
    assert metrics["protocol"]["subjects"]["test"] == ["S6", "S7"]
    assert len(metrics["results"]["last"]["au"]["thresholds_chosen"]) == 12


def test_nobody_need_be_in_validation(tmp_path):
    store = _write(tmp_path / "store", ["train", "train", "test"])
    train(tiny.supervised(data=PLAN, steps=1), tmp_path / "run", store=store)
    metrics = evaluate(tmp_path / "run", store).metrics
    assert metrics["protocol"]["subjects"]["validation"] == []
    assert "chosen" not in metrics["results"]


def test_a_store_that_names_nobody(tmp_path):
    data = prepare(
        tiny.supervised(data=PLAN),
        Store(_write(tmp_path / "store", ["train", "val", "test"], named=False)),
    )
    assert data.kind == "the store's own parts, by image, subjects unknown"
    assert [len(data.parts[part]) for part in ("train", "validation", "test")] == [4, 4, 4]


def test_a_subject_in_two_parts_is_refused(tmp_path):
    store = Store(_write(tmp_path / "store", ["train", ("train", "test"), "test"]))
    with pytest.raises(MienError, match="train and test share subjects: S1"):
        prepare(tiny.supervised(data=PLAN), store)


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        (["train", "Test"], r"marked test; the column split says: Test \(4\), train \(4\)"),
        (["", ""], r"marked train or test; the column split says: nothing \(8\)"),
    ],
)
def test_missing_parts_are_refused(tmp_path, marks, said):
    with pytest.raises(MienError, match=said) as caught:
        prepare(tiny.supervised(data=PLAN), Store(_write(tmp_path / "store", marks)))
    assert "--data.parts folds" in caught.value.remedy


def test_leakage_between_folds_and_the_store_s_parts_is_refused(tmp_path):
    store = _write(tmp_path / "store")
    plan = replace(tiny.pretrain().data, activities=None)
    dealt = tiny.pretrain(method=replace(tiny.pretrain().method, texts=False), data=plan, steps=1)
    train(dealt, tmp_path / "one", store=store)
    met = set(folder.read_split(tmp_path / "one")["subjects"]["train"])
    assert met & {"S4", "S5", "S6", "S7"}
    run = tiny.supervised(data=PLAN, steps=1, init=str(tmp_path / "one"))
    with pytest.raises(MienError, match="held out here"):
        train(run, tmp_path / "two", store=store)
    same = replace(dealt, data=replace(plan, parts="store"))
    train(same, tmp_path / "three", store=store)
    run = replace(run, init=str(tmp_path / "three"))
    assert train(run, tmp_path / "two", store=store).status == "finished"


OWN = (("joke", "Somebody tells a joke."), ("ice", "A hand is held in ice water."))


def test_own_activities_and_texts_end_to_end(tmp_path):
    store = _write(tmp_path / "store")
    run = tiny.pretrain(steps=2)
    run = replace(run, method=replace(run.method, own=OWN), data=replace(run.data, parts="store"))
    data = prepare(run, Store(store))
    # Numbered in the order given, not by name.
    assert data.parts["train"].targets.activities == ("joke", "ice")
    assert data.parts["train"].targets.activity.tolist() == [0, 1] * 8
    assert train(run, tmp_path / "one", store=store).status == "finished"
    assert folder.read_run(tmp_path / "one") == run
    tuned = tiny.finetune(data=PLAN, steps=1, init=str(tmp_path / "one"))
    assert train(tuned, tmp_path / "two", store=store).status == "finished"


def test_own_activities_that_do_not_fit_are_refused(tmp_path):
    store = Store(_write(tmp_path / "store"))
    run = tiny.pretrain()
    typo = replace(run, method=replace(run.method, own=(*OWN, ("jokes", "More jokes."))))
    with pytest.raises(MienError, match="no image shows the activity jokes") as caught:
        prepare(typo, store)
    assert caught.value.remedy.endswith("ice, joke")
    other = replace(
        run,
        method=replace(run.method, own=OWN),
        data=replace(run.data, activities="bp4d-plus"),
    )
    with pytest.raises(MienError, match="the method has its own"):
        prepare(other, store)
    with pytest.raises(MienError, match="no training row shows one of T1") as caught:
        prepare(run, store)
    assert "method.own" in caught.value.remedy


def test_a_record_of_before_a_field_existed_still_fits(tmp_path):
    store = _write(tmp_path / "store")
    run = tiny.pretrain(steps=1, data=replace(tiny.pretrain().data, activities=None))
    run = replace(run, method=replace(run.method, texts=False))
    train(run, tmp_path / "run", store=store)
    path = tmp_path / "run" / folder.RUN
    record = json.loads(path.read_text())
    del record["data"]["parts"], record["method"]["own"]
    path.write_text(json.dumps(record))
    assert folder.read_run(tmp_path / "run") == run
    assert train(run, tmp_path / "run", store=store).status == "finished"
    for changed in ({"steps": 2}, {"type": "mien.recipes.run:Walk"}, {"type": "elsewhere:Run"}):
        path.write_text(json.dumps(record | changed))
        with pytest.raises(MienError, match="another recipe"):
            train(run, tmp_path / "run", store=store)
