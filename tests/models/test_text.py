"""Text encoders: unique prompts, the memory of frozen towers, byte tokens."""

import copy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load, save
from torch.testing import assert_close

from mien.models.text import TextEncoder
from mien.models.tiny_text import ByteTokens, TinyText

PROMPTS = ["brow raiser", "lip corner puller", "brow raiser", "cheek raiser", "brow raiser"]


def counted(encoder: TextEncoder) -> list[int]:
    """The numbers of prompts that reach the tower from now on, call by call."""
    calls: list[int] = []
    encoder.body.register_forward_hook(
        lambda _module, inputs, _output: calls.append(len(inputs[0]))
    )
    return calls


def tiny(*, trainable: bool, seed: int = 0) -> TextEncoder:
    return TinyText(dim=16, depth=1, heads=2, tokens=32, trainable=trainable).build(seed=seed)


@pytest.mark.parametrize("trainable", [True, False])
def test_rows_follow_prompts(trainable: bool) -> None:
    encoder = tiny(trainable=trainable)
    calls = counted(encoder)
    features = encoder.encode(PROMPTS)
    assert features.shape == (5, 16)
    assert calls == [3]
    alone = torch.cat([encoder.encode([prompt]) for prompt in PROMPTS])
    assert_close(features, alone, rtol=1e-5, atol=1e-5)
    assert_close(encoder(PROMPTS), features)


def test_trained_tower_encodes_anew_and_learns() -> None:
    encoder = tiny(trainable=True)
    calls = counted(encoder)
    encoder.encode(PROMPTS)
    encoder.encode(PROMPTS).square().sum().backward()
    assert calls == [3, 3]
    assert all(value.grad is not None for value in encoder.parameters())
    gradient = encoder.body.positions.weight.grad
    assert gradient[: len("lip corner puller")].abs().min() > 0


def test_repeated_prompts_gather_their_gradients() -> None:
    twice, once = tiny(trainable=True), tiny(trainable=True)
    twice.encode(["smile", "smile"]).sum().backward()
    (2 * once.encode(["smile"]).sum()).backward()
    for left, right in zip(twice.parameters(), once.parameters(), strict=True):
        assert_close(left.grad, right.grad)


def test_frozen_tower_remembers_outside_its_state() -> None:
    encoder = tiny(trainable=False)
    calls = counted(encoder)
    first = encoder.train().encode(PROMPTS)
    second = encoder.encode([*PROMPTS, "frown"])
    assert calls == [3, 1]
    assert_close(first, second[:5])
    assert not first.requires_grad
    assert not any(value.requires_grad for value in encoder.parameters())
    assert set(encoder.state_dict()) == set(tiny(trainable=True).state_dict())


def test_memory_goes_with_the_weights() -> None:
    encoder, other = tiny(trainable=False), tiny(trainable=False, seed=1)
    before = encoder.encode(PROMPTS)
    encoder.load_state_dict(load(save(other.state_dict())))
    assert_close(encoder.encode(PROMPTS), other.encode(PROMPTS))
    assert not torch.allclose(encoder.encode(PROMPTS), before)
    double = copy.deepcopy(encoder)
    double.load_state_dict(tiny(trainable=False).state_dict())
    assert_close(double.encode(PROMPTS), before)
    assert_close(encoder.encode(PROMPTS), other.encode(PROMPTS))


def test_what_inference_remembers_can_be_differentiated_with() -> None:
    encoder = tiny(trainable=False)
    with torch.inference_mode():
        encoder.encode(PROMPTS)
    images = torch.randn(2, 16, requires_grad=True)
    (images @ encoder.encode(PROMPTS).T).sum().backward()
    assert images.grad is not None


def test_frozen_tower_computes_in_float32_under_autocast() -> None:
    encoder, plain = tiny(trainable=False), tiny(trainable=False)
    with torch.autocast("cpu", torch.bfloat16):
        features = encoder.encode(PROMPTS)
    assert_close(features, plain.encode(PROMPTS))


def test_frozen_tower_works_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tiny(trainable=False).encode([str(number) for number in range(7)])
    monkeypatch.setattr("mien.models.text.CHUNK", 3)
    encoder = tiny(trainable=False)
    calls = counted(encoder)
    assert_close(encoder.encode([str(number) for number in range(7)]), whole)
    assert calls == [3, 3, 1]


def test_seed_decides_and_global_state_is_untouched() -> None:
    before = torch.random.get_rng_state()
    first = tiny(trainable=True).encode(PROMPTS)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(first, tiny(trainable=True).encode(PROMPTS))
    assert not torch.allclose(first, tiny(trainable=True, seed=1).encode(PROMPTS))


def test_no_prompts_is_an_error() -> None:
    with pytest.raises(ValueError, match="no prompts"):
        tiny(trainable=True).encode([])


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5), st.integers(1, 12))
def test_byte_tokens(texts: list[str], limit: int) -> None:
    ids, mask = ByteTokens(tokens=limit)(texts)
    assert ids.shape == mask.shape == (len(texts), max(mask.sum(1)))
    for row, real, text in zip(ids, mask, texts, strict=True):
        kept = bytes(int(value) - 1 for value in row[real] if value > 0)
        assert kept == text.encode()[:limit]
        assert not row[~real].any()
