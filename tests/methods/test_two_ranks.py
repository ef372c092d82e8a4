import numpy as np
from torch import multiprocessing

from methods import two_ranks


def test_two_ranks_equal_one_process(tmp_path):
    multiprocessing.spawn(two_ranks.work, (2, str(tmp_path)), 2)
    ranks = [np.load(tmp_path / f"rank{rank}.npz") for rank in range(2)]
    for name, want in two_ranks.table(slice(0, two_ranks.ROWS)).items():
        got = (ranks[0][name] + ranks[1][name]) / 2
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-12, err_msg=name)
