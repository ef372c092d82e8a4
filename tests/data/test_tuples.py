"""SSLFER's sampler: distributions against loops, side rules, drops, determinism."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from data import slow_tuples as slow
from mien.data.codes import Codes
from mien.data.samplers import rank_slice
from mien.data.tuples import RATE, SHIFTS, WEIGHTS, Tuples
from mien.errors import MienError


def clips(*times: list[float], named: bool = True) -> Codes:
    """One clip for each list of times in seconds, its rows shuffled among the others'."""
    clip = np.repeat(np.arange(len(times)), [len(one) for one in times])
    seconds = np.array([t for one in times for t in one], np.float64)
    frame = np.concatenate([np.arange(len(one)) for one in times])
    order = np.random.default_rng(0).permutation(len(clip))
    return Codes(
        subject=clip[order] // 2,
        clip=clip[order],
        activity=clip[order],
        frame=frame[order],
        seconds=seconds[order] if named else None,
    )


def even(count: int, rate: float = RATE) -> list[float]:
    return [index / rate for index in range(count)]


def tuples(sampler: Tuples, codes: Codes, *, size: int, epochs: int, seed: int = 0) -> np.ndarray:
    """All tuples of some epochs as frame numbers, (tuple, row of it)."""
    found = [
        sampler.batch(codes, seed=seed, epoch=epoch, step=step, size=size)
        for epoch in range(epochs)
        for step in range(sampler.steps(codes, size=size))
    ]
    return codes.frame[np.concatenate(found)].reshape(-1, sampler.rows)


def agree(counted: Counter, chances: dict) -> None:
    """Chi-square of counts against probabilities, p > 1e-4."""
    assert set(counted) <= set(chances)
    total = sum(counted.values())
    statistic = sum((counted[k] - total * p) ** 2 / (total * p) for k, p in chances.items())
    assert chi2.sf(statistic, max(1, len(chances) - 1)) > 1e-4


def test_the_papers_numbers():
    assert SHIFTS == (2, 3, 4, 5, 6)
    assert [round(shift / RATE, 2) for shift in SHIFTS] == [0.48, 0.72, 0.96, 1.2, 1.44]
    assert [sum(weights) for weights in WEIGHTS.values()] == [5, 15, 15]


@pytest.mark.parametrize("weights", ["a", "b", "c"])
def test_time_aug_is_drawn_as_the_loops_say(weights):
    times = even(15)
    sampler = Tuples(weights=weights, negatives="none")
    found = tuples(sampler, clips(*[times] * 200), size=400, epochs=30)
    anchors = Counter(found[:, 0].tolist())
    agree(anchors, dict.fromkeys(range(15), 1 / 15))
    for at in (0, 4, 7, 10):
        counted = Counter(found[found[:, 0] == at, 1].tolist())
        agree(counted, slow.near_chances(times, at, list(WEIGHTS[weights]), RATE))


@pytest.mark.parametrize("times", [even(16), even(30), even(22, 5.0), sorted([0, 1, 2.5, 3, 7, 9])])
def test_hard_negatives_are_drawn_as_the_loops_say(times):
    found = tuples(Tuples(), clips(*[[float(t) for t in times]] * 200), size=800, epochs=30)
    usable = slow.anchors(times, RATE)
    agree(Counter(found[:, 0].tolist()), dict.fromkeys(usable, 1 / len(usable)))
    for at in usable[:: max(1, len(usable) // 4)]:
        counted = Counter(found[found[:, 0] == at, 2].tolist())
        agree(counted, slow.far_chances(times, at, RATE))
    for far in sorted(set(found[:, 2].tolist()))[:3]:
        counted = Counter(found[found[:, 2] == far, 3].tolist())
        agree(counted, slow.near_chances(times, far, list(WEIGHTS["c"]), RATE))


def test_gaps_are_twelve_frames_after_or_thirteen_before():
    found = tuples(Tuples(), clips(*[even(40), even(27), even(90)] * 20), size=240, epochs=15)
    gap = found[:, 2] - found[:, 0]
    assert gap[gap > 0].min() == 12
    assert gap[gap < 0].max() == -13
    for one, other in ((0, 1), (2, 3)):
        assert set(np.abs(found[:, one] - found[:, other]).tolist()) == set(SHIFTS)


@pytest.mark.parametrize("fps", [25.0, 12.5, 30.0, 5.0])
def test_clips_of_any_rate_keep_the_times(fps):
    codes = clips(*[even(int(fps * 12), fps), even(int(fps * 9), fps)] * 10)
    found = tuples(Tuples(), codes, size=80, epochs=20) / fps
    shift = np.abs(found[:, 0] - found[:, 1])
    assert shift.min() >= 0.48 - 0.5 / fps
    assert shift.max() <= 1.44 + 0.5 / fps
    gap = found[:, 2] - found[:, 0]
    assert gap[gap > 0].min() >= 2.88 - 1e-6
    assert gap[gap < 0].max() <= -3.12 + 1e-6


def test_sparse_clips_take_the_neighbour():
    found = tuples(Tuples(), clips(even(10, 0.5)), size=4, epochs=50)
    assert set(np.abs(found[:, 0] - found[:, 1]).tolist()) == {1}


def test_frame_numbers_stand_in_for_unknown_times():
    codes, timeless = clips(even(30), even(20)), clips(even(30), even(20), named=False)
    for sampler in (Tuples(), Tuples(negatives="none", weights="b")):
        one, two = (tuples(sampler, c, size=sampler.rows, epochs=5) for c in (codes, timeless))
        assert np.array_equal(one, two)


def test_times_come_from_a_table_if_it_has_them():
    import pyarrow as pa

    columns = {name: ["a", "a"] for name in ("subject", "clip", "activity")} | {"frame": [0, 1]}
    assert Codes.from_table(pa.table(columns)).seconds is None
    timed = pa.table(columns | {"pts_ms": pa.array([40.0, None])})
    np.testing.assert_array_equal(Codes.from_table(timed).seconds, [0.04, np.nan])


def test_short_clips_are_dropped_and_counted():
    codes = clips(even(12), even(13), even(6), even(40), even(1))
    assert Tuples().kept(codes) == (2, 3)
    assert Tuples(negatives="none").kept(codes) == (3, 2)
    assert Tuples(negatives="none", time=False).kept(codes) == (5, 0)
    assert Tuples(negatives="first").kept(codes) == (3, 2)
    with pytest.raises(MienError, match="needs 3 clips; 2 are long enough, 3 are not"):
        Tuples().steps(codes, size=12)
    with pytest.raises(MienError, match="does not divide into clips of 4 rows"):
        Tuples().steps(codes, size=6)


@given(
    counts=st.lists(st.integers(1, 45), min_size=1, max_size=8), rate=st.sampled_from([RATE, 9.0])
)
def test_kept_clips_are_those_the_loops_can_draw_from(counts, rate):
    times = [even(count, rate) for count in counts]
    wanted = sum(bool(slow.anchors(one, RATE)) for one in times)
    assert Tuples().kept(clips(*times)) == (wanted, len(times) - wanted)


def test_switched_off_parts_repeat_the_frame():
    codes = clips(even(40), even(50))
    off = tuples(Tuples(time=False), codes, size=4, epochs=20)
    assert np.array_equal(off[:, 0], off[:, 1])
    assert np.array_equal(off[:, 2], off[:, 3])
    assert (off[:, 0] != off[:, 2]).all()
    plain = tuples(Tuples(time=False, negatives="none"), codes, size=2, epochs=20)
    assert plain.shape == (40, 2)
    assert np.array_equal(plain[:, 0], plain[:, 1])
    first = tuples(Tuples(negatives="first"), codes, size=4, epochs=20)
    assert not first[:, 2:].any()


def test_a_batch_has_each_clip_once_and_an_epoch_all_of_them():
    codes = clips(*[even(30 + k) for k in range(12)])
    sampler = Tuples()
    assert sampler.steps(codes, size=16) == 3
    rows = [sampler.batch(codes, seed=1, epoch=0, step=step, size=16) for step in range(3)]
    by_clip = codes.clip[np.stack(rows)].reshape(3, 4, 4)
    assert (by_clip == by_clip[:, :, :1]).all()
    assert sorted(by_clip[:, :, 0].ravel().tolist()) == list(range(12))


def test_tuples_are_drawn_anew_every_epoch_or_never():
    codes = clips(*[even(60)] * 4)

    def drawn(sampler: Tuples, seed: int, epoch: int) -> dict[int, list[int]]:
        rows = sampler.batch(codes, seed=seed, epoch=epoch, step=0, size=16).reshape(4, 4)
        return {int(codes.clip[four[0]]): codes.frame[four].tolist() for four in rows}

    assert drawn(Tuples(), 3, 1) == drawn(Tuples(), 3, 1)
    assert drawn(Tuples(), 3, 1) != drawn(Tuples(), 3, 2) != drawn(Tuples(), 4, 2)
    kept = Tuples(redraw="never")
    assert drawn(kept, 3, 1) == drawn(kept, 3, 2) != drawn(kept, 4, 2)


def test_an_unsorted_listing_loses_the_meaning_of_distances():
    codes = clips(even(60), even(60))
    found = tuples(Tuples(listing="arbitrary"), codes, size=8, epochs=200)
    gap, shift = np.abs(found[:, 0] - found[:, 2]), np.abs(found[:, 0] - found[:, 1])
    assert gap.min() < 12
    assert shift.max() > 20


@pytest.mark.parametrize("world", [1, 2, 4])
def test_ranks_hold_whole_pairs(world):
    codes = clips(*[even(30)] * 8)
    rows = Tuples().batch(codes, seed=0, epoch=0, step=0, size=32)
    parts = [rows[rank_slice(32, rank=rank, world=world)] for rank in range(world)]
    assert np.array_equal(np.concatenate(parts), rows)
    assert all(len(part) % 2 == 0 for part in parts)
