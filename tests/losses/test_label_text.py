import math

import pytest
import torch
from torch.autograd import gradcheck

from losses import slow_losses
from losses.draws import scores, unit_rows
from mien.losses.label_text import cosine_logits, description_name_loss, paired_logits
from mien.losses.similarity import unit

SCALE = torch.tensor(12.0, dtype=torch.float64)


def test_cosine_logits_are_scaled_cosines():
    face, text = unit_rows(4, seed=1), unit_rows(3, seed=2)
    bias = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64)
    for b in (None, bias[0], bias):
        got = cosine_logits(face, text, scale=SCALE, bias=b)
        for i in range(4):
            for k in range(3):
                shift = 0.0 if b is None else (b if b.ndim == 0 else b[k]).item()
                want = 12.0 * slow_losses.dot(face[i].tolist(), text[k].tolist()) + shift
                assert got[i, k].item() == pytest.approx(want)


def test_the_pair_form_is_a_softmax_over_two_prompts():
    face, present, absent = unit_rows(4, seed=1), unit_rows(3, seed=2), unit_rows(3, seed=3)
    got = paired_logits(face, present, absent, scale=SCALE).sigmoid()
    for i in range(4):
        for k in range(3):
            yes = math.exp(12 * slow_losses.dot(face[i].tolist(), present[k].tolist()))
            no = math.exp(12 * slow_losses.dot(face[i].tolist(), absent[k].tolist()))
            assert got[i, k].item() == pytest.approx(yes / (yes + no))


def test_equal_prompts_leave_the_pair_undecided():
    face, text = unit_rows(4), unit_rows(3)
    assert torch.equal(paired_logits(face, text, text, scale=SCALE), torch.zeros(4, 3).double())


def test_description_loss_equals_loops():
    description, name = unit_rows(5, seed=1), unit_rows(5, seed=2)
    want = slow_losses.activity_text(description.tolist(), name.tolist(), list(range(5)), 1 / 12)
    got = description_name_loss(description, name, scale=SCALE)
    assert got.item() == pytest.approx(want, rel=1e-10)


def test_description_loss_closed_forms():
    same = unit_rows(1).expand(6, -1)
    assert description_name_loss(same, same, scale=SCALE).item() == pytest.approx(math.log(6))
    apart = torch.eye(6, dtype=torch.float64)
    want = math.log(1 + 5 * math.exp(-12))
    assert description_name_loss(apart, apart, scale=SCALE).item() == pytest.approx(want)


def test_gradients():
    face, text = unit_rows(3, seed=1).requires_grad_(), unit_rows(4, seed=2).requires_grad_()
    other, scale = unit_rows(4, seed=3).requires_grad_(), SCALE.clone().requires_grad_()
    assert gradcheck(
        lambda v, n, d, s: (
            cosine_logits(v, n, scale=s).sigmoid().sum()
            + paired_logits(v, n, d, scale=s).sigmoid().sum()
            + description_name_loss(d, n, scale=s)
        ),
        (face, text, other, scale),
    )


def test_unit_rows_have_length_one_and_zero_stays():
    rows = torch.cat([scores(4, 3), torch.zeros(1, 3, dtype=torch.float64)])
    lengths = unit(rows).norm(dim=-1)
    torch.testing.assert_close(lengths, torch.tensor([1.0, 1, 1, 1, 0], dtype=torch.float64))
    assert unit(rows.to(torch.bfloat16)).dtype == torch.float32
