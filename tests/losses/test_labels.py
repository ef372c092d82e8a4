import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from losses import slow_losses
from losses.draws import codes, partly_known, scores, unit_rows
from mien.losses.concordance import concordance_loss
from mien.losses.intensity import masked_intensity_loss
from mien.losses.multilabel import balance_weights, masked_binary_loss
from mien.losses.softmax import masked_softmax_loss

NAN = float("nan")


@pytest.mark.parametrize("balance", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_binary_equals_loops(balance, weighted, seed):
    logits, targets = scores(9, 3, seed=seed), partly_known(9, 3, seed=seed)
    weight = torch.tensor([0.5, 2.0, 7.0], dtype=torch.float64) if weighted else None
    got = masked_binary_loss(logits, targets, positive_weight=weight, balance=balance)
    want = slow_losses.binary(
        logits.tolist(), targets.tolist(), None if weight is None else weight.tolist(), balance
    )
    assert got.item() == pytest.approx(want, rel=1e-10)


def test_binary_of_zero_logits_is_log_two():
    targets = partly_known(6, 4)
    assert masked_binary_loss(torch.zeros(6, 4), targets).item() == pytest.approx(math.log(2))


def test_balanced_weights_give_both_sides_half():
    targets = torch.tensor([[1.0, 0.0], [0.0, NAN], [0.0, 0.0], [0.0, 0.0]])
    up, down = balance_weights(targets)
    torch.testing.assert_close(up, torch.tensor([2.0, 1.5]))
    torch.testing.assert_close(down, torch.tensor([4 / 6, 0.5]))


@pytest.mark.parametrize("balanced", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_softmax_equals_loops(balanced, seed):
    logits, target = scores(8, 4, seed=seed), codes(8, kinds=4, unknown=True, seed=seed)
    counts = torch.tensor([1.0, 5.0, 20.0, 3.0], dtype=torch.float64) if balanced else None
    got = masked_softmax_loss(logits, target, counts=counts)
    want = slow_losses.softmax(
        logits.tolist(), target.tolist(), None if counts is None else counts.tolist()
    )
    assert got.item() == pytest.approx(want, rel=1e-10)


def test_equal_counts_change_nothing():
    logits, target = scores(8, 4), codes(8, kinds=4, unknown=True)
    even = masked_softmax_loss(logits, target, counts=torch.full((4,), 9.0))
    torch.testing.assert_close(even, masked_softmax_loss(logits, target))


@pytest.mark.parametrize("width", [0.5, 1.0, 3.0])
def test_intensity_equals_loops(width):
    prediction, target = 3 * scores(7, 3), partly_known(7, 3, binary=False)
    got = masked_intensity_loss(prediction, target, width=width)
    want = slow_losses.smooth_l1(prediction.tolist(), target.tolist(), width)
    assert got.item() == pytest.approx(want, rel=1e-10)


@pytest.mark.parametrize("seed", range(4))
def test_concordance_equals_loops(seed):
    prediction, target = scores(6, 2, seed=seed), partly_known(6, 2, seed=seed, binary=False)
    got = concordance_loss(prediction, target).item()
    want = slow_losses.concordance(prediction.tolist(), target.tolist())
    assert got == pytest.approx(want, abs=1e-7)


def test_concordance_closed_forms():
    rows = scores(9, 2)
    assert concordance_loss(rows, rows).item() == pytest.approx(0, abs=1e-7)
    centred = rows - rows.mean(0)
    assert concordance_loss(-centred, centred).item() == pytest.approx(2, abs=1e-7)
    # A constant shift d of unit-variance data: CCC = 2 / (2 + d²).
    standard = centred / centred.square().mean(0).sqrt()
    shifted = concordance_loss(standard + 3, standard).item()
    assert shifted == pytest.approx(1 - 2 / 11, abs=1e-7)


def test_concordance_leaves_out_columns_with_one_row():
    target = torch.tensor([[1.0, 2.0], [NAN, 1.0], [NAN, 0.0]], dtype=torch.float64)
    prediction = scores(3, 2)
    both = concordance_loss(prediction, target)
    torch.testing.assert_close(both, concordance_loss(prediction[:, 1:], target[:, 1:]))


LOSSES = {
    "binary": lambda logits: masked_binary_loss(logits, partly_known(6, 3)),
    "balanced binary": lambda logits: masked_binary_loss(logits, partly_known(6, 3), balance=True),
    "softmax": lambda logits: masked_softmax_loss(logits, codes(6, kinds=3, unknown=True)),
    "intensity": lambda logits: masked_intensity_loss(logits, partly_known(6, 3, binary=False)),
    "concordance": lambda logits: concordance_loss(logits, partly_known(6, 3, binary=False)),
}


@pytest.mark.parametrize("name", LOSSES)
def test_gradients(name):
    assert gradcheck(LOSSES[name], scores(6, 3).requires_grad_())


@pytest.mark.parametrize("name", LOSSES)
def test_half_precision_is_widened(name):
    assert LOSSES[name](scores(6, 3).to(torch.bfloat16)).dtype in {torch.float32, torch.float64}


UNKNOWN = {
    "binary": lambda rows: masked_binary_loss(rows, torch.full((4, 3), NAN)),
    "balanced binary": lambda rows: masked_binary_loss(rows, torch.full((4, 3), NAN), balance=True),
    "softmax": lambda rows: masked_softmax_loss(rows, torch.full((4,), -1)),
    "intensity": lambda rows: masked_intensity_loss(rows, torch.full((4, 3), NAN)),
    "concordance": lambda rows: concordance_loss(rows, torch.full((4, 3), NAN)),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_nothing_known_is_zero_with_zero_gradient(name):
    rows = torch.randn(4, 3, generator=torch.Generator().manual_seed(0)).requires_grad_()
    loss = UNKNOWN[name](rows)
    loss.backward()
    assert loss.item() == 0
    assert torch.equal(rows.grad, torch.zeros_like(rows))


@given(st.integers(0, 1000), st.permutations(range(7)), st.permutations(range(3)))
@settings(max_examples=25, deadline=None)
def test_order_of_rows_and_units_does_not_matter(seed, rows, units):
    logits, targets = scores(7, 3, seed=seed), partly_known(7, 3, seed=seed)
    values = partly_known(7, 3, seed=seed, binary=False)
    moved = logits[rows][:, units]
    for loss in (
        lambda x, move: masked_binary_loss(x, move(targets), balance=True),
        lambda x, move: masked_intensity_loss(x, move(values)),
        lambda x, move: concordance_loss(x, move(values)),
    ):
        plain = loss(logits, lambda t: t)
        torch.testing.assert_close(loss(moved, lambda t: t[rows][:, units]), plain)


@given(st.integers(0, 1000), st.floats(-1e4, 1e4))
@settings(max_examples=25, deadline=None)
def test_scores_of_unknown_targets_do_not_matter(seed, noise):
    logits, targets = scores(7, 3, seed=seed), partly_known(7, 3, seed=seed)
    disturbed = torch.where(targets.isnan(), logits + noise, logits)
    plain = masked_binary_loss(logits, targets)
    torch.testing.assert_close(masked_binary_loss(disturbed, targets), plain)


def test_softmax_ignores_a_common_shift():
    logits, target = scores(7, 3), codes(7, kinds=3, unknown=True)
    shifted = logits + unit_rows(7, dim=1)
    torch.testing.assert_close(
        masked_softmax_loss(shifted, target), masked_softmax_loss(logits, target)
    )
