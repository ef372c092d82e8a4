"""MoCo's, SupCon's and the adversary's parts, and the measures of spread."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import gradcheck

from losses import slow_self_supervised as slow
from losses.draws import codes, unit_rows
from losses.test_nt_xent import pairs
from mien.losses.memory_contrast import memory_contrast
from mien.losses.nt_xent import nt_xent
from mien.losses.reverse import reversed_gradient
from mien.losses.spread import effective_rank, relative_deviation, variance_hinge
from mien.losses.supcon import supcon


@pytest.mark.parametrize("count", [0, 3, 8])
def test_memory_contrast_equals_loops(count):
    query, target, memory = unit_rows(5), unit_rows(5, seed=1), unit_rows(8, seed=2)
    held = torch.arange(8) < count
    got = memory_contrast(query, target, memory, held, temperature=0.2)
    rows = [rows.tolist() for rows in (query, target, memory)]
    want = slow.memory_contrast(*rows, held.tolist(), 0.2)
    assert got.item() == pytest.approx(want, rel=1e-10, abs=1e-12)


def test_a_memory_of_equals_gives_the_log_of_its_size():
    same = unit_rows(1).expand(7, -1)
    held = torch.ones(7, dtype=torch.bool)
    loss = memory_contrast(same[:2], same[:2], same, held, temperature=0.1)
    assert loss.item() == pytest.approx(math.log(8))
    memory = unit_rows(7)
    assert gradcheck(
        lambda rows: memory_contrast(rows, unit_rows(3, seed=4), memory, held, temperature=0.3),
        unit_rows(3, seed=5).requires_grad_(),
    )


@pytest.mark.parametrize("unknown", [False, True])
def test_supcon_equals_loops(unknown):
    views, label = pairs(7), codes(7, kinds=3, unknown=unknown, seed=2)
    want = slow.supcon(views.tolist(), label.tolist(), 0.2)
    got = supcon(views, label, temperature=0.2)
    assert got.item() == pytest.approx(want, rel=1e-10)


def test_supcon_of_different_classes_is_nt_xent():
    views = pairs(6)
    torch.testing.assert_close(
        supcon(views, torch.arange(6), temperature=0.1), nt_xent(views, temperature=0.1)
    )
    nothing = supcon(views.requires_grad_(), torch.full((6,), -1), temperature=0.1)
    nothing.backward()
    assert nothing == 0
    assert not views.grad.any()


@given(st.integers(0, 300))
def test_supcon_knows_classes_by_nothing_but_equality(seed):
    views, label = pairs(6, seed), codes(6, kinds=3, unknown=True, seed=seed)
    renamed = torch.tensor([2, 0, 1, -1])[label]
    torch.testing.assert_close(
        supcon(views, renamed, temperature=0.3), supcon(views, label, temperature=0.3)
    )


def test_reversal_turns_the_gradient_and_nothing_else():
    rows = unit_rows(3).requires_grad_()
    out = reversed_gradient(rows, weight=2.5)
    assert torch.equal(out, rows)
    (gradient,) = torch.autograd.grad((out * unit_rows(3, seed=7)).sum(), rows)
    torch.testing.assert_close(gradient, -2.5 * unit_rows(3, seed=7))


def test_spread_of_equal_rows_is_nothing():
    same = unit_rows(1).expand(6, -1)
    assert relative_deviation(same).item() == pytest.approx(0.0, abs=1e-12)
    assert effective_rank(same).item() == 0
    assert effective_rank(same.float() + 1e-9).item() == 0
    assert variance_hinge(same).item() == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize("dim", [2, 5])
def test_spread_along_every_axis_is_full(dim):
    rows = torch.cat([torch.eye(dim), -torch.eye(dim)]).double()
    assert relative_deviation(rows).item() == pytest.approx(1.0)
    assert effective_rank(rows).item() == pytest.approx(dim)
    assert variance_hinge(rows, wanted=0.99).item() == 0


def test_effective_rank_counts_directions():
    generator = torch.Generator().manual_seed(0)
    for used in (1, 2, 4):
        basis = torch.linalg.qr(torch.randn(9, used, generator=generator).double())[0]
        signs = torch.cat([torch.eye(used), -torch.eye(used)]).double()
        assert effective_rank(signs @ basis.T + 3).item() == pytest.approx(used, rel=1e-6)


@given(st.integers(0, 200), st.integers(2, 9))
def test_effective_rank_is_that_of_the_singular_values(seed, count):
    rows = unit_rows(count, seed=seed)
    values = torch.linalg.svdvals(rows - rows.mean(0))
    shares = values / values.sum()
    want = torch.special.entr(shares[shares > 1e-12]).sum().exp()
    # Squares of singular values: their rounding is the root of the machine's.
    assert effective_rank(rows).item() == pytest.approx(want.item(), rel=1e-5)


def test_the_hinge_pushes_rows_apart():
    rows = (unit_rows(1) + 0.01 * unit_rows(6, seed=3)).requires_grad_()
    variance_hinge(rows).backward()
    with torch.no_grad():
        moved = rows - 0.1 * rows.grad
    assert relative_deviation(moved) > relative_deviation(rows)
    assert gradcheck(variance_hinge, unit_rows(5).requires_grad_())
