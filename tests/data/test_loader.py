"""The loader: always the same batches, whatever prepares them; errors and endings are clean."""

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from data.conftest import some_rows
from mien.data.batch import Batch
from mien.data.buffers import BufferPool
from mien.data.loader import Labelled, Loader, step_generator, step_seed
from mien.data.samplers import ActivityBalanced, InOrder, Shuffled
from mien.data.store import Store
from mien.errors import MienError

AUS, NAMES = (1, 12), ("neutral", "happiness")


def labelled(store: Store, rows: np.ndarray | None = None) -> Labelled:
    return Labelled.of(store, rows, aus=AUS, expressions=NAMES)


def same(one: Batch, two: Batch) -> None:
    for name in ("images", "subject", "clip", "activity", "expression", "index"):
        assert torch.equal(getattr(one, name), getattr(two, name))
    for name in ("occurrence", "intensity", "sided", "affect"):
        torch.testing.assert_close(
            getattr(one, name), getattr(two, name), equal_nan=True, rtol=0, atol=0
        )
    assert one.seed == two.seed


def loader_threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("mien-loader")]


def test_a_batch_holds_what_the_store_holds(store: Store) -> None:
    rows = np.array([20, 3, 7, 11, 4, 9])
    data = labelled(store, rows)
    batch = Loader(data, InOrder(), size=4, seed=0).batch(0, 1)
    assert batch.index.tolist() == [4, 9]
    assert torch.equal(batch.images.permute(0, 2, 3, 1), torch.from_numpy(store.images([4, 9])))
    assert batch.occurrence[:, 0].tolist() == store.column("AU01")[[4, 9]].tolist()
    assert batch.sided is not None
    sides = [store.column(f"AU12_{side}_intensity")[[4, 9]] for side in ("left", "right")]
    assert batch.sided[:, 1].T.tolist() == [side.tolist() for side in sides]
    names = [data.targets.subjects[code] for code in batch.subject.tolist()]
    assert names == ["S00", "S01"]


@pytest.mark.parametrize("cache", ["none", "memory", "auto"])
@pytest.mark.parametrize("threads", [1, 3])
def test_order_does_not_depend_on_threads_or_cache(store: Store, cache: str, threads: int) -> None:
    plain = Loader(labelled(store), Shuffled(last="short"), size=5, seed=3, cache="none")
    loader = Loader(
        labelled(store),
        Shuffled(last="short"),
        size=5,
        seed=3,
        cache=cache,  # type: ignore[arg-type]
        threads=threads,
        ahead=4,
    )
    for epoch in (0, 1):
        found = list(loader.batches(epoch))
        assert len(found) == loader.steps == 5
        for step, batch in enumerate(found):
            same(batch, plain.batch(epoch, step))
    assert not loader_threads()


def test_ranks_make_up_the_global_batch(store: Store) -> None:
    def make(rank: int, world: int) -> Loader:
        return Loader(labelled(store), ActivityBalanced(), size=7, seed=1, rank=rank, world=world)

    whole = make(0, 1).batch(2, 1)
    for world in (2, 3):
        parts = [make(rank, world).batch(2, 1) for rank in range(world)]
        assert torch.equal(torch.cat([part.images for part in parts]), whole.images)
        assert torch.equal(torch.cat([part.index for part in parts]), whole.index)
        assert {part.seed for part in parts} == {whole.seed}


def test_resuming_goes_on_where_it_stopped(store: Store) -> None:
    loader = Loader(labelled(store), Shuffled(), size=4, seed=9)
    whole = list(loader.batches(3))
    for one, two in zip(loader.batches(3, start=2), whole[2:], strict=True):
        same(one, two)
    assert len(list(loader.batches(3, start=1, stop=3))) == 2
    assert list(loader.batches(3, start=6)) == []


def test_batches_that_are_kept_do_not_change(store: Store) -> None:
    """Buffers are used again only once nobody holds a view of them."""
    for cache in ("none", "memory"):
        loader = Loader(labelled(store), Shuffled(), size=4, seed=9, cache=cache)  # type: ignore[arg-type]
        kept = [batch.images[1:3, 0] for batch in loader.batches(0)]
        before = [images.clone() for images in kept]
        for _ in range(3):
            for _ in loader.batches(1):
                pass
        assert all(torch.equal(one, two) for one, two in zip(kept, before, strict=True))


def test_buffers_come_back() -> None:
    pool = BufferPool()
    first = pool.take((2, 3))
    place = first.ctypes.data
    tensor = torch.from_numpy(first)[1:]
    del first
    assert pool.take((2, 3)).ctypes.data != place
    del tensor
    assert pool.take((3, 2)).ctypes.data == place


def test_a_corrupt_record_is_named_at_its_step(make_store: Callable[..., Store]) -> None:
    store = make_store(rows=some_rows(24))
    row = 13
    path = store.path / store.column("shard")[row]
    content = bytearray(path.read_bytes())
    content[int(store.column("offset")[row]) + 40] ^= 1
    path.write_bytes(bytes(content))
    loader = Loader(labelled(store), InOrder(), size=4, seed=0, threads=2, cache="none")
    with pytest.raises(MienError, match=r"shard-\d{6}\.tar: record 13 "):
        list(loader.batches(0))
    assert len(list(loader.batches(0, stop=3))) == 3
    assert not loader_threads()


def test_leaving_early_does_not_hang(store: Store) -> None:
    loader = Loader(labelled(store), InOrder(), size=2, seed=0, threads=2, ahead=3)
    for batch in loader.batches(0):
        assert len(batch) == 2
        break
    stream = loader.batches(0)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    del stream
    assert not loader_threads()


def test_the_memory_cache_has_a_limit(store: Store, make_store: Callable[..., Store]) -> None:
    needed = 24 * 16 * 16 * 3
    Loader(labelled(store), InOrder(), size=2, seed=0, cache="memory", memory_limit=needed)
    with pytest.raises(MienError, match=f"need {needed} bytes"):
        Loader(labelled(store), InOrder(), size=2, seed=0, cache="memory", memory_limit=needed - 1)
    mixed = make_store(
        "mixed", rows=[(np.zeros((8, size, 3), np.uint8), {}) for size in (8, 8, 9, 9)]
    )
    data = labelled(mixed)
    assert len(list(Loader(data, InOrder(), size=2, seed=0).batches(0))) == 2
    with pytest.raises(MienError, match="unknown number"):
        Loader(data, InOrder(), size=2, seed=0, cache="memory")


def test_too_few_rows_are_refused_at_once(store: Store) -> None:
    with pytest.raises(MienError, match="24 rows cannot fill"):
        Loader(labelled(store), Shuffled(), size=25, seed=0)


def test_seeds_of_steps_differ_and_drive_generators(store: Store) -> None:
    seeds = {step_seed(seed, epoch=e, step=s) for seed in (0, 1) for e in (0, 1) for s in (0, 1)}
    assert len(seeds) == 8
    assert all(0 <= seed < 2**63 for seed in seeds)
    batch = Loader(labelled(store), Shuffled(), size=4, seed=9).batch(0, 0)
    one, two = (torch.rand(3, generator=step_generator(batch)) for _ in range(2))
    assert torch.equal(one, two)


def test_batches_slice_move_and_describe_themselves(store: Store) -> None:
    batch = Loader(labelled(store), Shuffled(), size=4, seed=9).batch(0, 0)
    part = batch.with_views(torch.zeros(4, 2, 3, 8, 8)).rows(slice(1, 3))
    assert len(part) == 2
    assert part.views is not None
    assert part.views.shape == (2, 2, 3, 8, 8)
    same(batch.rows(slice(None)).to("cpu"), batch)
    assert "images=(4, 3, 16, 16)" in repr(batch)
    assert "views" not in repr(batch)
    with pytest.raises(Exception, match="batch"):
        replace(batch, subject=batch.subject[:2])
