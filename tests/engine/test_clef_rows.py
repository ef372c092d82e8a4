"""CLEF's thirteen rows: at home on a tiny lab, and from tiny CLIP and FaRL checkpoints."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine import tiny
from mien.assets import locate
from mien.engine.evaluate import evaluate
from mien.engine.folder import read_run
from mien.engine.train import train
from mien.lab.corpus.make import make
from mien.lab.interview import Interview
from mien.methods.clef_stage1 import ClefPretrain
from mien.methods.clef_stage2 import ClefFinetune
from mien.models.clip_bpe import ASSET, from_archive
from mien.models.clip_image import ClipImage
from mien.models.clip_text import ClipText
from mien.models.farl import FarlImage, FarlText
from mien.models.mobilenet_v2 import MobileNetV2
from mien.recipes import named, rows_lab, rows_paper
from mien.recipes.catalogue import recipes_of
from mien.recipes.run import Run
from models.test_clip import checkpoint, saved

LAB = {name.replace("_", "-"): recipe for name, recipe in recipes_of(rows_lab)}
PAPER = {name.replace("_", "-"): recipe for name, recipe in recipes_of(rows_paper)}
STARTS = ("clef-simclr-lab", "clef-pretrain-images-lab", "clef-pretrain-lab")
ROWS = [name for name in LAB if name not in STARTS]
PA, TEXTS = {8, 10, 12, 13}, {2, 3, 5, 6, 9, 10, 11, 12, 13}


def number(name: str) -> int:
    return int(name.split("-")[1][1:])


def test_there_are_thirteen_rows_of_each() -> None:
    assert [number(name) for name in ROWS] == list(range(1, 14))
    rows = [name for name in PAPER if not name.startswith("clef-pretrain")]
    assert [number(name) for name in rows] == list(range(1, 14))
    farl = [number(name) for name in rows if name.endswith("farl")]
    assert farl == [4, 5, 6]


@pytest.mark.parametrize("recipes", [LAB, PAPER], ids=["lab", "paper"])
def test_rows_differ_as_the_table_says(recipes) -> None:
    """N, D, PI and PA of every row, from docs/clef.md's table, by hand."""
    names, descriptions = {2, 3, 5, 6, 9, 10, 11, 13}, {3, 6, 11, 12, 13}
    for name, recipe in recipes.items():
        if "-r" not in name:
            continue
        row, run = number(name), recipe()
        if row in TEXTS:
            assert isinstance(run.method, ClefFinetune)
            assert run.method.names == (row in names)
            assert run.method.descriptions == (row in descriptions)
        else:
            assert type(run.method).__name__ == "Supervised"
        start = run.init and recipes[run.init.removeprefix("runs/")]().method
        if row >= 7:
            assert isinstance(start, ClefPretrain)
            assert start.images
            assert start.texts == (row in PA)
        carries = len(run.method.inherit) > 1
        assert carries == (row in PA & TEXTS)


def test_rows_share_one_budget_on_faces_of_64_pixels() -> None:
    rows = [LAB[name]() for name in ROWS]
    assert {(run.backbone, run.steps, run.batch, run.data) for run in rows} == {
        (MobileNetV2(size=64, norm="batch"), 300, 32, rows[0].data)
    }
    starts = [LAB[name]() for name in STARTS]
    assert {(run.backbone, run.steps, run.batch) for run in starts} == {
        (MobileNetV2(size=64, norm="batch"), 300, 64)
    }


def small(run: Run, starts: dict[str, str]) -> Run:
    method = run.method
    if isinstance(method, ClefPretrain | ClefFinetune):
        method = replace(method, text=tiny.TEXT, joint=16)
    init = None if run.init is None else starts[run.init]
    return replace(run, method=method, backbone=tiny.BACKBONE, steps=2, batch=6, init=init)


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("lab") / "lab"
    return make(Interview(subjects=5, frames=1), place, size=32, jobs=1).path


@pytest.fixture(scope="module")
def starts(lab, tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("runs")
    for name in STARTS:
        train(small(named(name), {}), folder / name, store=lab)
    return {f"runs/{name}": str(folder / name) for name in STARTS}


@pytest.mark.parametrize("name", ROWS)
def test_every_row_trains_on_a_lab(name, lab, starts, tmp_path) -> None:
    run = small(named(name), starts)
    assert train(run, tmp_path / "run", store=lab).status == "finished"
    assert read_run(tmp_path / "run") == run
    if name == "clef-r13-lab":
        found = evaluate(tmp_path / "run", lab).metrics["results"]["last"]
        assert set(found) >= {"au", "expression"}


@pytest.fixture(scope="module")
def towers(tmp_path_factory, assets_cache) -> dict[str, str]:
    """A CLIP of both towers in a folder, and a FaRL file, of random weights, tiny."""
    from transformers import CLIPConfig, CLIPModel

    from mien.models import clip_image, clip_text

    folder = tmp_path_factory.mktemp("towers")
    torch.manual_seed(0)
    config = CLIPConfig(
        text_config=clip_text.SIZES["mini"],
        vision_config={**clip_image.SIZES["mini"], "image_size": 32},
        projection_dim=24,
    )
    CLIPModel(config).save_pretrained(folder / "clip")
    from_archive(locate(ASSET)).save(str(folder / "clip" / "tokenizer.json"))
    farl = saved(checkpoint(), folder / "farl.pth")
    return {"clip": str(folder / "clip"), "farl": str(farl)}


def from_weights(run: Run, towers: dict[str, str], **changes) -> Run:
    """The recipe with its weights where they are, as `--backbone.model DIR` has it."""
    method, backbone = run.method, run.backbone
    if isinstance(backbone, FarlImage):
        backbone = replace(backbone, file=towers["farl"], model="mini", size=32, trained_size=32)
    else:
        assert isinstance(backbone, ClipImage)
        backbone = replace(backbone, model=towers["clip"], size=32)
    if isinstance(method, ClefPretrain | ClefFinetune):
        text = method.text
        if isinstance(text, FarlText):
            text = replace(text, file=towers["farl"], model="mini")
        else:
            assert isinstance(text, ClipText)
            text = replace(text, model=towers["clip"])
        method = replace(method, text=text)
    return replace(run, method=method, backbone=backbone, epochs=None, steps=1, batch=6, **changes)


@pytest.mark.parametrize("name", ["clef-r1-clip", "clef-r3-clip", "clef-r4-farl", "clef-r6-farl"])
def test_rows_start_from_the_weights_of_a_folder(name, towers, lab, tmp_path) -> None:
    run = from_weights(named(name), towers)
    still = replace(run.optimiser, lr_image=0.0, lr_text=0.0)
    train(replace(run, optimiser=still), tmp_path / "run", store=lab)
    found = load_file(tmp_path / "run" / "final" / "model.safetensors")
    if name.endswith("clip"):
        held, key = load_file(Path(towers["clip"]) / "model.safetensors"), "vision_model"
    else:
        held, key = run.backbone.build(seed=9).body.model.state_dict(), "vision_model"
    wanted = held[f"{key}.post_layernorm.weight"]
    assert torch.equal(found[f"encoder.body.model.{key}.post_layernorm.weight"], wanted)
    assert any(part.startswith("text.") for part in found) == (number(name) in TEXTS)


def test_row_13_takes_both_towers_of_stage_one(towers, lab, tmp_path) -> None:
    first = from_weights(named("clef-pretrain-clip"), towers)
    train(first, tmp_path / "one", store=lab)
    run = from_weights(named("clef-r13-clip"), towers, init=str(tmp_path / "one"))
    still = replace(run.optimiser, lr_image=0.0, lr_text=0.0, lr_head=0.0)
    train(replace(run, optimiser=still), tmp_path / "two", store=lab)
    one, two = (
        load_file(tmp_path / part / "final" / "model.safetensors") for part in ("one", "two")
    )
    shared = [name for name in two if name.startswith(("encoder.", "text."))]
    assert len(shared) > 50
    assert all(torch.equal(one[name], two[name]) for name in shared)
