"""NT-Xent that knows who is shown, against loops and closed forms."""

import math

import pytest
import torch

from losses.draws import codes, unit_rows
from losses.slow_losses import dot, log_softmax_at
from mien.losses.nt_xent import nt_xent
from mien.losses.subject_contrast import subject_nt_xent


def slow(views, who, *, temperature, same):
    """The definition, view by view; pairs lie side by side."""
    rows = views.flatten(0, 1).tolist()
    people = [person for person in who.tolist() for _ in range(2)]
    losses = []
    for i, row in enumerate(rows):
        j = i + 1 if i % 2 == 0 else i - 1
        logits = {j: dot(row, rows[j]) / temperature}
        for m, other in enumerate(rows):
            weight = same if people[m] == people[i] >= 0 else 1.0
            if m not in {i, j} and weight > 0:
                logits[m] = dot(row, other) / temperature + math.log(weight)
        losses.append(-log_softmax_at(logits, j))
    return sum(losses) / len(losses)


def draw(pairs: int, seed: int):
    views = unit_rows(2 * pairs, seed=seed).unflatten(0, (pairs, 2))
    return views, codes(pairs, kinds=3, unknown=True, seed=seed)


@pytest.mark.parametrize("same", [0.0, 0.5, 1.0, 4.0])
@pytest.mark.parametrize("pairs", [2, 5, 9])
def test_it_equals_the_loops(pairs, same):
    views, who = draw(pairs, pairs)
    got = subject_nt_xent(views, who, temperature=0.3, same=same)
    assert got.item() == pytest.approx(slow(views, who, temperature=0.3, same=same))


def test_at_one_or_with_nobody_known_it_is_nt_xent():
    views, who = draw(6, 1)
    want = nt_xent(views, temperature=0.2)
    torch.testing.assert_close(subject_nt_xent(views, who, temperature=0.2), want)
    nobody = torch.full_like(who, -1)
    for same in (0.0, 3.0):
        torch.testing.assert_close(subject_nt_xent(views, nobody, temperature=0.2, same=same), want)


@pytest.mark.parametrize("same", [0.0, 1.0, 4.0])
def test_equal_faces_leave_the_logarithm_of_the_weights(same):
    """Two pairs of one person and one of another, all at one point."""
    views = torch.ones(3, 2, 4, dtype=torch.float64) / 2
    got = subject_nt_xent(views, torch.tensor([5, 5, 7]), temperature=0.1, same=same)
    want = (4 * math.log(1 + 2 * same + 2) + 2 * math.log(1 + 4)) / 6
    assert got.item() == pytest.approx(want)


def test_one_person_alone_without_own_negatives_has_nothing_to_learn():
    views = draw(4, 2)[0].requires_grad_()
    who = torch.zeros(4, dtype=torch.int64)
    loss = subject_nt_xent(views, who, temperature=0.1, same=0.0)
    loss.backward()
    assert loss.item() == pytest.approx(0.0)
    assert views.grad is not None
    assert not views.grad.any()


def test_gradients_are_those_of_finite_differences():
    views, who = draw(3, 4)
    for same in (0.0, 2.5):
        torch.autograd.gradcheck(
            lambda v, same=same: subject_nt_xent(v, who, temperature=0.5, same=same),
            (views.requires_grad_(),),
        )
