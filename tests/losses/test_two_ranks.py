import pytest
import torch

import ranks
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
    found = ranks.averaged(two_ranks.table, two_ranks.ROWS, tmp_path)
    one = two_ranks.table(slice(0, two_ranks.ROWS))
    for name, want in one.items():
        assert found[name] == pytest.approx(want, rel=1e-9, abs=1e-11), name
    assert {*one} == {*found}
