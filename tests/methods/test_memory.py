"""The memory is a queue of the newest faces, whoever pushes them and whenever it is saved."""

from collections import deque

import torch
from hypothesis import given
from hypothesis import strategies as st

from mien.methods.memory import Memory, identity


def faces(count, *, start=0):
    numbers = torch.arange(start, start + count)
    return torch.stack([numbers.float(), -numbers.float()], 1), numbers % 5, numbers


@given(st.integers(1, 9), st.lists(st.integers(1, 12), max_size=8))
def test_it_holds_what_a_deque_holds(size, pushes):
    memory, oracle, number = Memory(size, 2), deque(maxlen=size), 0
    for count in pushes:
        assert bool(memory.full) == (number >= size)
        memory.push(*faces(count, start=number))
        oracle.extend(range(number, number + count))
        number += count
    held = memory.held
    assert held.sum() == len(oracle)
    assert set(memory.row[held].tolist()) == set(oracle)
    assert torch.equal(memory.keys[held, 0].long(), memory.row[held])
    assert torch.equal(memory.identity[held], memory.row[held] % 5)
    assert (memory.identity[~held] == -1).all()
    assert (memory.row[~held] == -1).all()
    assert len(memory) == size


def test_it_survives_in_a_state_dict():
    memory, again = Memory(5, 2), Memory(5, 2)
    memory.push(*faces(7))
    again.load_state_dict(memory.state_dict())
    for one in (memory, again):
        one.push(*faces(2, start=7))
    assert all(torch.equal(again.state_dict()[k], v) for k, v in memory.state_dict().items())


def test_identity_is_the_subject_else_the_clip():
    subject = torch.tensor([3, 3, -1, -1, -1, 4])
    clip = torch.tensor([1, 2, 3, 3, -1, -1])
    codes = identity(subject, clip)
    assert codes[0] == codes[1]
    assert codes[2] == codes[3]
    assert codes[4] == -1
    assert len({*codes.tolist()}) == 4


def test_the_unknown_are_like_nobody():
    memory = Memory(4, 2)
    memory.push(torch.ones(3, 2), torch.tensor([6, -1, 7]), torch.arange(3))
    same = memory.same(torch.tensor([6, -1, 8]))
    assert same.tolist() == [[True, False, False, False], [False] * 4, [False] * 4]
