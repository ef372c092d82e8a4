"""MaskFN against loops and closed forms, value and gradient."""

import math

import pytest
import torch

from losses.draws import codes, unit_rows
from mien.losses.false_negatives import masked_false_negatives
from mien.losses.nt_xent import nt_xent


def slow(views, descriptor, faced, clip, *, temperature, exclude_own_clip):
    """The definition, view by view; pairs lie side by side."""
    z, g = views.flatten(0, 1), descriptor.flatten(0, 1)
    faces, clips = faced.flatten().tolist(), clip.repeat_interleave(2).tolist()
    first, second = [], []
    for i in range(len(z)):
        j = i + 1 if i % 2 == 0 else i - 1
        best, false = -math.inf, None
        for m in range(len(z)):
            if m in {i, j} or not (faces[i] and faces[m]):
                continue
            if exclude_own_clip and clips[m] == clips[i]:
                continue
            cosine = sum((g[i, d] * g[m, d]).item() for d in range(g.shape[1]))
            if cosine > best:
                best, false = cosine, m
        s = [math.exp((z[i] @ z[m]).item() / temperature) for m in range(len(z))]
        rest = sum(s[m] for m in range(len(z)) if m not in {i, j, false})
        first.append(-math.log(s[j] / (s[j] + rest)))
        if false is not None:
            second.append(-math.log(s[false] / (s[false] + rest)))
    return sum(first) / len(first), sum(second) / max(len(second), 1), len(second) / len(z)


def draw(pairs: int, seed: int):
    views = unit_rows(2 * pairs, seed=seed).unflatten(0, (pairs, 2))
    descriptor = unit_rows(2 * pairs, dim=7, seed=seed + 50).unflatten(0, (pairs, 2))
    faced = codes(2 * pairs, kinds=5, unknown=False, seed=seed).unflatten(0, (pairs, 2)) > 0
    return views, descriptor, faced, torch.arange(pairs) // 2


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("pairs", [2, 3, 6, 9])
@pytest.mark.parametrize("seed", range(3))
def test_it_equals_the_loops(pairs, seed, own):
    inputs = draw(pairs, seed)
    found = masked_false_negatives(*inputs, temperature=0.3, exclude_own_clip=own)
    wanted = slow(*inputs, temperature=0.3, exclude_own_clip=own)
    assert [value.item() for value in found] == pytest.approx(wanted)


def test_without_faces_it_is_nt_xent():
    views, descriptor, faced, clip = draw(5, 1)
    found = masked_false_negatives(
        views, descriptor, torch.zeros_like(faced), clip, temperature=0.1
    )
    torch.testing.assert_close(found.pair, nt_xent(views, temperature=0.1))
    assert found.found == found.share == 0


def test_identical_views_have_a_closed_form():
    """Of n equal views each has n - 3 negatives: both terms are log(n - 2)."""
    views = unit_rows(1).expand(12, -1).unflatten(0, (6, 2))
    descriptor, faced, clip = draw(6, 0)[1:]
    everywhere = torch.ones_like(faced)
    found = masked_false_negatives(views, descriptor, everywhere, clip, temperature=0.07)
    assert found.pair.item() == pytest.approx(math.log(10))
    assert found.found.item() == pytest.approx(math.log(10))
    assert found.share == 1


def test_own_clip_decides_between_two_candidates():
    """The likest view is of the same clip: with it excluded, the next one is pulled closer."""
    look = torch.tensor([[1.0, 0], [1, 0], [1, 0], [1, 0], [0.6, 0.8], [0, 1]])
    descriptor, clip = look.double().unflatten(0, (3, 2)), torch.tensor([0, 0, 1])
    faced = torch.ones(3, 2, dtype=torch.bool)
    for exclude, pulled in ((True, 4), (False, 2)):
        views = unit_rows(6, seed=3).unflatten(0, (3, 2)).requires_grad_()
        found = masked_false_negatives(
            views, descriptor, faced, clip, temperature=0.5, exclude_own_clip=exclude
        ).found
        flat = views.detach().flatten(0, 1)
        s = torch.exp(flat @ flat.T / 0.5)
        of = {0: pulled, 1: pulled, 2: 4 if exclude else 0, 3: 4 if exclude else 0, 4: 0, 5: 0}
        losses = [
            -torch.log(s[i, k] / sum(s[i, m] for m in range(6) if m not in {i, i ^ 1}))
            for i, k in of.items()
        ]
        assert found.item() == pytest.approx((sum(losses) / 6).item())


@pytest.mark.parametrize("own", [True, False])
def test_gradients_are_right(own):
    views, descriptor, faced, clip = draw(4, 2)

    def loss(features):
        found = masked_false_negatives(
            features, descriptor, faced, clip, temperature=0.4, exclude_own_clip=own
        )
        return found.pair + 0.8 * found.found

    assert torch.autograd.gradcheck(loss, views.clone().requires_grad_())


def test_descriptors_take_no_gradient():
    views, descriptor, faced, clip = draw(4, 2)
    descriptor.requires_grad_()
    found = masked_false_negatives(
        views.clone().requires_grad_(), descriptor, faced, clip, temperature=0.4
    )
    (found.pair + found.found).backward()
    assert descriptor.grad is None
