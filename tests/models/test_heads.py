"""Heads: what they compute and that seeds decide them."""

import pytest
import torch
from torch.testing import assert_close

from mien.models.heads import Projection, classifier, unit


def test_unit_rows_have_length_one_and_zero_stays() -> None:
    rows = torch.tensor([[3.0, 4.0], [0.0, 0.0]])
    assert_close(unit(rows), torch.tensor([[0.6, 0.8], [0.0, 0.0]]))


@pytest.mark.parametrize("hidden", [0, 5])
def test_projection(hidden: int) -> None:
    head = Projection(dim=3, hidden=hidden).build(4, seed=1)
    rows = torch.randn(2, 4)
    t = head.state_dict()
    if hidden:
        expected = (rows @ t["0.weight"].T + t["0.bias"]).relu() @ t["2.weight"].T + t["2.bias"]
    else:
        assert list(t) == ["weight"]
        expected = rows @ t["weight"].T
    assert_close(head(rows), expected)
    again = Projection(dim=3, hidden=hidden).build(4, seed=1).state_dict()
    assert all(torch.equal(again[key], t[key]) for key in t)


def test_classifier_starts_unbiased() -> None:
    head = classifier(4, 7, seed=0)
    assert head(torch.zeros(2, 4)).abs().max() == 0
    assert head(torch.randn(2, 4)).shape == (2, 7)
