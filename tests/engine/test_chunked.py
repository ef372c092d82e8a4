"""Tables made in pieces: any stop is taken up, and the pieces go."""

from contextlib import closing
from time import monotonic

import numpy as np
import pytest

from mien.data.store import Store
from mien.data.tables import read_table
from mien.engine.chunked import fill_table


def shades(store, rows):
    with closing(Store(store)) as opened:
        return opened.images(rows).mean(axis=(1, 2)).astype(np.float32)


def test_a_stop_loses_one_piece_and_the_rest_is_taken_up(store):
    done: list[int] = []

    def work(path, rows):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(int(rows[0]))
        return shades(path, rows)

    options = {"kind": "mean colour", "piece": 20, "tell": str}
    with pytest.raises(KeyboardInterrupt):
        fill_table(store, "colour", work, **options)
    assert done == [0, 20, 40]
    assert not fill_table(store, "colour", work, until=monotonic() - 1.0, **options)
    assert done == [0, 20, 40]
    assert fill_table(store, "colour", shades, **options)
    with closing(Store(store)) as opened:
        found = read_table(opened, "colour", kind="mean colour")
        wanted = shades(store, np.arange(len(opened)))
    np.testing.assert_allclose(found, wanted, rtol=1e-3)
    assert not list(store.parent.glob(".*making"))

    def never(path, rows):
        raise AssertionError("it is there already")

    assert fill_table(store, "colour", never, **options)
