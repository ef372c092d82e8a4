import numpy as np

from mien.metrics.ratio import ratio


def test_what_has_no_divisor_is_undefined_and_nothing_warns():
    top, bottom = np.array([[1.0, 0.0, 3.0], [2.0, 2.0, 2.0]]), np.array([[2, 0, 4]])
    with np.errstate(all="raise"):
        found = ratio(top, bottom)
    np.testing.assert_array_equal(found, [[0.5, np.nan, 0.75], [1.0, np.nan, 0.5]])
