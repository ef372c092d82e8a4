"""SSLFER's recipes: each trains on a tiny lab; rows differ in their switches alone."""

from dataclasses import fields, replace

import numpy as np
import pytest

from mien.data.face_swap import FaceSwap
from mien.data.samplers import Shuffled
from mien.data.store import Store
from mien.data.tuples import Tuples
from mien.engine.counted import counted
from mien.engine.log import METRICS, records
from mien.engine.plan import prepare
from mien.engine.train import train
from mien.errors import MienError
from mien.lab.corpus.make import make
from mien.lab.interview import Interview
from mien.methods.finetune import FineTune
from mien.methods.sslfer import SslFer
from mien.models.small64 import Small64
from mien.recipes import every, record, sslfer, sslfer_extra
from mien.recipes.catalogue import recipes_of
from mien.recipes.run import Run

TINY = Small64(size=32, channels=(8, 8, 8, 16, 16))
NAMES = [
    name.replace("_", "-") for module in (sslfer, sslfer_extra) for name, _ in recipes_of(module)
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Three people in clips of 12 s, four frames of each."""
    path = tmp_path_factory.mktemp("lab") / "lab"
    make(Interview(subjects=3, frames=4, seconds=12.0), path, size=40, jobs=1)
    return path


def tiny(name: str) -> Run:
    """Two steps of a recipe with small networks."""
    run = every()[name]()
    method = run.method
    if isinstance(method, SslFer) and method.mask is not None:
        method = replace(method, mask=replace(method.mask, descriptor=TINY))
    data = replace(run.data, validation=0.0)
    return replace(
        run, method=method, backbone=TINY, data=data, steps=2, batch=8, log_every=1, init=None
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_trains(name, lab, tmp_path):
    train(tiny(name), tmp_path / "run", store=lab, progress=False)
    lines = [line for line in records(tmp_path / "run" / METRICS) if "loss" in line]
    assert len(lines) == 2
    assert all(np.isfinite(line["loss"]) for line in lines)
    assert lines[0]["gradient_norm"] > 0 or "integers" in name


def test_a_run_says_how_many_clips_were_too_short(lab, tmp_path):
    import json

    train(tiny("sslfer-b"), tmp_path / "run", store=lab, progress=False)
    found = json.loads((tmp_path / "run" / "split.json").read_text())["clips"]
    assert found == {"kept": 16, "dropped": 0}


def test_stopping_changes_nothing(lab, tmp_path):
    run = replace(tiny("sslfer-g"), steps=3)
    train(run, tmp_path / "whole", store=lab, progress=False)
    train(run, tmp_path / "cut", store=lab, progress=False, max_seconds=0.0)
    train(run, tmp_path / "cut", store=lab, progress=False)
    one, two = (
        [line["loss"] for line in records(tmp_path / f / METRICS) if "loss" in line]
        for f in ("whole", "cut")
    )
    assert len(one) == 3
    assert one == two


def switches(run: Run) -> str:
    sampler, edits = run.data.sampler, run.data.edits
    found = {
        "T": sampler.time,
        "H": sampler.negatives == "drawn",
        "C": edits.cutmix is not None,
        "S": edits.swap is not None,
        "M": run.method.mask is not None,
    }
    assert edits.patches == found["M"]
    return "".join(letter for letter, on in found.items() if on)


def test_rows_are_the_papers():
    rows = {name: switches(every()[f"sslfer-{name}"]()) for name in ("simclr", *"abcdefg")}
    assert rows == {
        "simclr": "", "a": "T", "b": "TH", "c": "THC", "d": "TSM", "e": "THS", "f": "THM",
        "g": "THSM",
    }  # fmt: skip


def test_rows_share_all_else():
    runs = [every()[f"sslfer-{letter}"]() for letter in ("simclr", *"abcdefg")]
    for field in fields(Run):
        if field.name not in {"name", "method", "data"}:
            assert len({repr(getattr(run, field.name)) for run in runs}) == 1, field.name
    plans = {repr(replace(run.data, sampler=Shuffled(), edits=runs[0].data.edits)) for run in runs}
    assert len(plans) == 1
    assert len({(run.method.temperature, run.method.view) for run in runs}) == 1
    components = {run.data.edits.component for run in runs}
    assert len(components) == 1


def test_the_budget_is_that_of_the_other_self_supervised():
    ours, theirs = every()["sslfer-g"](), every()["moco-v2"]()
    assert (ours.steps, ours.batch, ours.backbone) == (theirs.steps, theirs.batch, theirs.backbone)


def test_extra_rows_change_one_thing():
    for name, _ in recipes_of(sslfer_extra):
        name = name.replace("_", "-")
        changed, base = every()[name](), every()["-".join(name.split("-")[:2])]()
        one, two = record.encode(changed), record.encode(base)
        assert differences(one, two) - {"name"} != set(), name
        assert len(differences(one, two) - {"name"}) == (2 if "fixed-donor" in name else 1), name


def differences(one, two, path: str = "") -> set[str]:
    """Paths of the leaves in which two records differ."""
    if isinstance(one, dict) and isinstance(two, dict) and one.keys() == two.keys():
        return set().union(
            *(differences(one[k], two[k], f"{path}.{k}" if path else k) for k in one)
        )
    return set() if one == two else {path}


def test_counts_come_from_the_training_rows(lab):
    run = tiny("sslfer-categories-imagenet")
    assert isinstance(run.method, FineTune)
    store = Store(lab)
    data = prepare(run, store).parts["train"]
    told = counted(run, data).method.imbalance
    wanted = [
        float((data.targets.expression == code).sum())
        for code in range(len(run.method.expressions))
    ]
    assert list(told.expression_counts) == wanted
    assert sum(wanted) > 0
    assert not told.count_expressions
    plain = tiny("sslfer-affect-imagenet")
    assert counted(plain, data) is plain
    pretrain = tiny("sslfer-a")
    assert counted(pretrain, data) is pretrain


def test_pairs_and_patches_must_be_there(lab, tmp_path):
    run = tiny("sslfer-f")
    no_pairs = replace(run, data=replace(run.data, sampler=Shuffled()))
    with pytest.raises(MienError, match="which Shuffled does not give"):
        train(no_pairs, tmp_path / "one", store=lab, progress=False)
    no_patches = replace(run, data=replace(run.data, edits=replace(run.data.edits, patches=False)))
    with pytest.raises(MienError, match="nobody cuts out"):
        train(no_patches, tmp_path / "two", store=lab, progress=False)


def test_options_reach_the_command_line(lab, tmp_path, capsys):
    """False is false: the released scripts parse flags by their text (trap 10)."""
    from mien.cli.main import main

    words = ["--steps", "1", "--batch", "8", "--data.validation", "0", "--backbone.size", "32"]
    words += ["--data.sampler.no-time", "--data.edits.swap.no-other-identity"]
    out = tmp_path / "run"
    assert main(["train", "sslfer-e", "--store", str(lab), "--out", str(out), *words]) == 0
    run = record.read(out / "run.json")
    assert run.data.sampler == Tuples(time=False)
    assert run.data.edits.swap == FaceSwap(other_identity=False)
