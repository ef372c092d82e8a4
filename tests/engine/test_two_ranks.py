"""Two gloo processes equal one process on the same global batch, plainly and with caching."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from torch.testing import assert_close

from engine import tiny
from engine.rank_worker import cases
from mien.engine.checkpoint import read
from mien.engine.log import METRICS, records
from mien.engine.train import train

TESTS = Path(__file__).parents[1]


def run_ranks(count, *arguments):
    """Run the worker in `count` processes with torchrun's variables; every one must succeed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {
        "WORLD_SIZE": str(count),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(TESTS),
    }
    processes = [
        subprocess.Popen(
            [sys.executable, str(TESTS / "engine" / "rank_worker.py"), *map(str, arguments)],
            env={**os.environ, **shared, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(count)
    ]
    errors = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * count, "\n".join(errors)


@pytest.fixture(scope="module")
def two(store, tmp_path_factory):
    """The folders of all cases, trained by two processes."""
    out = tmp_path_factory.mktemp("two")
    stopped = train(tiny.pretrain(), out / "resumed", store=store, max_seconds=0.0)
    assert stopped.step == 1
    run_ranks(2, out, store)
    return out


def _history(folder, key):
    return [line[key] for line in records(folder / METRICS) if key in line]


@pytest.mark.parametrize("name", cases())
def test_two_ranks_equal_one(two, store, tmp_path, name):
    train(cases()[name], tmp_path, store=store)
    one, other = read(tmp_path / "final"), read(two / name / "final")
    assert_close(dict(other.model), dict(one.model), rtol=1e-4, atol=2e-6)
    for key in ("loss", "gradient_norm"):
        assert len(_history(tmp_path, key)) == 3
        assert _history(two / name, key) == pytest.approx(_history(tmp_path, key), rel=1e-5)


def test_one_begins_and_two_go_on(two, store, tmp_path):
    train(tiny.pretrain(), tmp_path, store=store)
    assert len(_history(tmp_path, "loss")) == 6
    assert _history(two / "resumed", "loss") == pytest.approx(_history(tmp_path, "loss"), rel=1e-4)
