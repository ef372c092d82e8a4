"""The slow network follows the fast one, by closed form."""

import copy

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from mien.models.momentum import follow


def test_closed_form_after_many_steps():
    slow, fast = nn.Linear(3, 2), nn.Linear(3, 2)
    start = slow.weight.detach().clone()
    for _ in range(5):
        follow(slow, fast, decay=0.9)
    assert_close(slow.weight.detach(), 0.9**5 * start + (1 - 0.9**5) * fast.weight.detach())
    assert slow.weight.grad is None


@pytest.mark.parametrize("decay", [0.0, 1.0])
def test_ends_of_the_range(decay):
    fast = nn.Linear(3, 2)
    slow = nn.Linear(3, 2)
    before = copy.deepcopy(slow.state_dict())
    follow(slow, fast, decay=decay)
    assert_close(slow.state_dict(), fast.state_dict() if decay == 0 else before)


def test_buffers_are_copied():
    fast = nn.BatchNorm1d(2)
    slow = copy.deepcopy(fast)
    fast(torch.randn(8, 2))
    follow(slow, fast, decay=0.99)
    assert_close(dict(slow.named_buffers()), dict(fast.named_buffers()))


def test_refusals():
    with pytest.raises(ValueError, match="outside"):
        follow(nn.Linear(2, 2), nn.Linear(2, 2), decay=1.5)
    with pytest.raises(ValueError, match="no copy"):
        follow(nn.Linear(2, 2), nn.Linear(2, 2, bias=False), decay=0.5)
