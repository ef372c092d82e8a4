import numpy as np

import ranks
from methods import two_ranks


def test_two_ranks_equal_one_process(tmp_path):
    found = ranks.averaged(two_ranks.table, two_ranks.ROWS, tmp_path)
    for name, want in two_ranks.table(slice(0, two_ranks.ROWS)).items():
        np.testing.assert_allclose(found[name], want, rtol=1e-9, atol=1e-12, err_msg=name)
