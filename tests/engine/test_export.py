"""The bundle: its description, parity, any number of images, refusals."""

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from engine import tiny
from mien import bundle
from mien.engine.evaluate import predictor
from mien.engine.export import export, parity
from mien.engine.folder import read_final
from mien.engine.train import train
from mien.errors import MienError
from mien.faces.template import CANONICAL
from mien.methods.clef_stage2 import ClefFinetune
from mien.methods.finetune import FineTune
from mien.methods.labels import Weights


@pytest.fixture(scope="module")
def run():
    weights = Weights(intensity=1.0, affect=1.0)
    return tiny.finetune(method=ClefFinetune(text=tiny.TEXT, joint=16, weights=weights))


@pytest.fixture(scope="module")
def trained(run, store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "run"
    train(run, folder, store=store)
    return folder


@pytest.fixture(scope="module")
def exported(trained):
    return export(trained, trained.parent / "bundle", licence="CC0-1.0")


def test_description(exported, run):
    found = bundle.read(exported.folder)
    assert found == exported.bundle
    assert found.aus == run.method.aus
    assert found.expressions == run.method.expressions
    assert found.outputs == ("au", "intensity", "expression", "affect")
    assert set(found.thresholds) == {0.5}
    assert (found.template, found.template_digest) == (CANONICAL.name, CANONICAL.digest)
    assert found.size == 32


def test_the_file_does_not_tell_where_it_was_made(exported):
    content = (exported.folder / bundle.MODEL_FILE).read_bytes()
    assert b"site-packages" not in content
    assert b"mien/engine" not in content


def test_onnx_equals_torch(exported, trained, run):
    assert exported.difference <= 1e-4
    session = onnxruntime.InferenceSession(
        exported.folder / bundle.MODEL_FILE, providers=["CPUExecutionProvider"]
    )
    module = predictor(run, read_final(trained), trained)
    for count in (1, 2, 7):
        images = np.random.default_rng(count).integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
        got = dict(zip(exported.bundle.outputs, session.run(None, {"image": images}), strict=True))
        wanted = module.predict(torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255)
        for name, values in got.items():
            np.testing.assert_allclose(values, wanted[name].numpy(), atol=1e-4)
        assert got["au"].shape == (count, 12)
        assert got["intensity"].max() <= 5
        np.testing.assert_allclose(got["expression"].sum(1), 1, rtol=1e-5)


def test_a_difference_is_refused(exported, run):
    class Other(nn.Module):
        def forward(self, image):
            count = len(image)
            return tuple(torch.zeros(count, n) for n in (12, 12, 7, 2))

    content = (exported.folder / bundle.MODEL_FILE).read_bytes()
    with pytest.raises(MienError, match="differs from torch"):
        parity(Other(), content, size=32)


@pytest.mark.parametrize("task", ["expression", "affect"])
def test_a_model_without_units(task, store, tmp_path):
    weights = Weights(**{"au": 0.0, "expression": 0.0, task: 1.0})
    run = tiny.supervised(steps=1, method=FineTune(weights=weights))
    train(run, tmp_path / "run", store=store)
    found = export(tmp_path / "run", tmp_path / "bundle")
    assert found.difference <= 1e-4
    read = bundle.read(found.folder)
    assert (read.aus, read.thresholds, read.outputs) == ((), (), (task,))


def test_an_existing_folder_is_left_alone(exported, trained):
    with pytest.raises(MienError, match="already exists"):
        export(trained, exported.folder)


def test_what_cannot_be_exported(store, tmp_path):
    train(tiny.pretrain(steps=1), tmp_path / "pretrain", store=store)
    with pytest.raises(MienError, match="reads no faces by itself"):
        export(tmp_path / "pretrain", tmp_path / "bundle")
    stopped = train(tiny.supervised(), tmp_path / "stopped", store=store, max_seconds=0.0)
    assert stopped.status == "stopped"
    with pytest.raises(MienError, match="not finished"):
        export(tmp_path / "stopped", tmp_path / "bundle")
    with pytest.raises(MienError, match="cannot be read"):
        export(tmp_path / "nowhere", tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()
