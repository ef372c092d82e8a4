"""Two gloo processes equal one process on the same global batch, plainly and with caching."""

import pytest
from torch.testing import assert_close

from engine import children
from engine.rank_cases import CASES, RESUMED
from mien.engine.checkpoint import read
from mien.engine.log import METRICS, records
from mien.engine.train import train


def _train_twice(runs, out, store, meeting):
    """Train runs one after the other in the same two processes; all must succeed."""
    ranks = [
        children.start_all(runs, out, store=store, meeting=meeting, rank=rank, ranks=2)
        for rank in range(2)
    ]
    for rank in ranks:
        rank.join(timeout=280)
    assert [rank.exitcode for rank in ranks] == [0, 0]


@pytest.fixture(scope="module")
def two(store, tmp_path_factory):
    """The folders of all cases, trained by two processes."""
    out = tmp_path_factory.mktemp("two")
    for name, run in RESUMED.items():
        assert train(run, out / name, store=store, max_seconds=0.0).step == 1
    _train_twice({**CASES, **RESUMED}, out, store, tmp_path_factory.mktemp("meeting") / "place")
    return out


def _history(folder, key):
    return [line[key] for line in records(folder / METRICS) if key in line]


@pytest.mark.parametrize("name", CASES)
def test_two_ranks_equal_one(two, store, tmp_path, name):
    train(CASES[name], tmp_path, store=store)
    one, other = read(tmp_path / "final"), read(two / name / "final")
    assert_close(dict(other.model), dict(one.model), rtol=1e-4, atol=2e-6)
    for key in ("loss", "gradient_norm"):
        assert len(_history(tmp_path, key)) == 3
        assert _history(two / name, key) == pytest.approx(_history(tmp_path, key), rel=1e-5)


@pytest.mark.parametrize("name", RESUMED)
def test_one_begins_and_two_go_on(two, store, tmp_path, name):
    train(RESUMED[name], tmp_path, store=store)
    assert len(_history(tmp_path, "loss")) == RESUMED[name].steps
    assert _history(two / name, "loss") == pytest.approx(_history(tmp_path, "loss"), rel=1e-4)
