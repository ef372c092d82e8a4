import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from losses import slow_losses
from losses.draws import unit_rows
from mien.losses.nt_xent import nt_xent


def pairs(count, seed=0):
    return torch.stack([unit_rows(count, seed=seed), unit_rows(count, seed=seed + 50)], 1)


@pytest.mark.parametrize("count", [1, 2, 6])
def test_equals_loops(count):
    views = pairs(count)
    want = slow_losses.nt_xent(views[:, 0].tolist(), views[:, 1].tolist(), 0.2)
    assert nt_xent(views, temperature=0.2).item() == pytest.approx(want, rel=1e-10, abs=1e-12)


def test_identical_faces_give_the_log_of_the_others():
    views = unit_rows(1).expand(6, 2, -1)
    assert nt_xent(views, temperature=0.1).item() == pytest.approx(math.log(11))


@pytest.mark.parametrize("chunk", [1, 3, 14, 100])
def test_chunked_equals_dense(chunk):
    plain, parts = pairs(7).requires_grad_(), pairs(7).requires_grad_()
    heats = [torch.tensor(0.3, dtype=torch.float64, requires_grad=True) for _ in range(2)]
    dense = nt_xent(plain, temperature=heats[0])
    chunked = nt_xent(parts, temperature=heats[1], chunk=chunk)
    dense.backward()
    chunked.backward()
    torch.testing.assert_close(chunked, dense, rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(parts.grad, plain.grad, rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(heats[1].grad, heats[0].grad, rtol=1e-12, atol=1e-14)


def test_gradients():
    assert gradcheck(lambda views: nt_xent(views, temperature=0.3), pairs(3).requires_grad_())


@given(st.data(), st.integers(2, 8))
@settings(max_examples=25, deadline=None)
def test_order_of_images_and_of_views_does_not_matter(data, count):
    order = torch.tensor(data.draw(st.permutations(range(count))))
    views = pairs(count, seed=count)
    plain = nt_xent(views, temperature=0.1)
    torch.testing.assert_close(nt_xent(views[order], temperature=0.1), plain)
    torch.testing.assert_close(nt_xent(views.flip(1), temperature=0.1), plain)
