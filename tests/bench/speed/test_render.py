"""The renderer's benchmark: parts that make up the whole, and stores made by several processes."""

import pytest

from mien.bench.speed.render import ENCODE, PLAN, RENDER, SPOIL, STORE, WHOLE, measure, measure_make


def test_the_parts_make_up_the_whole() -> None:
    found = measure(size=48, people=2, frames=2, repeats=2)
    assert (found.size, found.images, found.repeats) == (48, 4, 2)
    parts = {part.name: part for part in found.parts}
    assert list(parts) == [WHOLE, PLAN, RENDER, SPOIL, ENCODE, STORE]
    for part in found.parts:
        assert 0 < part.lowest <= part.ratio <= part.highest <= 1
        assert part.images_per_second >= 0.999 * parts[WHOLE].images_per_second
    assert parts[WHOLE].ratio == 1
    # Two repeats: a median is their mean, so the shares add up.
    assert sum(parts[n].ratio for n in (PLAN, RENDER, ENCODE, STORE)) == pytest.approx(1)
    assert found.rows()[0] == vars(found.parts[0])


def test_making_a_store_is_timed_by_clock_and_by_work() -> None:
    found = measure_make(size=48, people=1, frames=1, jobs=1, repeats=1)
    assert (found.size, found.images, found.jobs) == (48, 8, 1)
    assert found.lowest == found.images_per_second == found.highest > 0
    assert found.images_per_cpu_second > 0
