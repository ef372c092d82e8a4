import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import gradcheck

from losses import slow_self_supervised as slow
from losses.draws import codes, unit_rows
from mien.losses import cross_identity as ours


def setting(queries=5, items=9, *, seed=0):
    """Queries, memory, and which items show somebody else."""
    query, memory = unit_rows(queries, seed=seed), unit_rows(items, seed=seed + 1)
    own = codes(queries, kinds=3, unknown=False, seed=seed)
    others = codes(items, kinds=3, unknown=False, seed=seed + 1)
    return query, memory, own[:, None] != others[None], own, others


@pytest.mark.parametrize("temperature", [0.07, 1.0])
def test_attention_and_reconstruction_equal_loops(temperature):
    query, memory, allowed, own, others = setting()
    weights, rebuilt = slow.reconstruction(
        query.tolist(), memory.tolist(), allowed.tolist(), temperature
    )
    got = ours.attention(query, memory, allowed, temperature=temperature)
    torch.testing.assert_close(got, torch.tensor(weights, dtype=torch.float64))
    torch.testing.assert_close(
        ours.reconstructed(got, memory), torch.tensor(rebuilt, dtype=torch.float64)
    )
    open_to_all = ours.attention(query, memory, torch.ones_like(allowed), temperature=temperature)
    want = [
        sum(float(a) for a, other in zip(row, others, strict=True) if other == me)
        for row, me in zip(open_to_all, own, strict=True)
    ]
    assert ours.mass(open_to_all, ~allowed).tolist() == pytest.approx(want)
    assert not ours.mass(got, ~allowed).any()


def test_both_forms_equal_loops():
    one, other = unit_rows(6), unit_rows(6, seed=3)
    assert ours.cosine_rows(one, other).tolist() == pytest.approx(
        slow.regression(one.tolist(), other.tolist())
    )
    assert ours.contrast_rows(one, other, temperature=0.1).tolist() == pytest.approx(
        slow.contrast(one.tolist(), other.tolist(), 0.1)
    )


def test_closed_forms():
    same = unit_rows(1).expand(4, -1)
    everything = torch.ones(4, 4, dtype=torch.bool)
    weights = ours.attention(same, same, everything, temperature=0.1)
    torch.testing.assert_close(weights, torch.full_like(weights, 0.25))
    torch.testing.assert_close(ours.relative_entropy(weights, everything), weights.sum(1))
    torch.testing.assert_close(ours.reconstructed(weights, same), same)
    assert ours.cosine_rows(same, same).tolist() == pytest.approx([0.0] * 4, abs=1e-12)
    assert ours.cosine_rows(same, -same).tolist() == pytest.approx([4.0] * 4)
    even = ours.contrast_rows(same, same, temperature=0.1)
    assert even.tolist() == pytest.approx([math.log(4)] * 4)


def test_a_query_that_may_use_nothing_gets_nothing_and_harms_nothing():
    query, memory, allowed, _, _ = setting()
    allowed[2] = False
    query.requires_grad_()
    weights = ours.attention(query, memory, allowed, temperature=0.1)
    assert not weights[2].any()
    entropy = ours.relative_entropy(weights, allowed)
    assert entropy[2] == 0
    assert not entropy.requires_grad
    ours.reconstructed(weights, memory).sum().backward()
    assert query.grad.isfinite().all()
    assert not query.grad[2].any()


def test_a_cold_attention_takes_the_nearest():
    query, memory, _, _, _ = setting()
    everything = torch.ones(5, 9, dtype=torch.bool)
    weights = ours.attention(query, memory, everything, temperature=1e-3)
    assert torch.equal(weights.argmax(1), (query @ memory.T).argmax(1))
    torch.testing.assert_close(weights.max(1).values, torch.ones(5, dtype=torch.float64))
    assert ours.relative_entropy(weights, everything).max() < 0.01


@given(st.integers(0, 500), st.data())
def test_the_order_of_the_memory_does_not_matter_and_weights_add_up(seed, data):
    query, memory, allowed, _, _ = setting(seed=seed)
    order = torch.tensor(data.draw(st.permutations(range(9))))
    weights = ours.attention(query, memory, allowed, temperature=0.2)
    torch.testing.assert_close(weights.sum(1), allowed.any(1).double())
    moved = ours.attention(query, memory[order], allowed[:, order], temperature=0.2)
    torch.testing.assert_close(moved, weights[:, order])
    torch.testing.assert_close(
        ours.reconstructed(moved, memory[order]), ours.reconstructed(weights, memory)
    )
    entropy = ours.relative_entropy(weights, allowed)
    assert (entropy >= 0).all()
    assert (entropy <= 1 + 1e-9).all()


def test_gradients_reach_the_query_through_the_attention_alone():
    query, memory, allowed, _, _ = setting()
    target = unit_rows(5, seed=9)

    def losses(rows):
        weights = ours.attention(rows, memory, allowed, temperature=0.5)
        rebuilt = ours.reconstructed(weights, memory)
        return ours.cosine_rows(rebuilt, target) + ours.contrast_rows(
            rebuilt, target, temperature=0.5
        )

    assert gradcheck(losses, query.requires_grad_())
