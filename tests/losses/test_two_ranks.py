import numpy as np
import pytest
import torch
from torch import multiprocessing

from losses import two_ranks
from mien.losses import gather


def test_one_process_gathers_nothing():
    rows, codes = torch.randn(3, 2), torch.arange(3)
    assert gather.world_size() == 1
    assert gather.rank() == 0
    assert gather.gather(rows) is rows
    assert gather.gather_codes(codes) is codes
    assert torch.equal(gather.sum_over_ranks(rows), rows)


def test_two_ranks_equal_one_process(tmp_path):
    multiprocessing.spawn(two_ranks.work, (2, str(tmp_path)), 2)
    ranks = [np.load(tmp_path / f"rank{rank}.npz") for rank in range(2)]
    one = two_ranks.table(slice(0, two_ranks.ROWS))
    for name, want in one.items():
        got = (ranks[0][name] + ranks[1][name]) / 2
        assert got == pytest.approx(want, rel=1e-9, abs=1e-11), name
    assert {*one} == {*ranks[0]}
