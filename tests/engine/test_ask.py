"""Phrases put to faces: cosines and probabilities by hand, photos, stores, what is refused."""

import csv
import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from engine import tiny
from mien.assets import locate
from mien.bundle import MANIFEST_FILE
from mien.cli.main import main
from mien.data.store import Store
from mien.data.views import resize
from mien.engine.ask import Asker, photo_crops
from mien.engine.textual import open_run
from mien.engine.train import train
from mien.errors import MienError
from mien.faces.landmarker import Landmarker
from mien.facs import ACTION_UNITS, DEMO_AUS
from mien.methods.clef_stage2 import ClefFinetune
from mien.methods.prompting import Prompting

NAMES = tuple(ACTION_UNITS[au].name for au in DEMO_AUS)
ROWS = np.arange(7)
FORMS = {
    "sigmoid": {},
    "pair": {"au_form": "pair"},
    "ensemble": {"prompting": Prompting(templates=("a {}", "the {}"), use="ensemble")},
    "context": {"prompting": Prompting(context=2)},
    "unit": {"au_bias": "unit"},
    "images": {"names": False, "descriptions": False},
}


@pytest.fixture(scope="module")
def runs(store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    for name, options in FORMS.items():
        method = ClefFinetune(text=tiny.TEXT, joint=16, **options)
        train(tiny.finetune(name=name, method=method, steps=2), folder / name, store=store)
    train(tiny.pretrain(steps=2), folder / "stage1", store=store)
    return folder


@pytest.mark.parametrize("name", ["sigmoid", "pair", "ensemble", "context"])
def test_the_name_of_a_unit_is_read_as_that_unit(name, runs, store):
    opened = Store(store)
    answers = Asker(runs / name).rows(opened, ROWS, NAMES)
    _, module = open_run(runs / name)
    images = torch.from_numpy(opened.images(ROWS)).permute(0, 3, 1, 2)
    wanted = module.predict(resize(images, 32))["au"].numpy()
    np.testing.assert_allclose(answers.probability, wanted, rtol=1e-4, atol=1e-5)
    assert answers.cosine.shape == (7, 12)
    assert np.abs(answers.cosine).max() <= 1 + 1e-6


@pytest.mark.parametrize("name", ["unit", "stage1"])
def test_without_a_shared_bias_there_is_a_cosine_alone(name, runs, store):
    answers = Asker(runs / name).rows(Store(store), ROWS, ["eyes wide open"])
    assert answers.probability is None
    assert answers.cosine.shape == (7, 1)


def test_cosines_are_of_features_and_a_templated_phrase(runs, store):
    opened = Store(store)
    found = Asker(runs / "stage1").rows(opened, ROWS, ["  eyes wide   open "])
    _, module = open_run(runs / "stage1")
    images = torch.from_numpy(opened.images(ROWS)).permute(0, 3, 1, 2)
    with torch.no_grad():
        face = module.image_projection(module.encoder(resize(images, 32)))
        text = module.text_projection(
            module.text.encode(["a photo of a person with eyes wide open"])
        )
        wanted = torch.nn.functional.cosine_similarity(face, text)
    np.testing.assert_allclose(found.cosine[:, 0], wanted.numpy(), rtol=1e-4, atol=1e-5)
    assert found.phrases == ("eyes wide open",)


def test_crops_and_rows_agree(runs, store):
    opened, asker = Store(store), Asker(runs / "sigmoid")
    rows = asker.rows(opened, ROWS, NAMES[:2])
    crops = asker.crops(opened.images(ROWS), NAMES[:2])
    np.testing.assert_array_equal(rows.cosine, crops.cosine)
    assert asker.crops(np.zeros((0, 32, 32, 3), np.uint8), ["x"]).cosine.shape == (0, 1)


def test_refusals(runs, store, tmp_path):
    with pytest.raises(MienError, match="images alone"):
        Asker(runs / "images")
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / MANIFEST_FILE).write_text("{}")
    with pytest.raises(MienError, match="bundle") as caught:
        Asker(tmp_path / "bundle")
    assert "run" in (caught.value.remedy or "")
    asker = Asker(runs / "sigmoid")
    for phrases, says in (([], "no phrase"), (["a smile", " "], "empty")):
        with pytest.raises(MienError, match=says) as caught:
            asker.rows(Store(store), ROWS, phrases)
        assert caught.value.remedy


@pytest.fixture
def photo(assets_cache, monkeypatch, tmp_path):
    monkeypatch.setenv("MIEN_CACHE", str(assets_cache))
    path = tmp_path / "astronaut.png"
    shutil.copy(locate("astronaut", cache=assets_cache), path)
    return path


def test_photos(photo, runs, tmp_path, capsys):
    words = ["ask", str(runs / "sigmoid"), str(photo), "--text", "eyes wide open", "a smile"]
    assert main([*words, "--out", str(tmp_path / "said.csv")]) == 0
    shown = capsys.readouterr().out
    assert "1 faces" in shown
    assert "eyes wide open" in shown
    with (tmp_path / "said.csv").open() as text:
        rows = list(csv.DictReader(text))
    assert [row["phrase"] for row in rows] == ["eyes wide open", "a smile"]
    crops = photo_crops([photo], size=32, landmarker=Landmarker())
    again = Asker(runs / "sigmoid").crops(crops.images, ["eyes wide open", "a smile"])
    np.testing.assert_allclose([float(row["cosine"]) for row in rows], again.cosine[0], atol=1e-5)


def test_photos_without_a_face_and_emotions_without_a_purpose(photo, runs, tmp_path, capsys):
    blank = tmp_path / "blank.png"
    cv2.imwrite(str(blank), np.full((80, 80, 3), 120, np.uint8))
    for words, says in (
        ([str(blank), "--text", "a smile"], "no face"),
        ([str(photo), "--text", "an angry look"], "purpose"),
        ([str(tmp_path / "none.png"), "--text", "a smile"], "no such file"),
    ):
        assert main(["ask", str(runs / "sigmoid"), *words]) == 2
        assert says in capsys.readouterr().err


def test_a_store(runs, store, tmp_path, capsys):
    words = ["ask", str(runs / "stage1"), str(store), "--text", "a smile", "--nearest", "2"]
    assert main([*words, "--out", str(tmp_path / "all.csv")]) == 0
    shown = capsys.readouterr().out.splitlines()
    with (tmp_path / "all.csv").open() as text:
        rows = list(csv.DictReader(text))
    assert len(rows) == len(Store(store))
    best = sorted(rows, key=lambda row: -float(row["cosine"]))[:2]
    assert [line.split()[0] for line in shown if line.strip().startswith("000")] == [
        row["sample_id"] for row in best
    ]
    assert main(["ask", str(runs / "stage1"), str(store), str(store), "--text", "a smile"]) == 2
    assert "by itself" in capsys.readouterr().err


def test_the_chosen_epoch_can_be_asked(store, tmp_path):
    run = replace(tiny.finetune(steps=None, epochs=1), batch=20)
    train(run, tmp_path / "run", store=store)
    answers = Asker(tmp_path / "run", weights="chosen").rows(Store(store), ROWS, ["a smile"])
    assert np.isfinite(answers.cosine).all()
