"""Windows of clips: those of a loop, a person each, redrawn every epoch."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.slow_windows import windows
from mien.data.codes import Codes
from mien.data.windows import ClipWindows
from mien.errors import MienError


def codes(
    *, people: int = 6, clips: int = 2, frames: int = 12, seed: int = 0, unknown: bool = False
) -> Codes:
    """People with some clips each; rows shuffled, some frames missing, a tenth unknown."""
    generator = np.random.default_rng(seed)
    rows = [
        (person, person * clips + clip, frame)
        for person in range(people)
        for clip in range(clips)
        for frame in range(frames)
        if generator.random() < 0.8
    ]
    table = np.array(rows, np.int64)[generator.permutation(len(rows))]
    if unknown:
        table[:, 0] = np.where(table[:, 1] % 3 == 0, -1, table[:, 0])
        table[generator.random(len(rows)) < 0.05, 1] = -1
        table[generator.random(len(rows)) < 0.05, 2] = -1
    return Codes(
        subject=table[:, 0].copy(),
        clip=table[:, 1].copy(),
        activity=np.zeros(len(rows), np.int64),
        frame=table[:, 2].copy(),
    )


def drawn(sampler: ClipWindows, table: Codes, *, epoch: int, size: int, seed: int = 3):
    return [
        [
            tuple(row)
            for row in sampler.batch(table, seed=seed, epoch=epoch, step=step, size=size)
            .reshape(-1, sampler.frames)
            .tolist()
        ]
        for step in range(sampler.steps(table, size=size))
    ]


@given(
    seed=st.integers(0, 10_000),
    frames=st.integers(2, 5),
    stride=st.integers(1, 3),
    hole=st.one_of(st.none(), st.integers(1, 5)),
    unknown=st.booleans(),
)
def test_windows_are_those_of_a_loop(seed, frames, stride, hole, unknown) -> None:
    table = codes(seed=seed, frames=9, unknown=unknown)
    allowed = windows(table, frames=frames, stride=stride, hole=hole)
    sampler = ClipWindows(frames=frames, stride=stride, hole=hole)
    if not allowed:
        with pytest.raises(MienError, match="0 people"):
            sampler.steps(table, size=frames)
        return
    people = {window: person for person, found in allowed.items() for window in found}
    turns = max(len(found) for found in allowed.values()) * len(allowed)
    seen = []
    for step in range(turns):
        rows = sampler.batch(table, seed=seed, epoch=2, step=step, size=frames)
        seen.append(tuple(rows.tolist()))
    assert set(seen) == set(people)  # each of them, and nothing else
    firsts = [people[window] for window in seen[: len(allowed)]]
    assert sorted(firsts) == sorted(allowed)  # everybody once before anybody twice
    covered = len({row for window in people for row in window})
    assert sampler.steps(table, size=frames) == max(1, covered // frames)


@pytest.mark.parametrize("clips", [1, 3, 6])
def test_a_batch_shows_a_person_once_and_all_have_their_turn(clips: int) -> None:
    table, sampler = codes(), ClipWindows(frames=3)
    batches = drawn(sampler, table, epoch=1, size=3 * clips)
    for batch in batches:
        people = [table.subject[list(window)] for window in batch]
        assert all(len(set(each.tolist())) == 1 for each in people)
        assert len({int(each[0]) for each in people}) == clips
    turns = Counter(int(table.subject[window[0]]) for batch in batches for window in batch)
    assert max(turns.values()) - min(turns.values()) <= 1


def test_windows_are_redrawn_every_epoch_and_follow_from_seed_epoch_and_step() -> None:
    sampler = ClipWindows(frames=3)
    first, again = (drawn(sampler, codes(), epoch=1, size=9) for _ in range(2))
    assert first == again
    assert drawn(sampler, codes(), epoch=2, size=9) != first
    assert drawn(sampler, codes(), epoch=1, size=9, seed=4) != first
    epochs = [drawn(sampler, codes(), epoch=epoch, size=9) for epoch in (1, 2)]
    assert {w for b in epochs[0] for w in b} != {w for b in epochs[1] for w in b}


def test_time_runs_forward_at_the_stride() -> None:
    table = codes(seed=5)
    for stride in (1, 2):
        for batch in drawn(ClipWindows(frames=3, stride=stride), table, epoch=0, size=6):
            for window in batch:
                stored = np.sort(table.frame[table.clip == table.clip[window[0]]])
                places = np.searchsorted(stored, table.frame[list(window)])
                assert np.diff(places).tolist() == [stride, stride]


def test_what_cannot_be_drawn_is_refused() -> None:
    table = codes()
    with pytest.raises(MienError, match="does not divide into windows of 4"):
        ClipWindows(frames=4).steps(table, size=6)
    for odd in (ClipWindows(frames=1), ClipWindows(frames=4, stride=0)):
        with pytest.raises(MienError, match="does not divide"):
            odd.steps(table, size=4)
    with pytest.raises(MienError, match="6 people have a clip long enough, too few"):
        ClipWindows(frames=4).steps(table, size=28)
    with pytest.raises(MienError, match="0 people"):
        ClipWindows(frames=40).steps(table, size=40)
