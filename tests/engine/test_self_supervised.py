"""Runs without labels: every recipe trains on a tiny lab, memories survive, collapse is noticed."""

from contextlib import closing
from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file
from torch.testing import assert_close

from engine import tiny
from engine.conftest import write_store
from mien.data.neighbours import ClipNeighbours
from mien.data.samplers import Shuffled
from mien.data.store import Store
from mien.data.windows import ClipWindows
from mien.engine import checkpoint, folder
from mien.engine.log import METRICS, records
from mien.engine.plan import prepare
from mien.engine.train import train
from mien.errors import MienError
from mien.lab.corpus.make import make
from mien.lab.talking import Talking
from mien.methods.clp import CLP
from mien.methods.health import Health
from mien.methods.labels import LabelledMethod
from mien.methods.moco import MoCo
from mien.methods.simclr import SimCLR
from mien.methods.supcon import SupCon
from mien.methods.time_contrast import TimeContrast
from mien.recipes import clp, named, self_supervised
from mien.recipes.catalogue import recipes_of

NAMES = [name.replace("_", "-") for m in (clp, self_supervised) for name, _ in recipes_of(m)]
STEPS = 6


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Twelve people talking, two clips of four frames each."""
    path = tmp_path_factory.mktemp("lab") / "talking"
    make(Talking(people=12, clips_each=2, frames=4), path, size=32, jobs=1)
    return path


def small(run, **changes):
    """A recipe at a size for tests: three steps on a tiny net, a memory of two faces."""
    method = run.method
    if isinstance(method, CLP | MoCo):
        method = replace(method, memory=2)
    run = replace(run, backbone=tiny.BACKBONE, method=method, steps=3, batch=8, log_every=1)
    return replace(run, **changes)


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_trains(lab, tmp_path, name):
    run = named(name)
    init = None
    if run.init is not None:
        before = small(named(run.init.removeprefix("runs/")), steps=1, batch=16)
        assert train(before, tmp_path / "before", store=lab).status == "finished"
        init = str(tmp_path / "before")
    outcome = train(small(run, init=init), tmp_path / "run", store=lab)
    assert outcome.status == "finished"
    lines = [line for line in records(tmp_path / "run" / METRICS) if "loss" in line]
    assert len(lines) == 3
    if not isinstance(run.method, LabelledMethod):
        assert all(0 <= line["spread/deviation"] < 2 for line in lines)
        assert all(0 <= line["spread/rank"] <= 8 for line in lines)
    method = run.method
    if isinstance(method, CLP) and method.reconstruction != "off":
        assert [line["loss/reconstruction"] > 0 for line in lines] == [False, True, True]


def test_sweeps_change_one_thing_and_prepare(lab):
    runs = clp.sweeps()
    assert len({run.name for run in runs}) == len(runs) > 8
    with closing(Store(lab)) as store:
        for run in runs:
            assert run.method != clp.clp_full().method
            assert run.data.sampler.frames == run.method.frames
            assert run.batch % run.method.frames == 0
            assert len(prepare(run, store).parts["train"])


def clp_run(**changes):
    """CLP on the noise store's clips of three frames."""
    method = CLP(frames=3, memory=6, momentum=0.9, dim=16)
    plan = replace(tiny.PLAN, sampler=ClipWindows(frames=3))
    run = tiny.finetune(name="clp", method=method, data=plan, batch=12, steps=STEPS)
    return replace(run, **changes)


@pytest.mark.parametrize("momentum", [0.9, 0.0])
def test_a_memory_survives_stops(store, tmp_path, momentum):
    run = clp_run(method=replace(clp_run().method, momentum=momentum))
    assert train(run, tmp_path / "whole", store=store).status == "finished"
    for step in range(1, STEPS + 1):
        outcome = train(run, tmp_path / "stopped", store=store, max_seconds=0.0)
        assert outcome.step == step
    one, two = (checkpoint.read(tmp_path / n / folder.FINAL).model for n in ("whole", "stopped"))
    assert_close(dict(one), dict(two), rtol=0, atol=0)
    assert int(one["memory.pushed"]) == 4 * STEPS
    whole, stopped = (records(tmp_path / n / METRICS) for n in ("whole", "stopped"))
    assert [line["loss"] for line in whole] == [line["loss"] for line in stopped]


def test_a_momentum_run_begins_with_equal_encoders(store, tmp_path):
    train(clp_run(), tmp_path / "one", store=store)
    run = clp_run(init=str(tmp_path / "one"), steps=3, name="again")
    stopped = train(run, tmp_path / "two", store=store, max_seconds=0.0)
    assert stopped.step == 1
    before = checkpoint.read(tmp_path / "one" / folder.FINAL).model
    after = checkpoint.load(tmp_path / "two").model
    slow = "slow_encoder.body.stem.weight"
    # After one step the slow copy has moved a tenth of the way from where both began.
    began, fast = before["encoder.body.stem.weight"], after["encoder.body.stem.weight"]
    assert_close(after[slow], began.lerp(fast, 0.1))


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (clp_run(data=replace(tiny.PLAN, sampler=Shuffled())), "windows of 3 frames"),
        (clp_run(data=replace(tiny.PLAN, sampler=ClipWindows(frames=2))), "windows of 3 frames"),
        (clp_run(steps=1), "remembers 4 faces in 1 steps"),
        (clp_run(batch=13), "does not divide into clips of 3"),
        (tiny.finetune(method=TimeContrast()), "compares pairs of frames"),
        (
            tiny.finetune(
                method=TimeContrast(), data=replace(tiny.PLAN, sampler=ClipNeighbours(frames=4))
            ),
            "compares pairs of frames",
        ),
    ],
)
def test_batches_that_do_not_fit_are_refused(store, tmp_path, run, message):
    with pytest.raises(MienError, match=message) as caught:
        train(run, tmp_path / "run", store=store)
    assert caught.value.remedy
    assert not (tmp_path / "run").exists()


def test_supcon_needs_an_expression(tmp_path):
    nothing = SupCon(expressions=("contempt",))
    noise = write_store(tmp_path / "noise")
    with pytest.raises(MienError, match="contrasts expressions, but no training row"):
        train(tiny.finetune(method=nothing), tmp_path / "run", store=noise)


@pytest.mark.parametrize("stop", [False, True])
def test_a_collapse_is_said_or_ends_the_run(store, tmp_path, capsys, stop):
    run = tiny.finetune(name="simclr", method=SimCLR(health=Health(floor=1.5, stop=stop)))
    if stop:
        with pytest.raises(MienError, match="the embedding collapses") as caught:
            train(run, tmp_path, store=store)
        assert caught.value.remedy == "lower method.temperature"
        assert not (tmp_path / "final").exists()
        return
    assert train(run, tmp_path, store=store).status == "finished"
    said = [line for line in capsys.readouterr().err.splitlines() if "collapses" in line]
    assert len(said) == 1
    assert "spread/deviation is" in said[0]


def test_an_embedding_that_truly_collapses_is_noticed(store, tmp_path):
    """Regression alone, one identity's target for all: a large step towards one point."""
    method = CLP(frames=3, temporal="off", memory=4, momentum=0.0, dim=4, health=Health(stop=True))
    run = clp_run(method=method, steps=3)
    with torch.no_grad():
        module = method.build(tiny.BACKBONE, seed=0)
        module.projection.weight[:] = 0
        module.projection.weight[0] = 1
    weights = tmp_path / "weights"
    weights.mkdir()
    save_file(module.state_dict(), weights / "model.safetensors")
    run = replace(run, init=str(weights), method=replace(method, inherit=("encoder", "projection")))
    with pytest.raises(MienError, match="spread/deviation is"):
        train(run, tmp_path / "run", store=store)
