"""Unseen expressions of a finished run: scores by hand, both questions, what is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, recall_score

from engine import tiny
from mien.cli.main import main
from mien.data.store import Store
from mien.engine.textual import embed_rows, open_textual
from mien.engine.train import train
from mien.engine.zero_shot import class_scores, taught, zero_shot
from mien.errors import MienError
from mien.facs import EXPRESSIONS_7
from mien.methods.clef_stage2 import ClefFinetune
from mien.methods.labels import Weights
from mien.metrics.unseen import CLASS_SPLITS

SPLIT = CLASS_SPLITS["a"]
CPU = torch.device("cpu")


def tuned(**options) -> ClefFinetune:
    return ClefFinetune(text=tiny.TEXT, joint=16, **options)


@pytest.fixture(scope="module")
def runs(store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    seen = tuned(weights=Weights(au=0.0), expressions=SPLIT.seen)
    units = tuned(weights=Weights(expression=0.0), expressions=())
    recipes = {
        "seen": tiny.finetune(method=seen, steps=2),
        "units": tiny.finetune(method=units, steps=2),
        "stage1": tiny.pretrain(steps=2),
        "everything": tiny.finetune(method=tuned(), steps=1),
        "images": tiny.supervised(steps=1),
    }
    for name, run in recipes.items():
        train(replace(run, name=name), folder / name, store=store)
    return folder


def test_two_questions_where_some_classes_were_seen(runs, store):
    found = zero_shot(runs / "seen", store)
    assert json.loads((runs / "seen" / "zero_shot.json").read_text()) == found
    assert found["taught"] == list(SPLIT.seen)
    unseen, every = found["results"]["unseen"], found["results"]["every"]
    assert unseen["classes"] == list(SPLIT.unseen)
    assert every["classes"] == list(EXPRESSIONS_7)
    assert unseen["chance"] == pytest.approx(1 / 3)
    assert set(unseen["ways"]) == {"names", "descriptions", "both"}  # it reads no units
    assert unseen["rows"] < every["rows"]


def test_scores_are_those_of_the_test_rows(runs, store):
    found = zero_shot(runs / "units", store)
    assert list(found["results"]) == ["unseen"]  # nothing was seen
    result = found["results"]["unseen"]
    assert set(result["ways"]) == {"names", "descriptions", "both", "prototypes"}
    opened, held = Store(store), open_textual(runs / "units")
    test = found["protocol"]["subjects"]["test"]
    rows = np.flatnonzero(np.isin(opened.column("subject"), test)).astype(np.int64)
    truth = [EXPRESSIONS_7.index(name) for name in opened.column("expression")[rows]]
    features = embed_rows(held.module.encoder, opened, rows, size=32, device=CPU)
    for way, block in result["ways"].items():
        scores = class_scores(held, features, EXPRESSIONS_7, way=way)
        assert scores is not None
        said = scores.argmax(1)
        assert block["accuracy"] == pytest.approx(accuracy_score(truth, said))
        shown = sorted(set(truth))  # a class without a row has no recall
        recall = recall_score(truth, said, labels=shown, average="macro")
        assert block["recall"]["mean"] == pytest.approx(recall)
        assert block["accuracy_low"] <= block["accuracy"] <= block["accuracy_high"]
        assert block["recall"]["mean_low"] <= block["recall"]["mean_high"]
    assert result["rows"] == len(rows)
    assert result["largest_class"] == pytest.approx(max(np.bincount(truth)) / len(rows))


def test_prototypes_see_what_the_run_reads(runs, store):
    """The units behind them are the reader's, not those of some other head."""
    held, opened = open_textual(runs / "units"), Store(store)
    rows = np.arange(4)
    features = embed_rows(held.module.encoder, opened, rows, size=32, device=CPU)
    scores = class_scores(held, features, EXPRESSIONS_7, way="prototypes")
    from mien.data.views import resize
    from mien.methods.zero_shot import prototype_scores

    images = torch.from_numpy(opened.images(rows)).permute(0, 3, 1, 2)
    units = held.module.predict(resize(images, 32))["au"].numpy()
    wanted = prototype_scores(units, aus=held.run.method.aus, expressions=EXPRESSIONS_7)
    np.testing.assert_allclose(scores, wanted, rtol=1e-4)


def test_stage_one_alone_can_be_asked(runs, store, tmp_path):
    found = zero_shot(
        runs / "stage1", store, out=tmp_path / "z.json", expressions=("fear", "anger")
    )
    assert found["results"]["unseen"]["classes"] == ["fear", "anger"]
    assert found["taught"] == []
    assert (tmp_path / "z.json").is_file()
    assert not (runs / "stage1" / "zero_shot.json").exists()


def test_taught(runs):
    assert taught(open_textual(runs / "seen").run) == SPLIT.seen
    assert taught(open_textual(runs / "units").run) == ()


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("everything", {}, "nothing is unseen"),
        ("seen", {"expressions": ("neutral", "fear")}, "has labels of neutral"),
        ("seen", {"expressions": ("joy", "fear")}, "no expression 'joy'"),
        ("units", {"expressions": ("contempt", "contempt")}, "nothing to choose"),
        ("images", {}, "images alone"),
        ("units", {"weights": "chosen", "store": "elsewhere"}, "not a store"),
    ],
)
def test_refusals(name, options, says, runs, store, tmp_path):
    options = dict(options)
    where = tmp_path if options.pop("store", None) else store
    with pytest.raises(MienError, match=says) as caught:
        zero_shot(runs / name, where, **options)
    assert caught.value.remedy


def test_command(runs, store, capsys):
    assert main(["zero-shot", str(runs / "seen"), "--store", str(store)]) == 0
    shown = capsys.readouterr().out
    assert "unseen: surprise, fear, disgust" in shown
    assert "descriptions" in shown
    assert "every: neutral" in shown
