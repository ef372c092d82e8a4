"""Our recipes: they train, differ in their switches alone, and keep to the common budget."""

from dataclasses import fields, replace

import numpy as np
import pytest

from mien.data.edits import Edits
from mien.data.samplers import Shuffled
from mien.engine.log import METRICS, records
from mien.engine.train import train
from mien.lab.corpus.make import make
from mien.lab.talking import Talking
from mien.models.small64 import Small64
from mien.recipes import every, ours
from mien.recipes.catalogue import recipes_of
from mien.recipes.run import Run

NAMES = [name.replace("_", "-") for name, _ in recipes_of(ours)]
TINY = Small64(size=32, channels=(8, 8, 8, 16, 16))


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Eight people who talk, a clip of each."""
    path = tmp_path_factory.mktemp("lab") / "lab"
    make(Talking(people=8, clips_each=1, frames=16), path, size=32, jobs=1)
    return path


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_trains(name, lab, tmp_path):
    run = every()[name]()
    method = run.method
    across = method.across and replace(method.across, memory=4)
    run = replace(
        run,
        method=replace(method, across=across),
        backbone=TINY,
        data=replace(run.data, validation=0.0),
        steps=2,
        batch=8,
        log_every=1,
    )
    train(run, tmp_path / "run", store=lab, progress=False)
    lines = [line for line in records(tmp_path / "run" / METRICS) if "loss" in line]
    assert len(lines) == 2
    assert all(np.isfinite(line["loss"]) and line["gradient_norm"] > 0 for line in lines)
    assert ("loss/identity" in lines[0]) == ("adversary" in name or name == "ours-all")
    if across is not None:
        assert lines[1]["loss/reconstruction"] > 0 == lines[0]["loss/reconstruction"]


def test_rows_are_the_switches_that_their_names_say():
    found = {}
    for name in NAMES:
        run = every()[name]()
        method, sampler = run.method, run.data.sampler
        parts = {
            "T": sampler.time,
            "S": run.data.edits.swap is not None,
            "H": sampler.negatives == "drawn",
            "R": method.across is not None,
            "I": bool(method.adversary.weight),
            "M": method.margin is not None,
            "4": method.same == 4,
        }
        found[name] = "".join(letter for letter, on in parts.items() if on)
    assert found == {
        "ours-swap": "TS",
        "ours-swap-adversary": "TSI",
        "ours-swap-cir": "TSR",
        "ours-all": "TSRI",
        "ours-time-adversary": "TI",
        "ours-swap-hard": "TSH4",
        "ours-swap-margin": "TSHM",
    }


def test_rows_share_all_else_with_sslfers():
    runs = [every()[name]() for name in ("sslfer-a", *NAMES)]
    for field in fields(Run):
        if field.name not in {"name", "method", "data"}:
            assert len({repr(getattr(run, field.name)) for run in runs}) == 1, field.name
    bare = {repr(replace(run.data, sampler=Shuffled(), edits=Edits())) for run in runs}
    assert len(bare) == 1
    assert len({repr(replace(run.data.edits, swap=None)) for run in runs}) == 1
    assert len({(run.method.temperature, run.method.view, run.method.dim) for run in runs}) == 1
    rival = every()["clp-full"]()
    for run in runs:
        budget = (run.steps, run.batch, run.backbone)
        assert budget == (rival.steps, rival.batch, rival.backbone)
