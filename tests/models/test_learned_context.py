"""Learned words in front of a phrase, in every tower."""

import pytest
import torch
from torch import nn

from mien.errors import MienError
from mien.models.clip_text import ClipText
from mien.models.learned_context import LearnedContext, token_embedding
from mien.models.minilm import MiniLM
from mien.models.text import TextEncoder
from mien.models.tiny_text import TinyText

TOWERS = {
    "bytes": TinyText(dim=16, depth=1, heads=2, tokens=64, trainable=False),
    "minilm": MiniLM(),
    "clip": ClipText(model="mini", trainable=False),
}


@pytest.fixture(params=TOWERS)
def tower(request, assets_cache, monkeypatch) -> TextEncoder:
    monkeypatch.setenv("MIEN_CACHE", str(assets_cache))
    return TOWERS[request.param].build(seed=0)


@pytest.mark.parametrize("count", [1, 4])
def test_words_that_are_those_of_the_placeholder_change_nothing(tower, count):
    """The learned vectors enter exactly where, and as, the embedding of words does."""
    context = LearnedContext(tower, count, seed=0)
    ids, _ = tower.tokenise([f"{context.prefix} a smile"])
    word = ids[0, context.start]
    with torch.no_grad():
        context.vectors.copy_(token_embedding(tower.body).weight[word].expand(count, -1))
        phrases = ["a smile", "inner brow raiser and more"]
        got = context(tower, phrases)
        wanted = tower.encode([f"{context.prefix} {phrase}" for phrase in phrases])
    torch.testing.assert_close(got, wanted, rtol=1e-4, atol=1e-5)


def test_a_frozen_tower_teaches_its_learned_words(tower):
    context = LearnedContext(tower, 2, seed=0)
    context(tower, ["a smile", "a frown"])[0].square().sum().backward()
    assert context.vectors.grad.abs().sum(1).min() > 0
    assert all(p.grad is None for p in tower.parameters())
    assert not token_embedding(tower.body)._forward_hooks
    torch.testing.assert_close(context.vectors.std().item(), 0.02, rtol=0.6, atol=0.0)


def test_vectors_follow_the_seed(tower):
    one, same, other = (LearnedContext(tower, 3, seed=seed).vectors for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_an_unknown_tower_is_refused():
    with pytest.raises(MienError, match="Linear cannot be learned"):
        token_embedding(nn.Linear(2, 2))
