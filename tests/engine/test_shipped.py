"""The shipped model from nothing, at the smallest size: a net of 32 pixels that learns nothing."""

import json
from dataclasses import replace
from time import monotonic

import numpy as np
import pytest

from mien.bundle import listed
from mien.cli.main import main
from mien.data.store import Store
from mien.data.tables import read_table
from mien.engine import shipped_plan
from mien.engine.folder import read_final
from mien.engine.shipped_calibrate import Calibration
from mien.engine.shipped_claim import PLAN_FILE, claim
from mien.engine.shipped_judge import plain
from mien.engine.shipped_make import _train, make_shipped
from mien.engine.shipped_pack import Precision, _enough
from mien.engine.shipped_plan import Plan
from mien.engine.shipped_stores import prepare_stores, without_blinks
from mien.errors import MienError
from mien.lab.units import Units
from mien.lab.wild import Wild
from mien.methods.text_reader import told_kind
from mien.models.small64 import Small64
from mien.predict.model import Model
from mien.recipes import record, shipped
from mien.text.sentence import SentenceEncoder

SMALL = Small64(size=32, channels=(8, 8, 16, 16, 24))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A bundle with geometry, made after a stop; and what was told."""
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in ("shipped_pixels", "shipped_geometry", "shipped_distilled"):
            run = replace(getattr(shipped, name)(), backbone=SMALL)
            patch.setattr(shipped, name, lambda run=run: run)
        shown = (Units(people=10, pictures=2), Wild(people=4))
        patch.setitem(shipped_plan.SHOWN, "tiny", shown)
        patch.setattr(shipped_plan, "_TINY_HELD", (Units(people=4, pictures=2), Wild(people=3)))
        work = tmp_path_factory.mktemp("shipped")
        plan = Plan(work=work, size="tiny", pixels=32, jobs=1, steps=2)
        assert make_shipped(plan, until=monotonic() - 1.0, tell=told.append) is None
        folder = make_shipped(plan, tell=told.append)
        assert make_shipped(plan, tell=told.append) == folder
        yield plan, folder, told


def test_the_bundle_reads_asks_and_says_what_it_is(made):
    plan, folder, told = made
    model = Model(folder, threads=1)
    bundle = model.bundle
    assert bundle.name == "shipped-geometry"
    assert 45 not in bundle.aus
    assert len(bundle.thresholds) == len(bundle.aus) == 23
    assert set(listed(bundle)) == {
        *("ask.onnx", "texts.npz", "card.md", "recipe.json", "calibration.json"),
        *("measured.json", "data.json"),
    }
    store = Store(plan.store("held-out"))
    crops = store.images(np.arange(4))[:, :32, :32]
    store.close()
    found = model.score(np.ascontiguousarray(crops))
    turned = model.score(np.ascontiguousarray(crops[:, :, ::-1]))
    np.testing.assert_allclose(turned["au"], found["au"], atol=1e-4)  # mirror images read alike
    encoder = SentenceEncoder(threads=1)
    vectors = encoder.encode(["eyes shut", "an unheard-of phrase"])
    asked = model.ask(found["embedding"], vectors)
    assert asked.shape == (4, 2)
    assert ((asked >= 0) & (asked <= 1)).all()
    near = model.ask(found["embedding"], model.known_texts["eyes shut"][None])
    np.testing.assert_allclose(near[:, 0], asked[:, 0], atol=0.01)
    assert sum("render" in line for line in told) > 0


def test_a_pupil_has_three_teachers_and_follows_those_that_are_there(made):
    plan = replace(made[0], option="distilled")
    assert [plan.folder(run).name for run in plan.runs()] == [
        "shipped-pixels-seed0",
        "shipped-geometry-seed0",
        "shipped-geometry-seed1",
        "shipped-distilled-seed0",
    ]
    _, ready, _, pupil = plan.runs()
    assert _train(plan, pupil, (ready,), until=None, tell=str)
    path = plan.folder(pupil) / "metrics.jsonl"
    first = json.loads(path.read_text().splitlines()[0])
    assert first["loss/told"] > 0
    assert first["loss/statements"] > 0
    store = Store(plan.store("train"))
    told = read_table(store, "told", kind=told_kind(pupil.method))
    assert told.shape == (len(store), 23 + 23 + 8 + 2)
    np.testing.assert_allclose(told[:, 46:54].sum(axis=1), 1.0, atol=0.01)
    store.close()


def test_card_and_figures_agree(made):
    _, folder, _ = made
    card = (folder / "card.md").read_text()
    figures = json.loads((folder / "measured.json").read_text())
    held = figures["held_out"]["pixels and geometry"]
    assert set(figures["held_out"]) == {"pixels", "pixels and geometry"}
    assert f"| AU12 | lip corner puller | {held['units']['AU12']['positives']} |" in card
    assert "what it is for, and what not" in card.lower()
    assert "sex: female" in card
    for said in (
        "Not for decisions about people",
        "not for identifying",
        "diagnosing",
        "mien bench",
    ):
        assert said in card
    assert set(figures["asked"]) == {
        "taught wordings", "held wordings", "statements never taught",
    }  # fmt: skip
    assert figures["blendshapes"]["auc"]
    fitted = json.loads((folder / "calibration.json").read_text())
    lists = {k: tuple(v) if isinstance(v, list) else v for k, v in fitted.items()}
    calibration = Calibration(**lists)
    assert calibration.people > 0
    run = record.decode(json.loads((folder / "recipe.json").read_text()))
    assert run.method.geometry


def test_the_data_statement_tells_training_from_test(made):
    plan, folder, _ = made
    stores = json.loads((folder / "data.json").read_text())["stores"]
    assert list(stores) == ["train", "held-out", "second-look"]
    pools = {
        name: {each["fields"]["pool"] for each in said["created"]["joined"]}
        for name, said in stores.items()
    }
    assert pools == {"train": {"train"}, "held-out": {"test"}, "second-look": {"test"}}
    assert "plain" in stores["second-look"]["created"]["joined"][0]["renderer"]
    store = Store(plan.store("train"))
    assert np.isnan(store.column("AU45")).all()
    store.close()


def test_a_folder_keeps_to_its_size_and_each_option_to_its_settings(made):
    plan, folder, _ = made
    held = json.loads((plan.work / PLAN_FILE).read_text())
    assert held == {
        "size": "tiny",
        "models": {
            "geometry": {"pixels": 32, "steps": 2, "seed": 0, "begin": None, "bits": 16},
        },
    }
    assert make_shipped(plan) == folder
    for changed, said in (
        ({"size": "small"}, "the folder has size tiny, not small"),
        ({"seed": 5}, "the geometry model has seed 0, not 5"),
        ({"steps": 3}, "the geometry model has steps 2, not 3"),
        ({"pixels": 64}, "the geometry model has pixels 32, not 64"),
        ({"begin": plan.folder(plan.runs()[-1])}, "the geometry model has begin None, not "),
    ):
        with pytest.raises(MienError, match=said) as refused:
            make_shipped(replace(plan, **changed))
        assert "--work" in str(refused.value.remedy)
    with pytest.raises(MienError, match="the packed model has bits 16, not 8"):
        make_shipped(plan, bits=8)
    assert json.loads((plan.work / PLAN_FILE).read_text()) == held


def test_training_may_begin_with_a_run_of_ones_own(made, tmp_path):
    plan, _, _ = made
    before = plan.folder(plan.runs()[-1])
    (tmp_path / plan.store("train").name).symlink_to(plan.store("train"))
    other = replace(plan, work=tmp_path, option="pixels", steps=1, begin=before)
    (run,) = other.runs()
    assert run.init == str(before)
    told: list[str] = []
    assert _train(other, run, (), until=None, tell=told.append)
    given, last = (read_final(each).model for each in (before, other.folder(run)))
    drawn = {f"encoder.{n}": v for n, v in run.backbone.build(seed=run.seed).state_dict().items()}
    name = max((n for n in drawn if n.endswith("weight")), key=lambda n: drawn[n].numel())
    one, another = ((last[name] - each[name]).abs().max() for each in (given, drawn))
    assert one < 2 * run.optimiser.lr_image < another


def test_a_beginning_without_weights_is_told_before_anything_is_rendered(tmp_path):
    plan = Plan(work=tmp_path / "work", size="tiny", begin=tmp_path)
    with pytest.raises(MienError, match=r"holds no model\.safetensors"):
        make_shipped(plan)
    assert not any(plan.work.glob("train*"))


def test_a_folder_without_a_plan_is_judged_by_what_lies_in_it(made, tmp_path):
    plan, _, _ = made
    for each in plan.work.iterdir():
        if each.name != PLAN_FILE:
            (tmp_path / each.name).symlink_to(each)
    moved = replace(plan, work=tmp_path)
    with pytest.raises(MienError, match="other pictures than --size small at 40 pixels"):
        make_shipped(replace(moved, size="small"))
    with pytest.raises(MienError, match="other pictures"):
        prepare_stores(replace(moved, size="small"), names=("held-out",))
    with pytest.raises(MienError, match="another recipe"):
        make_shipped(replace(moved, seed=5))
    assert not (tmp_path / PLAN_FILE).exists()
    claim(moved, bits=16)
    claim(replace(moved, option="pixels", seed=5), bits=16)
    assert set(json.loads((tmp_path / PLAN_FILE).read_text())["models"]) == {"geometry", "pixels"}
    for name in plan.stores:
        (tmp_path / plan.store(name).name).unlink()
    (tmp_path / PLAN_FILE).unlink()
    assert make_shipped(moved) == moved.bundle
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shipped_plan, "_TINY_HELD", (Units(people=5),))
        with pytest.raises(MienError, match=r"data\.json: holds other pictures"):
            make_shipped(moved)


def test_an_empty_folder_is_no_bundle(tmp_path):
    plan = Plan(work=tmp_path, size="tiny")
    plan.bundle.mkdir()
    with pytest.raises(MienError, match=r"recipe\.json"):
        make_shipped(plan)


def test_a_blink_counts_as_shut_eyes():
    row = {"AU43": 0.0, "AU45": 1.0, "AU43_intensity": 0.5, "AU45_intensity": 4.0}
    row |= {"AU43_left_intensity": 0.5, "AU45_left_intensity": 4.0, "AU12": 1.0}
    found = without_blinks(row)
    assert found == {
        "AU43": 1.0, "AU43_intensity": 4.0, "AU43_left_intensity": 4.0, "AU12": 1.0,
    }  # fmt: skip
    assert without_blinks({"AU12": 1.0}) == {"AU12": 1.0}


def test_bits_that_change_too_much_are_not_packed():
    def one(bits, change):
        return Precision(bits=bits, bytes=1, mean_f1=0.5, change=change, farthest=0.0)

    fine = (one(32, 0.0), one(16, 0.001), one(8, -0.02))
    assert _enough(fine, 16) == 16
    assert _enough(fine, 8) == 16
    assert _enough((one(32, 0.0), one(16, 0.006), one(8, 0.004)), 16) == 32


def test_figures_without_a_value_are_none():
    assert plain({"a": float("nan"), "b": {"c": np.float64(1.5)}}) == {"a": None, "b": {"c": 1.5}}


def test_the_command_stops_in_time_and_says_how_to_go_on(tmp_path, capsys):
    words = ["train", "shipped", "--work", str(tmp_path), "--size", "tiny", "--jobs", "1"]
    assert main([*words, "--max-seconds", "0"]) == 1
    assert "run the same command again" in capsys.readouterr().out
