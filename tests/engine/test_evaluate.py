"""What an evaluation writes: scores by hand, files, determinism, what it refuses."""

import json

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import torch

from engine import tiny
from engine.conftest import write_store
from mien.data.store import Store
from mien.engine.evaluate import evaluate, predictor
from mien.engine.folder import read_final
from mien.engine.reading import read
from mien.engine.train import train
from mien.errors import MienError
from mien.facs import EXPRESSIONS_7
from mien.methods.clef_stage2 import ClefFinetune
from mien.methods.labels import Weights
from mien.metrics.f1 import f1_at


@pytest.fixture(scope="module")
def trained(store, tmp_path_factory):
    weights = Weights(intensity=1.0, affect=1.0)
    method = ClefFinetune(text=tiny.TEXT, joint=16, weights=weights)
    folder = tmp_path_factory.mktemp("runs") / "run"
    train(tiny.finetune(method=method, steps=None, epochs=2, batch=20), folder, store=store)
    return folder


@pytest.fixture(scope="module")
def found(trained, store):
    return evaluate(trained, store)


def test_files(found, trained):
    assert found.folder == trained / "evaluation"
    assert {path.name for path in found.folder.iterdir()} == {
        "metrics.json",
        "predictions.parquet",
        "report.html",
    }
    assert json.loads((found.folder / "metrics.json").read_text()) == found.metrics
    page = (found.folder / "report.html").read_text()
    assert "Evaluation of finetune" in page
    assert "data:image/jpeg" in page


def test_scores_are_those_of_the_predictions(found):
    table = pq.read_table(found.folder / "predictions.parquet")
    rows = table.filter((pc.field("weights") == "last") & (pc.field("part") == "test"))
    names = found.metrics["protocol"]["subjects"]["test"]
    assert set(rows["subject"].to_pylist()) == set(names)
    block = found.metrics["results"]["last"]["au"]["f1"]
    for au, place in ((1, 0), (12, 6), (24, 11)):
        scores = rows[f"AU{au:02d}"].to_numpy()[:, None]
        truth = rows[f"AU{au:02d}_true"].to_numpy()[:, None]
        assert block["values"][place] == pytest.approx(f1_at(scores, truth).values[0])
    assert found.metrics["headline"]["au_f1"] == block["mean"]
    said = [rows[f"expression_{name}"].to_numpy() for name in EXPRESSIONS_7]
    np.testing.assert_allclose(sum(said), 1, rtol=1e-5)


def test_last_stands_first_and_the_chosen_epoch_beside_it(found, trained):
    results = found.metrics["results"]
    history = read_final(trained).scalars["selection"]["history"]
    assert results["last"]["step"] == 6
    assert results["last"]["epoch"] == 1
    assert results["chosen"]["step"] in {entry["step"] for entry in history}
    for result in results.values():
        assert set(result) >= {"au", "intensity", "expression", "affect"}
        assert len(result["au"]["thresholds_chosen"]) == 12


def test_batch_size_changes_nothing_but_rounding(trained, store, found):
    from mien.engine.folder import read_run

    run = read_run(trained)
    module = predictor(run, read_final(trained), trained)
    rows = found.truth["test"].rows
    opened, cpu = Store(store), torch.device("cpu")
    first = found.predictions["last", "test"]
    for batch in (1, 7):
        again = read(module, opened, rows, size=32, device=cpu, batch=batch)
        for name, values in again.items():
            np.testing.assert_allclose(values, first[name], rtol=1e-4, atol=1e-5)
    same = read(module, opened, rows, size=32, device=cpu)
    assert all(np.array_equal(same[name], first[name]) for name in same)


def test_refusals(trained, store, tmp_path):
    other = write_store(tmp_path / "other", seed=1)
    with pytest.raises(MienError, match="not the one this run was trained on"):
        evaluate(trained, other)
    train(tiny.pretrain(steps=1), tmp_path / "pretrain", store=store)
    with pytest.raises(MienError, match="reads no faces by itself"):
        evaluate(tmp_path / "pretrain", store)
    weights = trained / "final" / "model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    try:
        with pytest.raises(MienError, match="altered"):
            evaluate(trained, store)
    finally:
        weights.write_bytes(content)
