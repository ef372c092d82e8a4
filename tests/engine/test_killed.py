"""Runs that are killed, stopped or starved go on as if nothing had happened."""

import os
import random
import signal
import time

import pytest
from torch.testing import assert_close

from engine import children, tiny
from mien.engine import checkpoint, folder
from mien.engine.log import METRICS, records
from mien.engine.train import train

STEPS = 8


@pytest.fixture(scope="module")
def undisturbed(store, tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed") / "run"
    assert train(tiny.finetune(steps=STEPS), out, store=store).status == "finished"
    return out


def same(one, other):
    """Equal bit for bit: weights, chosen weights, selection, diary."""
    first, second = checkpoint.read(one / folder.FINAL), checkpoint.read(other / folder.FINAL)
    assert_close(dict(first.model), dict(second.model), rtol=0, atol=0)
    assert_close(dict(first.chosen), dict(second.chosen), rtol=0, atol=0)
    assert first.scalars == second.scalars
    assert _diary(one) == _diary(other)


def _diary(out):
    lines = records(out / METRICS)
    return [{k: v for k, v in line.items() if k != "images_per_second"} for line in lines]


def test_stopped_after_every_step(store, tmp_path, undisturbed):
    for step in range(1, STEPS + 1):
        outcome = train(tiny.finetune(steps=STEPS), tmp_path / "run", store=store, max_seconds=0.0)
        assert (outcome.step, outcome.exit_code) == (step, 0 if step == STEPS else 1)
        assert outcome.reason == ("the end" if step == STEPS else "time limit")
    same(tmp_path / "run", undisturbed)
    again = train(tiny.finetune(steps=STEPS), tmp_path / "run", store=store)
    assert (again.status, again.step) == ("finished", STEPS)


def test_killed_at_random_moments(store, tmp_path, undisturbed):
    """Before a change of the folder drawn by chance: a file begun, a rename, a deletion.

    A start makes 7 to 13 such changes and a step 9 to 11: a child gets on by a step at most, and
    how fast it is does not decide where it dies.
    """
    moments, out, torn = random.Random(5), tmp_path / "run", 0
    for _ in range(6):
        child = children.start(
            tiny.finetune(steps=STEPS), out, store=store, last=moments.randint(10, 21)
        )
        child.join(timeout=120)
        assert child.exitcode == -signal.SIGKILL
        torn += any(out.rglob(".*"))
    assert torn >= 2  # some in the midst of a save
    train(tiny.finetune(steps=STEPS), out, store=store)
    same(out, undisturbed)
    assert not list(out.rglob(".*"))
    assert not list(out.rglob("*.damaged"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_saves_and_stops(store, tmp_path, number):
    out = tmp_path / "run"
    child = children.start(tiny.finetune(steps=100_000), out, store=store, save_minutes=60.0)
    while not records(out / METRICS):
        assert child.is_alive()
        time.sleep(0.01)
    os.kill(child.pid, number)
    child.join(timeout=120)
    assert child.exitcode == 1
    saved = checkpoint.load(out)
    assert saved.step == max(line["step"] for line in records(out / METRICS))
    outcome = train(tiny.finetune(steps=100_000), out, store=store, max_seconds=0.0)
    assert outcome.step == saved.step + 1


def test_a_damaged_checkpoint_costs_one_interval(store, tmp_path, undisturbed, capsys):
    out = tmp_path / "run"
    for _ in range(3):
        train(tiny.finetune(steps=STEPS), out, store=store, max_seconds=0.0)
    model = out / "checkpoints" / "step-00000003" / checkpoint.MODEL
    model.write_bytes(model.read_bytes()[:-1])
    assert train(tiny.finetune(steps=STEPS), out, store=store).status == "finished"
    assert "falling back" in capsys.readouterr().err
    same(out, undisturbed)
