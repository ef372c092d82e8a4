"""MiniLM: golden vector, order of similarities, padding, folders."""

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import gelu
from torch.testing import assert_close

from mien.errors import MienError
from mien.losses.similarity import unit
from mien.models.minilm import MiniLM
from mien.models.text import TextEncoder

FOLDER = "assets/minilm-l6-v2"
GOLDEN = [-0.050861, 0.008813, -0.00915, 0.002222, -0.038195, -0.05444]


@pytest.fixture(autouse=True)
def cache(assets_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIEN_CACHE", str(assets_cache))


@pytest.fixture(scope="module")
def encoder(assets_cache: Path) -> TextEncoder:
    return MiniLM(model=str(assets_cache / FOLDER)).build(seed=0)


def test_golden_vector(encoder: TextEncoder) -> None:
    row = unit(encoder.encode(["a photo of a person with inner brow raised"]))[0]
    assert_close(row[: len(GOLDEN)], torch.tensor(GOLDEN), rtol=0, atol=2e-5)
    assert encoder.width == len(row) == MiniLM().width == 384


def plain_bert(t: dict[str, Tensor], ids: Tensor) -> Tensor:
    """Mean of one prompt's tokens by BERT's equations (Devlin et al., 2019) and file names."""

    def linear(key: str, x: Tensor) -> Tensor:
        return x @ t[f"{key}.weight"].T + t[f"{key}.bias"]

    def norm(key: str, x: Tensor) -> Tensor:
        x = x - x.mean(-1, keepdim=True)
        x = x / (x.square().mean(-1, keepdim=True) + 1e-12).sqrt()
        return x * t[f"{key}.weight"] + t[f"{key}.bias"]

    x = (
        t["embeddings.word_embeddings.weight"][ids]
        + t["embeddings.token_type_embeddings.weight"][0]
    )
    x = norm("embeddings.LayerNorm", x + t["embeddings.position_embeddings.weight"][: len(ids)])
    for number in range(6):
        key = f"encoder.layer.{number}"
        query, keys, value = (
            linear(f"{key}.attention.self.{part}", x).unflatten(-1, (12, 32)).transpose(0, 1)
            for part in ("query", "key", "value")
        )
        mixed = (query @ keys.transpose(1, 2) / 32**0.5).softmax(-1) @ value
        y = linear(f"{key}.attention.output.dense", mixed.transpose(0, 1).flatten(1))
        x = norm(f"{key}.attention.output.LayerNorm", x + y)
        y = gelu(linear(f"{key}.intermediate.dense", x))
        x = norm(f"{key}.output.LayerNorm", x + linear(f"{key}.output.dense", y))
    return x.mean(0)


def test_equals_plain_bert(encoder: TextEncoder, assets_cache: Path) -> None:
    tensors = load_file(assets_cache / FOLDER / "model.safetensors")
    for prompt in ("smile", "a photo of a person with inner brow raised"):
        # [CLS] pieces [SEP], all real: one prompt needs no padding.
        ids, mask = encoder.tokenise([prompt])
        assert mask.all()
        assert (ids[0, 0], ids[0, -1]) == (101, 102)
        expected = plain_bert(tensors, ids[0])
        assert_close(encoder.encode([prompt])[0], expected, rtol=1e-4, atol=1e-5)


def test_similar_sentences_are_near(encoder: TextEncoder) -> None:
    rows = unit(
        encoder.encode(
            [
                "a photo of a person with inner brow raised",
                "a photo of a face with raised eyebrows",
                "the person smiles broadly",
                "a train arrives at the station",
            ]
        )
    )
    near = (rows[0] @ rows[1:].T).tolist()
    assert near == sorted(near, reverse=True)
    assert near[0] > 0.7
    assert near[2] < 0.3


def test_a_prompt_does_not_depend_on_its_neighbours(assets_cache: Path) -> None:
    config = MiniLM(trainable=True)
    encoder = config.build(seed=0)
    with torch.no_grad():
        alone = encoder.encode(["smile"])
        padded = encoder.encode(["smile", "a much longer prompt about the corners of the lips"])
    assert_close(alone[0], padded[0], rtol=1e-4, atol=1e-5)


def test_pooling_is_the_mean_of_real_tokens(encoder: TextEncoder) -> None:
    ids, mask = encoder.tokenise(["smile", "a much longer prompt"])
    assert not mask.all()
    with torch.no_grad():
        tokens = encoder.body.model(input_ids=ids, attention_mask=mask.long()).last_hidden_state
    expected = torch.stack([row[real].mean(0) for row, real in zip(tokens, mask, strict=True)])
    assert_close(encoder.encode(["smile", "a much longer prompt"]), expected)


def test_long_prompts_are_cut(encoder: TextEncoder) -> None:
    ids, _ = encoder.tokenise(["brow " * 500])
    assert ids.shape == (1, 128)


def test_trained_tower_gets_gradients_everywhere() -> None:
    encoder = MiniLM(trainable=True).build(seed=0)
    # A mean of normalised tokens has a constant sum: weigh the features.
    weights = torch.randn(384, generator=torch.Generator().manual_seed(0))
    (encoder.encode(["smile", "frown deeply"]) @ weights).sum().backward()
    assert [key for key, value in encoder.named_parameters() if value.grad is None] == []


def test_blank_reads_no_weights(tmp_path: Path, assets_cache: Path) -> None:
    for name in ("config.json", "tokenizer.json"):
        shutil.copy(assets_cache / FOLDER / name, tmp_path / name)
    config = MiniLM(model=str(tmp_path))
    assert config.blank().build(seed=0).encode(["smile"]).shape == (1, 384)
    with pytest.raises(MienError, match=r"no model\.safetensors"):
        config.build(seed=0)


def test_bad_tokenisers_and_limits_are_named(tmp_path: Path, assets_cache: Path) -> None:
    shutil.copy(assets_cache / FOLDER / "config.json", tmp_path / "config.json")
    config = MiniLM(model=str(tmp_path), pretrained=False)
    with pytest.raises(MienError, match="no such tokeniser"):
        config.build(seed=0)
    for text, message in (("{", "cannot be read"), ('{"model": 3}', "no model")):
        (tmp_path / "tokenizer.json").write_text(text)
        with pytest.raises(MienError, match=message):
            config.build(seed=0)
    with pytest.raises(MienError, match="at most 512 tokens"):
        MiniLM(tokens=600).build(seed=0)


def test_missing_asset_names_the_fetch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIEN_CACHE", str(tmp_path))
    with pytest.raises(MienError, match="mien assets fetch minilm-l6-v2"):
        MiniLM().build(seed=0)
    with pytest.raises(MienError, match="folder"):
        MiniLM(model="sentence-transformers/all-MiniLM-L6-v2").build(seed=0)
