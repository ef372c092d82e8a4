import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from losses import slow_losses
from losses.draws import codes, unit_rows
from mien.losses.activity_contrast import activity_image_loss, activity_text_loss, pair_masks

POLICIES = ["positive", "ignored", "negative"]


@pytest.mark.parametrize("own_view", [True, False])
@pytest.mark.parametrize("same_subject", POLICIES)
@pytest.mark.parametrize("count", [1, 2, 7, 12])
def test_image_loss_equals_loops(own_view, same_subject, count):
    view, other = unit_rows(count, seed=1), unit_rows(count, seed=2)
    activity = codes(count, kinds=3, unknown=True, seed=count)
    subject = codes(count, kinds=2, unknown=False, seed=count)
    options = {"own_view": own_view, "same_subject": same_subject}
    got = activity_image_loss(view, other, activity, subject, temperature=0.2, **options)
    want = slow_losses.activity_image(
        view.tolist(), other.tolist(), activity.tolist(), subject.tolist(), 0.2, **options
    )
    assert got.item() == pytest.approx(want, rel=1e-10, abs=1e-12)


def test_symmetric_is_the_mean_of_both_directions():
    view, other = unit_rows(6, seed=1), unit_rows(6, seed=2)
    activity, subject = codes(6, kinds=2, unknown=False), torch.arange(6)
    one = activity_image_loss(view, other, activity, subject, temperature=0.1)
    two = activity_image_loss(other, view, activity, subject, temperature=0.1)
    both = activity_image_loss(view, other, activity, subject, temperature=0.1, symmetric=True)
    torch.testing.assert_close(both, (one + two) / 2)


@pytest.mark.parametrize("text_to_image", [False, True])
@pytest.mark.parametrize("count", [1, 5, 9])
def test_text_loss_equals_loops(text_to_image, count):
    face, text = unit_rows(count, seed=3), unit_rows(4, seed=4)
    activity = codes(count, kinds=4, unknown=True, seed=count)
    got = activity_text_loss(face, text, activity, temperature=0.1, text_to_image=text_to_image)
    arguments = (face.tolist(), text.tolist(), activity.tolist(), 0.1)
    want = slow_losses.activity_text(*arguments)
    if text_to_image:
        want = (want + slow_losses.text_activity(*arguments)) / 2
    assert got.item() == pytest.approx(want, rel=1e-10, abs=1e-12)


def test_identical_faces_give_log_of_their_number():
    view = unit_rows(1).expand(8, -1)
    activity, subject = torch.tensor([0, 0, 0, 1, 1, 2, 2, 2]), torch.arange(8)
    loss = activity_image_loss(view, view, activity, subject, temperature=0.07)
    assert loss.item() == pytest.approx(math.log(8))
    text = unit_rows(1).expand(5, -1)
    assert activity_text_loss(view, text, activity, temperature=0.07).item() == pytest.approx(
        math.log(5)
    )


def test_perfect_clusters_reach_the_entropy_of_their_size():
    # Orthogonal activities, a cold softmax: the mass spreads evenly over the positives.
    view = torch.eye(3, dtype=torch.float64).repeat_interleave(4, 0)
    activity = torch.arange(3).repeat_interleave(4)
    loss = activity_image_loss(view, view, activity, torch.arange(12), temperature=0.01)
    assert loss.item() == pytest.approx(math.log(4))


def test_unknown_activities_change_nothing():
    view, other = unit_rows(9, seed=5), unit_rows(9, seed=6)
    activity, subject = codes(9, kinds=3, unknown=False), torch.arange(9)
    activity[[1, 4]] = -1
    kept = activity >= 0
    whole = activity_image_loss(view, other, activity, subject, temperature=0.1)
    part = activity_image_loss(
        view[kept], other[kept], activity[kept], subject[kept], temperature=0.1
    )
    torch.testing.assert_close(whole, part)


def test_a_batch_without_known_activity_is_zero_with_zero_gradient():
    view = unit_rows(4).requires_grad_()
    activity, subject = torch.full((4,), -1), torch.arange(4)
    loss = activity_image_loss(view, view, activity, subject, temperature=0.1)
    loss = loss + activity_text_loss(
        view, unit_rows(3), activity, temperature=0.1, text_to_image=True
    )
    loss.backward()
    assert loss.item() == 0
    assert torch.equal(view.grad, torch.zeros_like(view))


@pytest.mark.parametrize("same_subject", POLICIES)
def test_gradients(same_subject):
    view, other = unit_rows(5, seed=1).requires_grad_(), unit_rows(5, seed=2).requires_grad_()
    text, heat = unit_rows(3, seed=3).requires_grad_(), torch.tensor(0.3, dtype=torch.float64)
    activity, subject = torch.tensor([0, 1, 0, -1, 0]), torch.tensor([0, 0, 1, 1, 0])

    def loss(view, other, text, heat):
        image = activity_image_loss(
            view, other, activity, subject, temperature=heat, same_subject=same_subject
        )
        return image + activity_text_loss(
            view, text, activity, temperature=heat, text_to_image=True
        )

    assert gradcheck(loss, (view, other, text, heat.requires_grad_()))


@given(st.data(), st.integers(2, 9), st.sampled_from(POLICIES), st.booleans())
@settings(max_examples=30, deadline=None)
def test_order_and_code_numbers_do_not_matter(data, count, same_subject, own_view):
    order = torch.tensor(data.draw(st.permutations(range(count))))
    renamed = torch.tensor([*data.draw(st.permutations(range(3))), -1])
    view, other = unit_rows(count, seed=7), unit_rows(count, seed=8)
    activity = codes(count, kinds=3, unknown=True, seed=count)
    subject = codes(count, kinds=2, unknown=False, seed=count)
    options = {"temperature": 0.1, "same_subject": same_subject, "own_view": own_view}
    plain = activity_image_loss(view, other, activity, subject, **options)
    moved = activity_image_loss(
        view[order], other[order], renamed[activity][order], subject[order], **options
    )
    torch.testing.assert_close(plain, moved)
    assert plain.item() >= -1e-12


@given(st.integers(1, 10), st.sampled_from(POLICIES), st.booleans())
@settings(max_examples=30, deadline=None)
def test_positives_are_candidates_of_the_same_activity(count, same_subject, own_view):
    activity = codes(count, kinds=3, unknown=True, seed=count)
    subject = codes(count, kinds=2, unknown=False, seed=count)
    positives, candidates = pair_masks(
        activity, subject, own_view=own_view, same_subject=same_subject
    )
    assert not (positives & ~candidates).any()
    same = activity[:, None] == activity[None]
    assert not (positives & ~same).any()
    # Images of other activities always repel, the anchor's own subject included.
    known = (activity >= 0)[:, None] & (activity >= 0)[None]
    assert torch.equal(candidates & ~same, known & ~same)


def test_autocast_does_not_round_the_similarities():
    view, other = unit_rows(8, seed=1).float(), unit_rows(8, seed=2).float()
    activity, subject = codes(8, kinds=2, unknown=False), torch.arange(8)
    plain = activity_image_loss(view, other, activity, subject, temperature=0.07)
    with torch.autocast("cpu", torch.bfloat16):
        cast = activity_image_loss(view, other, activity, subject, temperature=0.07)
    assert torch.equal(plain, cast)
