"""Retrieval: the faces that re-express a query are the memory's nearest, of other people."""

from contextlib import closing

import numpy as np
import pytest
import torch

from engine import tiny
from engine.conftest import write_store
from engine.test_self_supervised import clp_run
from mien.data.store import Store
from mien.data.views import resize
from mien.engine import checkpoint, folder
from mien.engine.retrieve import retrieval_page, retrieve
from mien.engine.train import train
from mien.errors import MienError
from mien.report.page import render


@pytest.fixture(scope="module")
def run_folder(store, tmp_path_factory):
    out = tmp_path_factory.mktemp("clp") / "run"
    train(clp_run(), out, store=store)
    return out


def test_sources_are_the_largest_weights_in_the_memory(run_folder, store):
    found = retrieve(run_folder, store, queries=4, most=3)
    run = folder.read_run(run_folder)
    weights = checkpoint.read(run_folder / folder.FINAL).model
    module = run.method.build(run.backbone, seed=9)
    module.load_state_dict(dict(weights))
    module.eval()
    people = folder.read_split(run_folder)["subjects"]
    with closing(Store(store)) as opened:
        for each in found:
            assert np.array_equal(each.image, opened.images([each.row])[0])
            assert each.subject in people["test"]
            pixels = torch.from_numpy(each.image[None]).permute(0, 3, 1, 2)
            face = resize(pixels, run.backbone.size)
            every = module.attend(face, torch.tensor([-1]))[0]
            order = every.argsort(descending=True)[:3]
            assert each.weights == pytest.approx(every[order].numpy(), rel=1e-4)
            assert each.sources.tolist() == module.memory.row[order].tolist()
            assert set(each.subjects) <= set(people["train"])
            for image, row in zip(each.images, each.sources, strict=True):
                assert np.array_equal(image, opened.images([int(row)])[0])
    assert len({each.row for each in found}) == 4


def test_the_page_has_a_picture_of_each(run_folder, store):
    found = retrieve(run_folder, store, queries=3, most=5, part="validation")
    text = render(retrieval_page(found, run_folder=run_folder))
    assert text.count("data:image/jpeg") == 3 * 6
    assert "re-express" in text
    assert "Training" in text


def test_what_has_no_memory_is_refused(run_folder, store, tmp_path):
    train(tiny.supervised(steps=1), tmp_path / "run", store=store)
    with pytest.raises(MienError, match="re-expresses no faces"):
        retrieve(tmp_path / "run", store)
    with pytest.raises(MienError, match="not the one this run was trained on"):
        retrieve(run_folder, write_store(tmp_path / "other", seed=3, name="noise"))
    train(clp_run(), tmp_path / "half", store=store, max_seconds=0.0)
    with pytest.raises(MienError, match="not finished"):
        retrieve(tmp_path / "half", store)
