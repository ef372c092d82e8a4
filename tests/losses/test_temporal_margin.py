import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import gradcheck

from losses import slow_self_supervised as slow
from losses.draws import unit_rows
from mien.losses.temporal_margin import (
    one_pair,
    ordered_pairs,
    ranking_chain,
    squared_distances,
    triplet_margin,
)


def clips(count, frames, *, seed=0):
    return unit_rows(count * frames, seed=seed).unflatten(0, (count, frames))


def parts(faces, anchors):
    """Distances from the anchors and gaps in time."""
    chosen = torch.tensor(anchors)
    gap = (torch.arange(faces.shape[1])[None] - chosen[:, None]).abs()
    return squared_distances(faces[torch.arange(len(faces)), chosen], faces), gap


@pytest.mark.parametrize("grows", [False, True])
@pytest.mark.parametrize(
    ("frames", "anchors"), [(2, [0, 1]), (3, [1, 0]), (4, [0, 3]), (6, [2, 5, 1])]
)
def test_triplets_equal_loops(frames, anchors, grows):
    faces = clips(len(anchors), frames)
    distance, gap = parts(faces, anchors)
    got = triplet_margin(distance, gap, ordered_pairs(gap), margin=0.2, grows=grows)
    want = slow.triplet(faces.tolist(), anchors, 0.2, grows)
    assert got.item() == pytest.approx(want, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("frames", [3, 4, 12])
def test_chain_equals_loops(frames):
    faces = clips(3, frames)
    got = ranking_chain(squared_distances(faces[:, 0], faces[:, 1:]), margin=0.03)
    assert got.item() == pytest.approx(slow.chain(faces.tolist(), 0.03), rel=1e-10)


def test_frames_that_are_all_alike_cost_the_margin():
    faces = unit_rows(1).expand(4, 5, -1)
    distance, gap = parts(faces, [0, 1, 2, 4])
    pairs = ordered_pairs(gap)
    assert triplet_margin(distance, gap, pairs, margin=0.25).item() == pytest.approx(0.25)
    assert ranking_chain(distance[:1, 1:], margin=0.25).item() == pytest.approx(3 * 0.25)


def test_frames_on_an_arc_cost_nothing():
    angle = torch.arange(5, dtype=torch.float64) * 0.3
    faces = torch.stack([angle.cos(), angle.sin()], 1)[None]
    distance, gap = parts(faces, [0])
    assert triplet_margin(distance, gap, ordered_pairs(gap), margin=0.05).item() == 0
    assert ranking_chain(distance[:, 1:], margin=0.05).item() == 0


def test_a_clip_without_a_pair_is_left_out():
    faces = clips(2, 3)
    distance, gap = parts(faces, [1, 0])  # the middle of three frames: both others equally near
    both = triplet_margin(distance, gap, ordered_pairs(gap), margin=0.3)
    alone = triplet_margin(distance[1:], gap[1:], ordered_pairs(gap[1:]), margin=0.3)
    assert both == alone
    none = triplet_margin(distance[:1], gap[:1], ordered_pairs(gap[:1]), margin=0.3)
    assert none == 0


@given(st.integers(2, 7), st.integers(0, 6), st.integers(0, 2**62))
def test_one_pair_is_one_of_all(frames, anchor, word):
    gap = (torch.arange(frames) - min(anchor, frames - 1)).abs()[None]
    every = ordered_pairs(gap)
    one = one_pair(every, torch.tensor([word]))
    assert one.sum() == min(1, every.sum())
    assert not (one & ~every).any()


def test_each_pair_has_its_turn():
    gap = torch.tensor([[0, 1, 2, 3]]).expand(300, -1)
    taken = one_pair(ordered_pairs(gap), torch.arange(300)).sum(0)
    assert taken.tolist() == [[0] * 4, [0, 0, 100, 100], [0, 0, 0, 100], [0] * 4]


@pytest.mark.parametrize("grows", [False, True])
def test_gradients(grows):
    def loss(faces):
        distance, gap = parts(faces, [0, 2])
        pairs = ordered_pairs(gap)
        triplets = triplet_margin(distance, gap, pairs, margin=0.5, grows=grows)
        return triplets + ranking_chain(distance[:, 1:], margin=0.5)

    assert gradcheck(loss, clips(2, 4).requires_grad_())


@given(st.integers(0, 1000), st.floats(0.0, 1.0))
def test_a_larger_margin_never_costs_less_and_time_may_be_mirrored(seed, margin):
    faces = clips(3, 5, seed=seed)
    distance, gap = parts(faces, [0, 2, 4])
    pairs = ordered_pairs(gap)
    loss = triplet_margin(distance, gap, pairs, margin=margin)
    assert triplet_margin(distance, gap, pairs, margin=margin + 0.1) >= loss
    back, behind = parts(faces.flip(1), [4, 2, 0])
    mirrored = triplet_margin(back, behind, ordered_pairs(behind), margin=margin)
    torch.testing.assert_close(mirrored, loss)
