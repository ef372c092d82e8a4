"""What a run does and refuses: folders, leakage, divergence, full disks, precision, learning."""

import errno
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from engine import tiny
from engine.conftest import write_store
from mien.data.samplers import Shuffled
from mien.data.store import Store
from mien.data.views import View
from mien.data.writer import StoreWriter
from mien.engine import checkpoint, folder
from mien.engine.evaluate import evaluate
from mien.engine.log import METRICS, records
from mien.engine.plan import prepare
from mien.engine.train import train
from mien.errors import MienError
from mien.methods.clef_stage2 import ClefFinetune
from mien.methods.labels import Weights
from mien.methods.probe import Probe
from mien.methods.supervised import Supervised
from mien.recipes.run import Optimiser


def _losses(out):
    return [line["loss"] for line in records(out / METRICS) if "loss" in line]


def test_both_stages_end_to_end(store, tmp_path):
    first = train(tiny.pretrain(), tmp_path / "one", store=store)
    run = tiny.finetune(init=str(tmp_path / "one"), steps=4)
    second = train(run, tmp_path / "two", store=store)
    assert (first.status, first.step, first.exit_code) == ("finished", 6, 0)
    assert second.folder == tmp_path / "two"
    names = {path.name for path in (tmp_path / "two").iterdir()}
    assert names == {"run.json", "split.json", "metrics.jsonl", "tensorboard", "final"}
    assert folder.read_run(tmp_path / "two") == run
    split = folder.read_split(tmp_path / "two")
    people = [set(names) for names in split["subjects"].values()]
    assert len(set.union(*people)) == sum(map(len, people)) == 9
    assert split["rows"] == {part: 12 * len(names) for part, names in split["subjects"].items()}


def test_stage_two_begins_with_the_encoder_of_stage_one(store, tmp_path):
    train(tiny.pretrain(), tmp_path / "one", store=store)
    still = Optimiser(lr_image=0.0, lr_text=0.0, lr_head=0.0)
    run = tiny.finetune(init=str(tmp_path / "one"), steps=1, optimiser=still)
    train(run, tmp_path / "two", store=store)
    one, two = (checkpoint.read(tmp_path / n / "final").model for n in ("one", "two"))
    encoder = [name for name in one if name.startswith("encoder.")]
    assert encoder
    assert_close([two[name] for name in encoder], [one[name] for name in encoder], rtol=0, atol=0)


def test_it_learns(store, tmp_path):
    method = Supervised(view=View(), weights=Weights(expression=0.0))
    adam = Optimiser(lr_image=3e-3, lr_head=3e-3)
    run = tiny.supervised(method=method, steps=50, batch=32, log_every=5, optimiser=adam)
    train(run, tmp_path, store=store)
    losses = _losses(tmp_path)
    assert losses[-1] < 0.8 * losses[0]


def test_validation_chooses_an_epoch(store, tmp_path):
    run = tiny.supervised(steps=None, epochs=3, batch=12)
    train(run, tmp_path, store=store)
    final = checkpoint.read(tmp_path / "final")
    selection = final.scalars["selection"]
    scores = {entry["step"]: entry["score"] for entry in selection["history"]}
    assert list(scores) == [5, 10, 15]
    assert selection["score"] == max(scores.values()) == scores[selection["step"]]
    if selection["step"] == 15:
        assert_close(dict(final.chosen), dict(final.model), rtol=0, atol=0)
    lines = [line for line in records(tmp_path / METRICS) if "validation/score" in line]
    assert [line["validation/score"] for line in lines] == list(scores.values())


def test_few_labelled_subjects(store, tmp_path):
    run = tiny.supervised(steps=1)
    train(replace(run, data=replace(run.data, label_subjects=2)), tmp_path, store=store)
    whole = folder.read_split(tmp_path)["subjects"]
    assert [len(whole[part]) for part in ("train", "validation", "test")] == [2, 1, 3]


def test_another_run_in_the_folder_is_refused(store, tmp_path):
    train(tiny.supervised(steps=1), tmp_path / "run", store=store)
    with pytest.raises(MienError, match="another recipe"):
        train(tiny.supervised(steps=2), tmp_path / "run", store=store)
    with pytest.raises(MienError, match="holds a run already"):
        train(tiny.supervised(steps=1), tmp_path / "run", store=store, resume=False)
    split = tmp_path / "run" / folder.SPLIT
    split.write_text(json.dumps(json.loads(split.read_text()) | {"digest": "0"}))
    with pytest.raises(MienError, match="other data"):
        train(tiny.supervised(steps=1), tmp_path / "run", store=store)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("irreplaceable")
    with pytest.raises(MienError, match="holds no run"):
        train(tiny.supervised(steps=1), tmp_path / "full", store=store)


def test_a_folder_that_cannot_be_made(store, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(MienError, match="cannot be used"):
        train(tiny.supervised(steps=1), tmp_path / "file" / "run", store=store)


def test_leakage_through_init_is_refused(store, tmp_path):
    run = tiny.pretrain(steps=1)
    train(replace(run, data=replace(run.data, fold=1)), tmp_path / "one", store=store)
    for place in ("", "final", f"final/{checkpoint.MODEL}"):
        with pytest.raises(MienError, match="held out here"):
            train(tiny.finetune(init=str(tmp_path / "one" / place)), tmp_path / "two", store=store)
    assert not (tmp_path / "two").exists()
    # The same people in a store of other bytes: rendered again, or after somebody was forgotten.
    again = write_store(tmp_path / "noise", seed=1)
    with pytest.raises(MienError, match="held out here"):
        train(tiny.finetune(init=str(tmp_path / "one")), tmp_path / "two", store=again)
    others = write_store(tmp_path / "others", seed=1, name="others")
    train(tiny.finetune(init=str(tmp_path / "one"), steps=1), tmp_path / "three", store=others)
    with pytest.raises(MienError, match=r"holds no model\.safetensors"):
        train(tiny.finetune(init=str(tmp_path / "nowhere")), tmp_path / "two", store=store)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data": replace(tiny.PLAN, fold=3)}, "no fold 3"),
        ({"data": replace(tiny.PLAN, folds=40)}, "too few"),
        ({"data": replace(tiny.PLAN, label_subjects=40)}, "cannot keep"),
        ({"batch": 5000}, "cannot fill a batch"),
        ({"data": replace(tiny.PLAN, activities="bp4d+bp4d-plus")}, "the code T1 means two things"),
        ({"data": replace(tiny.PLAN, sampler=Shuffled(last="short")), "accumulation": 8}, "divide"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused(store, tmp_path, changes, message):
    with pytest.raises(MienError, match=message):
        train(tiny.supervised(**changes), tmp_path / "run", store=store)
    assert not (tmp_path / "run").exists()


def test_texts_of_other_activities_are_refused(store, tmp_path):
    run = tiny.pretrain(steps=1)
    for named in (None, "bp4d-plus"):
        other = replace(run, data=replace(run.data, activities=named))
        with pytest.raises(MienError, match="texts those of bp4d"):
            train(other, tmp_path / "run", store=store)
    # Without texts any store's own activities do, however many there are.
    alone = replace(run.method, texts=False)
    run = replace(run, method=alone, data=replace(run.data, activities=None))
    assert train(run, tmp_path / "run", store=store).status == "finished"


def test_a_store_that_names_nobody_is_dealt_by_image(tmp_path):
    nobody = write_store(tmp_path / "nobody", subjects=False)
    train(tiny.supervised(steps=1), tmp_path / "run", store=nobody)
    split = folder.read_split(tmp_path / "run")
    assert sum(split["rows"].values()) == 9 * 4 * 3
    assert split["rows"] == {part: len(names) for part, names in split["subjects"].items()}
    metrics = evaluate(tmp_path / "run", nobody).metrics
    assert metrics["protocol"]["kind"] == "3-fold, by image, subjects unknown"
    assert metrics["results"]["last"]["au"]["f1"]["mean_low"] is None


def test_a_task_without_any_label_is_refused(tmp_path):
    values = np.random.default_rng(0)
    with StoreWriter(tmp_path / "faces") as writer:
        for row in range(36):
            image = values.integers(0, 256, (36, 36, 3), dtype=np.uint8)
            writer.add(image, subject=f"S{row % 9}", expression=("anger", "fear")[row % 2])
    with pytest.raises(MienError, match="learn au, but no training row") as caught:
        train(tiny.supervised(steps=1), tmp_path / "run", store=tmp_path / "faces")
    assert caught.value.remedy == ("label some rows, or leave the task out: --method.weights.au 0")
    alone = Supervised(weights=Weights(au=0.0))
    done = train(tiny.supervised(method=alone, steps=1), tmp_path / "run", store=tmp_path / "faces")
    assert done.status == "finished"


@pytest.mark.parametrize("method", [Supervised(), Probe(), ClefFinetune(text=tiny.TEXT, joint=16)])
def test_units_without_any_label_are_refused(tmp_path, method):
    values = np.random.default_rng(0)
    with StoreWriter(tmp_path / "faces") as writer:
        for row in range(36):
            image = values.integers(0, 256, (36, 36, 3), dtype=np.uint8)
            labels = {"AU01": float(row % 2), "AU12_intensity": float(row % 5)}
            writer.add(image, subject=f"S{row % 9}", **labels)

    def prepared(**changes):
        weights = Weights(expression=0.0, **changes.pop("weights", {}))
        run = tiny.supervised(method=replace(method, weights=weights, **changes))
        return prepare(run, Store(tmp_path / "faces"))

    with pytest.raises(MienError, match="learn AU04, AU15, but no training row") as caught:
        prepared(aus=(12, 4, 1, 15))
    assert caught.value.remedy == "read the other units only: --method.aus 12 1"
    assert len(prepared(aus=(12, 1)).parts["train"])
    with pytest.raises(MienError, match=r"learn AU01, but .* for every task") as caught:
        prepared(aus=(12, 1), weights={"intensity": 1.0})
    assert caught.value.remedy == "read the other units only: --method.aus 12"


@pytest.mark.parametrize(("name", "said"), [("gpu", "no device called"), ("cuda", "no CUDA")])
def test_a_device_that_is_not_here_is_refused(store, tmp_path, monkeypatch, name, said):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(MienError, match=said):
        train(tiny.supervised(steps=1), tmp_path / "run", store=store, device=name)
    assert not (tmp_path / "run").exists()


def test_divergence_stops_the_run(store, tmp_path):
    wild = Optimiser(lr_image=1e30, lr_head=1e30, warmup=0.0, clip=None)
    with pytest.raises(MienError, match="not finite at step"):
        train(tiny.supervised(optimiser=wild), tmp_path, store=store, save_minutes=0.0)
    assert not (tmp_path / "final").exists()
    saved = checkpoint.load(tmp_path)
    assert saved is None or all(value.isfinite().all() for value in saved.model.values())


def test_a_full_disk_is_loud_and_costs_nothing(store, tmp_path, monkeypatch):
    train(tiny.supervised(), tmp_path, store=store, max_seconds=0.0)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "save_file", full)
        with pytest.raises(MienError, match="No space left"):
            train(tiny.supervised(), tmp_path, store=store, save_minutes=0.0)
    assert checkpoint.load(tmp_path).step == 1
    assert train(tiny.supervised(), tmp_path, store=store).status == "finished"


def test_bf16_stays_near_float32(store, tmp_path):
    train(tiny.finetune(steps=3), tmp_path / "full", store=store)
    train(tiny.finetune(steps=3, precision="bf16"), tmp_path / "half", store=store)
    assert _losses(tmp_path / "half") == pytest.approx(_losses(tmp_path / "full"), rel=0.05)
    assert _losses(tmp_path / "half") != _losses(tmp_path / "full")
    found = checkpoint.read(tmp_path / "half" / "final").model
    assert {v.dtype for v in found.values() if v.is_floating_point()} == {torch.float32}


@pytest.mark.compiled
@pytest.mark.filterwarnings("ignore:`torch.jit.script_method` is deprecated:DeprecationWarning")
def test_compiled_equals_eager(store, tmp_path):
    train(tiny.supervised(steps=3), tmp_path / "eager", store=store)
    run = tiny.supervised(steps=3, compile=True)
    train(run, tmp_path / "compiled", store=store)
    assert _losses(tmp_path / "compiled") == pytest.approx(_losses(tmp_path / "eager"), rel=1e-4)
    one, other = (checkpoint.read(tmp_path / n / "final").model for n in ("eager", "compiled"))
    assert set(one) == set(other)
