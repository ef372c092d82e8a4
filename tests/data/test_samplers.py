"""Samplers: stateless, fair, and as fast as promised."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.data.codes import Codes, group
from mien.data.neighbours import ClipNeighbours
from mien.data.permutation import key, mix, permute
from mien.data.samplers import (
    ActivityBalanced,
    InOrder,
    Sampler,
    Shuffled,
    SubjectBalanced,
    rank_slice,
)
from mien.data.windows import ClipWindows
from mien.errors import MienError

SAMPLERS: tuple[Sampler, ...] = (
    InOrder(),
    Shuffled(),
    Shuffled(last="short"),
    ActivityBalanced(),
    ActivityBalanced(activities=2, subjects=3, images=2),
    SubjectBalanced(),
    ClipNeighbours(),
    ClipNeighbours(frames=4, nearest=2, reach=9),
    ClipWindows(),
    ClipWindows(frames=8, stride=2, hole=9),
)


def codes(rows: int = 400, *, seed: int = 0, subjects: int = 5) -> Codes:
    generator = np.random.default_rng(seed)
    subject = np.sort(generator.integers(0, subjects, rows))
    return Codes(
        subject=subject,
        clip=subject * 3 + np.arange(rows) % 3,
        activity=generator.integers(-1, 4, rows),
        frame=np.arange(rows) % 50,
    )


@settings(deadline=None)
@given(count=st.integers(1, 3000), number=st.integers(0, 2**40))
def test_a_permutation_covers_its_range_once(count: int, number: int) -> None:
    order = permute(np.arange(count), count=count, keys=key(number))
    assert np.array_equal(np.sort(order), np.arange(count))


@settings(deadline=None)
@given(counts=st.lists(st.integers(1, 40), min_size=1, max_size=20), number=st.integers(0, 2**40))
def test_mixed_lengths_agree_with_one_at_a_time(counts: list[int], number: int) -> None:
    positions = np.concatenate([np.arange(count) for count in counts])
    lengths = np.repeat(counts, counts)
    keys = np.repeat(key(number, np.arange(len(counts))), counts)
    together = permute(positions, count=lengths, keys=keys)
    alone = [
        permute(np.arange(count), count=count, keys=key(number, place))
        for place, count in enumerate(counts)
    ]
    assert np.array_equal(together, np.concatenate(alone))


def test_a_long_permutation_spreads(generator: np.random.Generator) -> None:
    count = 10_000_000
    order = permute(np.arange(4096), count=count, keys=key(3))
    assert len(set(order.tolist())) == 4096
    assert abs(order.mean() / count - 0.5) < 0.02
    assert (np.abs(np.diff(order)) > 1000).mean() > 0.99


@pytest.mark.parametrize("count", [2, 3, 5, 8, 13, 24])
def test_permutations_are_even(count: int) -> None:
    """Each element takes each place equally often over 4,000 keys (chi-square, p > 1e-4)."""
    from scipy.stats import chi2

    positions = np.tile(np.arange(count), 4000)
    keys = np.repeat(key(np.arange(4000), 5), count)
    table = np.zeros((count, count))
    np.add.at(table, (positions, permute(positions, count=count, keys=keys)), 1)
    expected = 4000 / count
    statistic = ((table - expected) ** 2 / expected).sum()
    assert chi2.sf(statistic, (count - 1) ** 2) > 1e-4


def test_keys_depend_on_order_and_sign() -> None:
    words = {int(key(*numbers)[0]) for numbers in ((1, 2), (2, 1), (1,), (1, 2, 0), (-1, 2))}
    assert len(words) == 5
    assert len(np.unique(mix(np.arange(10_000).astype(np.uint64)))) == 10_000


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_batches_are_functions_of_seed_epoch_and_step(sampler: Sampler) -> None:
    table, size = codes(), 16
    steps = sampler.steps(table, size=size)
    assert steps >= 1

    def batch(seed: int, epoch: int, step: int) -> list[int]:
        return sampler.batch(codes(), seed=seed, epoch=epoch, step=step, size=size).tolist()

    forward = [batch(1, 2, step) for step in range(steps)]
    backward = [batch(1, 2, step) for step in reversed(range(steps))]
    assert forward == backward[::-1]
    assert all(0 <= row < len(table) for rows in forward for row in rows)
    if not isinstance(sampler, InOrder):
        assert batch(1, 3, 0) != forward[0] != batch(2, 2, 0)


@settings(deadline=None)
@given(rows=st.integers(1, 300), size=st.integers(1, 50), epoch=st.integers(0, 5))
def test_shuffled_covers_every_row_once(rows: int, size: int, epoch: int) -> None:
    table, sampler = codes(rows), Shuffled(last="short")
    seen = [
        sampler.batch(table, seed=7, epoch=epoch, step=step, size=size)
        for step in range(sampler.steps(table, size=size))
    ]
    assert np.array_equal(np.sort(np.concatenate(seen)), np.arange(rows))
    assert all(len(part) == size for part in seen[:-1])
    in_order = [
        InOrder().batch(table, seed=7, epoch=epoch, step=step, size=size)
        for step in range(InOrder().steps(table, size=size))
    ]
    assert np.array_equal(np.concatenate(in_order), np.arange(rows))


def test_dropping_keeps_batches_full() -> None:
    table = codes(100)
    assert Shuffled().steps(table, size=30) == 3
    seen = [Shuffled().batch(table, seed=0, epoch=0, step=step, size=30) for step in range(3)]
    assert len(np.unique(np.concatenate(seen))) == 90
    with pytest.raises(MienError, match="100 rows cannot fill a batch of 101"):
        Shuffled().steps(table, size=101)


@settings(deadline=None)
@given(size=st.integers(1, 500), world=st.integers(1, 9))
def test_ranks_slice_one_order(size: int, world: int) -> None:
    parts = [range(size)[rank_slice(size, rank=rank, world=world)] for rank in range(world)]
    assert [row for part in parts for row in part] == list(range(size))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@settings(deadline=None)
@given(
    seed=st.integers(0, 1000),
    activities=st.integers(1, 4),
    subjects=st.integers(1, 4),
    images=st.integers(1, 3),
)
def test_activities_are_balanced(seed: int, activities: int, subjects: int, images: int) -> None:
    table = codes(400, seed=seed)
    sampler = ActivityBalanced(activities=activities, subjects=subjects, images=images)
    size = activities * subjects * images
    rows = sampler.batch(table, seed=seed, epoch=0, step=3, size=size)
    assert len(set(rows.tolist())) == size
    shares = Counter(table.activity[rows].tolist())
    assert -1 not in shares
    assert set(shares.values()) == {subjects * images}
    assert len(shares) == activities
    for activity in shares:
        who = Counter(table.subject[rows[table.activity[rows] == activity]].tolist())
        assert len(who) == subjects
        assert set(who.values()) == {images}


def test_by_default_all_activities_have_several_subjects() -> None:
    table = codes()
    rows = ActivityBalanced().batch(table, seed=0, epoch=0, step=0, size=16)
    shares = Counter(table.activity[rows].tolist())
    assert shares == {0: 4, 1: 4, 2: 4, 3: 4}
    pairs = Counter(zip(table.activity[rows].tolist(), table.subject[rows].tolist(), strict=True))
    assert set(pairs.values()) == {1}


def test_every_slice_of_a_balanced_batch_is_balanced() -> None:
    table = codes()
    rows = ActivityBalanced(activities=4).batch(table, seed=0, epoch=0, step=0, size=32)
    for rank in range(4):
        part = rows[rank_slice(32, rank=rank, world=4)]
        assert set(Counter(table.activity[part].tolist()).values()) == {2}


def test_small_cells_wrap_around() -> None:
    """Two subjects with three images each: a batch of 8 repeats only after all six."""
    table = Codes(
        subject=np.array([0, 0, 0, 1, 1, 1, -1]),
        clip=np.zeros(7, np.int64),
        activity=np.zeros(7, np.int64),
        frame=np.arange(7),
    )
    for step in range(20):
        rows = ActivityBalanced().batch(table, seed=0, epoch=0, step=step, size=8)
        assert sorted(set(rows[:6].tolist())) == [0, 1, 2, 3, 4, 5]
        assert Counter(table.subject[rows].tolist()) == {0: 4, 1: 4}


def test_subjects_are_balanced_and_all_have_their_turn() -> None:
    table = codes()
    sampler = SubjectBalanced(subjects=2)
    seen: Counter[int] = Counter()
    for step in range(5):
        rows = sampler.batch(table, seed=0, epoch=0, step=step, size=6)
        shares = Counter(table.subject[rows].tolist())
        assert set(shares.values()) == {3}
        assert len(set(rows.tolist())) == 6
        seen.update(shares.keys())
    assert set(seen.values()) == {2}


def test_without_labels_the_error_says_so() -> None:
    table = codes(10)
    nobody = Codes(
        subject=table.subject * 0 - 1,
        clip=table.clip * 0 - 1,
        activity=table.activity * 0 - 1,
        frame=table.frame,
    )
    with pytest.raises(MienError, match="both an activity and a subject"):
        ActivityBalanced().steps(nobody, size=4)
    with pytest.raises(MienError, match="no row has a subject"):
        SubjectBalanced().steps(nobody, size=4)
    with pytest.raises(MienError, match="wants 9 activities"):
        ActivityBalanced(activities=9).steps(codes(), size=16)
    with pytest.raises(MienError, match="0 rows have a neighbour"):
        ClipNeighbours().steps(nobody, size=4)
    with pytest.raises(MienError, match="groups of 2"):
        ClipNeighbours().steps(table, size=5)


@settings(deadline=None)
@given(
    seed=st.integers(0, 1000),
    frames=st.integers(2, 4),
    nearest=st.integers(1, 4),
    extra=st.integers(0, 8),
)
def test_neighbours_are_those_of_a_loop(seed: int, frames: int, nearest: int, extra: int) -> None:
    generator = np.random.default_rng(seed)
    table = Codes(
        subject=np.zeros(60, np.int64),
        clip=generator.integers(-1, 3, 60),
        activity=np.zeros(60, np.int64),
        frame=generator.integers(-1, 40, 60),
    )
    reach = nearest + extra

    def near(row: int) -> set[int]:
        return {
            other
            for other in range(60)
            if table.clip[row] == table.clip[other] >= 0
            and table.frame[other] >= 0
            and table.frame[row] >= 0
            and nearest <= abs(table.frame[row] - table.frame[other]) <= reach
        }

    allowed = {row: near(row) for row in range(60)}
    anchors = {row for row, others in allowed.items() if others}
    sampler = ClipNeighbours(frames=frames, nearest=nearest, reach=reach)
    if not anchors:
        return
    steps = sampler.steps(table, size=frames)
    assert steps == len(anchors)
    seen = []
    for step in range(steps):
        anchor, *others = sampler.batch(table, seed=seed, epoch=1, step=step, size=frames).tolist()
        seen.append(anchor)
        assert set(others) <= allowed[anchor]
        assert len(set(others)) == min(len(allowed[anchor]), frames - 1)
    assert sorted(seen) == sorted(anchors)


@settings(deadline=None)
@given(
    pairs=st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3)), max_size=40),
)
def test_groups_agree_with_a_dictionary(pairs: list[tuple[int, int]]) -> None:
    outer = np.array([pair[0] for pair in pairs], np.int64)
    inner = np.array([pair[1] for pair in pairs], np.int64)
    cells = group(outer, inner)
    expected: dict[tuple[int, int], list[int]] = {}
    for row, pair in enumerate(pairs):
        if min(pair) >= 0:
            expected.setdefault(pair, []).append(row)
    found = [
        cells.rows[first : first + count].tolist()
        for first, count in zip(cells.first_row, cells.row_count, strict=True)
    ]
    assert found == [expected[pair] for pair in sorted(expected)]
    assert len(cells) == len({pair[0] for pair in expected})
    assert cells.cell_count.sum() == len(expected)
