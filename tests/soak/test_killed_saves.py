"""A hundred times kill -9 while a checkpoint is being saved: all load, and nothing is lost (R1)."""

import random
import signal
import time

from engine import children, tiny
from engine.conftest import write_store
from engine.test_killed import same
from mien.engine import checkpoint
from mien.engine.log import METRICS, records
from mien.engine.train import train
from soak.share import share

KILLS = 100


def test_killed_while_saving(tmp_path):
    kills = share(KILLS)
    run = tiny.finetune(steps=4 * kills)
    store, out = write_store(tmp_path / "store"), tmp_path / "run"
    moments, caught, reached = random.Random(11), 0, 0
    train(run, out, store=store, max_seconds=0.0)
    lasting = duration_of_a_save(checkpoint.load(out), tmp_path / "timed")
    for _ in range(kills):
        child = children.start(run, out, store=store)  # saves after every step
        wait(child, out, newest(out), moments.uniform(0, lasting))
        child.kill()
        child.join(timeout=60)
        assert child.exitcode == -signal.SIGKILL
        caught += any(out.rglob(".*"))
        begun = max((line["step"] for line in records(out / METRICS)), default=0)
        loaded = checkpoint.load(out)
        assert loaded is not None
        assert loaded.step >= max(reached, begun - 1)
        reached = loaded.step
        assert not list(out.rglob("*.damaged"))
    print(f"{kills} kills, {caught} of them within a save, {reached} steps")
    assert caught >= kills // 4
    assert train(run, out, store=store).status == "finished"
    assert train(run, tmp_path / "undisturbed", store=store).status == "finished"
    same(out, tmp_path / "undisturbed")


def wait(child, out, before, longer):
    """Until a new checkpoint stands and the next one is being written, and a little longer."""
    patience = time.monotonic() + 60
    while newest(out) == before or not any(out.glob("checkpoints/.step-*")):
        assert child.is_alive()
        assert time.monotonic() < patience
    time.sleep(longer)


def duration_of_a_save(state, folder):
    """Seconds, with nothing else going on."""
    began = time.monotonic()
    checkpoint.save(folder, state)
    return time.monotonic() - began


def newest(out):
    return max((path.name for path in out.glob("checkpoints/step-*")), default="")
