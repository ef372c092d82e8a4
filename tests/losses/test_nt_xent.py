import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from losses import slow_losses
from losses.draws import unit_rows
from mien.errors import MienError
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


@pytest.mark.parametrize("chunk", [None, 1, 4, 6, 9])
def test_gradients(chunk):
    heat = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    assert gradcheck(
        lambda views, heat: nt_xent(views, temperature=heat, chunk=chunk),
        (pairs(3).requires_grad_(), heat),
    )


def spelled_out(views, temperature):
    """The loss by plain operations on a matrix of everything."""
    flat = views.flatten(0, 1)
    count = len(flat)
    logits = (flat @ flat.T / temperature).masked_fill(torch.eye(count).bool(), -torch.inf)
    return -logits.log_softmax(1)[torch.arange(count), torch.arange(count) ^ 1].mean()


@pytest.mark.parametrize("chunk", [None, 5])
@pytest.mark.parametrize("temperature", [1.0, 0.1, 0.01])
def test_single_precision_is_near_double(chunk, temperature):
    views = pairs(9).requires_grad_()
    single = views.detach().float().requires_grad_()
    want = spelled_out(views, temperature)
    got = nt_xent(single, temperature=temperature, chunk=chunk)
    (5.0 * want).backward()
    (5.0 * got).backward()
    assert got.dtype == torch.float32
    torch.testing.assert_close(got, want.float(), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(single.grad, views.grad.float(), rtol=1e-5, atol=1e-5 / temperature)


@pytest.mark.parametrize("chunk", [None, 5])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_widened_first(chunk, dtype):
    half = pairs(9).to(dtype).requires_grad_()
    wide = half.detach().float().requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        got = nt_xent(half, temperature=0.07, chunk=chunk)
    want = nt_xent(wide, temperature=0.07, chunk=chunk)
    got.backward()
    want.backward()
    assert torch.equal(got, want)
    assert torch.equal(half.grad, wide.grad.to(dtype))


def test_in_pieces_without_gradients():
    views = pairs(4).requires_grad_()
    with torch.no_grad():
        got = nt_xent(views, temperature=0.2, chunk=3)
    torch.testing.assert_close(got, nt_xent(views, temperature=0.2).detach())
    assert not got.requires_grad


@pytest.mark.parametrize("chunk", [0, -4])
def test_pieces_are_not_empty(chunk):
    with pytest.raises(MienError, match="views at a time"):
        nt_xent(pairs(2), temperature=0.2, chunk=chunk)


@given(st.data(), st.integers(2, 8))
@settings(max_examples=25, deadline=None)
def test_order_of_images_and_of_views_does_not_matter(data, count):
    order = torch.tensor(data.draw(st.permutations(range(count))))
    views = pairs(count, seed=count)
    plain = nt_xent(views, temperature=0.1)
    torch.testing.assert_close(nt_xent(views[order], temperature=0.1), plain)
    torch.testing.assert_close(nt_xent(views.flip(1), temperature=0.1), plain)
