"""Intensities from words, trained, evaluated and exported."""

from engine import tiny
from mien.engine.evaluate import evaluate
from mien.engine.export import export
from mien.engine.train import train
from mien.methods.clef_stage2 import ClefFinetune
from mien.methods.labels import Weights


def test_words_from_training_to_a_bundle(store, tmp_path):
    method = ClefFinetune(
        text=tiny.TEXT, joint=16, intensity_form="words", weights=Weights(intensity=1.0)
    )
    train(tiny.finetune(method=method, steps=2), tmp_path / "run", store=store)
    found = evaluate(tmp_path / "run", store)
    read = found.predictions["last", "test"]["intensity"]
    assert read.min() > 0
    assert read.max() < 5
    assert len(found.metrics["results"]["last"]["intensity"]["labels"]) == len(method.aus)
    done = export(tmp_path / "run", tmp_path / "bundle")  # refuses what does not agree
    assert "intensity" in done.bundle.outputs
    assert done.difference < 1e-4
