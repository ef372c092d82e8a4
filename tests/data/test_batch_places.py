"""A row knows its place in the global batch, whichever rank and micro-batch it is in."""

import numpy as np
import pytest

from mien.data.loader import Labelled, Loader
from mien.data.samplers import Shuffled, rank_slice
from mien.data.store import Store


@pytest.mark.parametrize("world", [1, 2, 3])
@pytest.mark.parametrize("parts", [1, 2])
def test_places_count_through_ranks_and_micro_batches(store: Store, world: int, parts: int) -> None:
    size, places, rows = 12, [], []
    for rank in range(world):
        loader = Loader(Labelled.of(store), Shuffled(), size=size, seed=1, rank=rank, world=world)
        batch = loader.batch(0, 1)
        for number in range(parts):
            part = batch.rows(rank_slice(len(batch), rank=number, world=parts))
            places += list(range(part.first, part.first + len(part)))
            rows += part.index.tolist()
            moved = part.to("cpu")
            assert moved.first == part.first
    assert places == list(range(size))
    whole = Loader(Labelled.of(store), Shuffled(), size=size, seed=1).batch(0, 1)
    assert whole.first == 0
    assert np.array_equal(rows, whole.index.numpy())


def test_slices_of_slices_add_up(store: Store) -> None:
    batch = Loader(Labelled.of(store), Shuffled(), size=12, seed=1).batch(0, 0)
    inner = batch.rows(slice(3, 11)).rows(slice(2, 5))
    assert (inner.first, len(inner)) == (5, 3)
    assert inner.index.tolist() == batch.index[5:8].tolist()
    assert batch.rows(slice(None, 4)).first == 0
    assert batch.rows(slice(-4, None)).first == 8
