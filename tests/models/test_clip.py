"""CLIP and FaRL against a plain forward by the original names and with their quirks."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.testing import assert_close

from mien.errors import MienError
from mien.models.clip_bpe import from_archive, vocabulary
from mien.models.clip_image import CLIP_MEAN, CLIP_STD, ClipImage
from mien.models.clip_text import ClipText
from mien.models.farl import FarlImage, FarlText
from mien.models.openai_clip import text_tensors, vision_tensors

Tensors = dict[str, Tensor]
PROMPTS = ["a photo of a person with inner brow raised", "Surprise!", "", "smile " * 90]
DIM, JOINT, HEADS, DEPTH = 32, 24, 2, 2  # of the named size "mini"


def checkpoint(*, words: int = 49_408) -> Tensors:
    """Random weights under the names of CLIP's original release, as FaRL keeps them."""
    shapes: dict[str, tuple[int, ...]] = {
        "visual.class_embedding": (DIM,),
        "visual.positional_embedding": (5, DIM),
        "visual.proj": (DIM, JOINT),
        "visual.conv1.weight": (DIM, 3, 16, 16),
        "positional_embedding": (77, DIM),
        "text_projection": (DIM, JOINT),
        "logit_scale": (),
        "token_embedding.weight": (words, DIM),
    }
    for name in ("visual.ln_pre", "visual.ln_post", "ln_final"):
        shapes |= {f"{name}.weight": (DIM,), f"{name}.bias": (DIM,)}
    for tower in ("visual.", ""):
        for number in range(DEPTH):
            key = f"{tower}transformer.resblocks.{number}"
            shapes |= {
                f"{key}.attn.in_proj_weight": (3 * DIM, DIM),
                f"{key}.attn.in_proj_bias": (3 * DIM,),
                f"{key}.attn.out_proj.weight": (DIM, DIM),
                f"{key}.attn.out_proj.bias": (DIM,),
                f"{key}.mlp.c_fc.weight": (4 * DIM, DIM),
                f"{key}.mlp.c_fc.bias": (4 * DIM,),
                f"{key}.mlp.c_proj.weight": (DIM, 4 * DIM),
                f"{key}.mlp.c_proj.bias": (DIM,),
            }
            for name in ("ln_1", "ln_2"):
                shapes |= {f"{key}.{name}.weight": (DIM,), f"{key}.{name}.bias": (DIM,)}
    generator = torch.Generator().manual_seed(3)
    return {name: torch.randn(shape, generator=generator) * 0.2 for name, shape in shapes.items()}


def norm(t: Tensors, key: str, x: Tensor) -> Tensor:
    x = x - x.mean(-1, keepdim=True)
    x = x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt()
    return x * t[f"{key}.weight"] + t[f"{key}.bias"]


def transformer(t: Tensors, prefix: str, x: Tensor, *, causal: bool) -> Tensor:
    tokens, head = x.shape[1], DIM // HEADS
    hidden = torch.full((tokens, tokens), -torch.inf).triu(1) if causal else torch.zeros(1)
    for number in range(DEPTH):
        key = f"{prefix}transformer.resblocks.{number}"
        joined = norm(t, f"{key}.ln_1", x) @ t[f"{key}.attn.in_proj_weight"].T
        joined = joined + t[f"{key}.attn.in_proj_bias"]
        parts = []
        for part in joined.split(DIM, -1):
            parts.append(part.unflatten(-1, (HEADS, head)).transpose(1, 2))  # noqa: PERF401
        scores = (parts[0] / head**0.5) @ parts[1].transpose(-1, -2) + hidden
        mixed = (scores.softmax(-1) @ parts[2]).transpose(1, 2).flatten(2)
        x = x + mixed @ t[f"{key}.attn.out_proj.weight"].T + t[f"{key}.attn.out_proj.bias"]
        y = norm(t, f"{key}.ln_2", x) @ t[f"{key}.mlp.c_fc.weight"].T + t[f"{key}.mlp.c_fc.bias"]
        y = y * torch.sigmoid(1.702 * y)
        x = x + y @ t[f"{key}.mlp.c_proj.weight"].T + t[f"{key}.mlp.c_proj.bias"]
    return x


def encode_images(t: Tensors, images: Tensor) -> Tensor:
    mean, std = torch.tensor(CLIP_MEAN).view(3, 1, 1), torch.tensor(CLIP_STD).view(3, 1, 1)
    weight = t["visual.conv1.weight"].flatten(1)
    rows = torch.nn.functional.unfold((images - mean) / std, 16, stride=16).transpose(1, 2)
    x = torch.cat([t["visual.class_embedding"].expand(len(images), 1, DIM), rows @ weight.T], 1)
    x = norm(t, "visual.ln_pre", x + t["visual.positional_embedding"])
    x = transformer(t, "visual.", x, causal=False)
    return norm(t, "visual.ln_post", x[:, 0]) @ t["visual.proj"]


def encode_texts(t: Tensors, texts: list[str], vocabulary_file: Path) -> Tensor:
    tokeniser = from_archive(vocabulary_file)
    rows = torch.zeros(len(texts), 77, dtype=torch.long)  # the original pads with 0
    for row, text in zip(rows, texts, strict=True):
        numbers = tokeniser.encode(text).ids
        numbers = numbers if len(numbers) <= 77 else [*numbers[:76], numbers[-1]]
        row[: len(numbers)] = torch.tensor(numbers)
    x = t["token_embedding.weight"][rows] + t["positional_embedding"]
    x = norm(t, "ln_final", transformer(t, "", x, causal=True))
    return x[torch.arange(len(texts)), rows.argmax(-1)] @ t["text_projection"]


def saved(tensors: Tensors, path: Path) -> Path:
    if path.suffix == ".safetensors":
        save_file(tensors, path)
    else:
        torch.save({"state_dict": tensors, "epoch": 16}, path)
    return path


@pytest.fixture(autouse=True)
def cache(assets_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIEN_CACHE", str(assets_cache))


@pytest.fixture
def words(assets_cache: Path) -> Path:
    return assets_cache / "assets" / "clip-bpe" / "bpe_simple_vocab_16e6.txt.gz"


@pytest.mark.parametrize("name", ["farl.pth", "farl.safetensors"])
def test_image_tower_equals_original(name: str, tmp_path: Path) -> None:
    tensors = checkpoint()
    file = str(saved(tensors, tmp_path / name))
    config = FarlImage(file=file, model="mini", size=32, trained_size=32)
    encoder, images = config.build(seed=0), torch.rand(3, 3, 32, 32)
    assert encoder.width == config.width == JOINT
    with torch.no_grad():
        assert_close(encoder(images), encode_images(tensors, images), rtol=1e-4, atol=1e-5)


def test_text_tower_equals_original(tmp_path: Path, words: Path) -> None:
    tensors = checkpoint()
    config = FarlText(file=str(saved(tensors, tmp_path / "farl.pth")), model="mini")
    encoder = config.build(seed=0)
    assert encoder.width == config.width == JOINT
    with torch.no_grad():
        expected = encode_texts(tensors, PROMPTS, words)
        assert_close(encoder.encode(PROMPTS), expected, rtol=1e-4, atol=1e-5)


def test_gradients_reach_every_weight_of_the_text_tower(tmp_path: Path) -> None:
    config = FarlText(file=str(saved(checkpoint(), tmp_path / "farl.pth")), model="mini")
    encoder = config.build(seed=0)
    encoder.encode(PROMPTS).square().sum().backward()
    assert all(value.grad.any() for value in encoder.parameters())


def test_blank_takes_a_checkpoint_without_the_file(tmp_path: Path) -> None:
    file = saved(checkpoint(), tmp_path / "farl.pth")
    config = FarlImage(file=str(file), model="mini", size=32, trained_size=32)
    encoder = config.build(seed=0)
    file.unlink()
    blank = config.blank().build(seed=1)
    blank.load_state_dict(encoder.state_dict())
    images = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(blank(images), encoder(images))


@pytest.mark.parametrize("both", [True, False], ids=["both towers", "one tower"])
def test_transformers_folders_equal_original(both: bool, tmp_path: Path, words: Path) -> None:
    """config.json nested or flat; text files as vocab.json and merges.txt."""
    tensors, path = checkpoint(), tmp_path / "model.safetensors"
    vision, text = vision_tensors(tensors, path=path), text_tensors(tensors, path=path)
    size = {
        "hidden_size": DIM, "intermediate_size": 4 * DIM, "num_hidden_layers": DEPTH,
        "num_attention_heads": HEADS, "projection_dim": JOINT, "attention_dropout": 0.1,
    }  # fmt: skip
    parts = {
        "vision": size | {"image_size": 32, "patch_size": 16, "model_type": "clip_vision_model"},
        "text": size | {"eos_token_id": 2, "model_type": "clip_text_model"},
    }
    for name, own in (("vision", vision), ("text", text)):
        folder = tmp_path / name
        folder.mkdir()
        config = parts[name]
        if both:
            config = {
                "model_type": "clip", "projection_dim": JOINT,
                "vision_config": parts["vision"], "text_config": parts["text"],
            }  # fmt: skip
        (folder / "config.json").write_text(json.dumps(config))
        held = vision | text | {"logit_scale": torch.tensor(2.0)} if both else own
        save_file(held, folder / "model.safetensors", metadata={"format": "pt"})
    write_words(tmp_path / "text", words)
    images = torch.rand(2, 3, 32, 32)
    image = ClipImage(model=str(tmp_path / "vision"), size=32).build(seed=0).train()
    prompt = ClipText(model=str(tmp_path / "text")).build(seed=0).train()
    with torch.no_grad():
        assert_close(image(images), encode_images(tensors, images), rtol=1e-4, atol=1e-5)
        expected = encode_texts(tensors, PROMPTS, words)
        assert_close(prompt.encode(PROMPTS), expected, rtol=1e-4, atol=1e-5)


def write_words(folder: Path, words: Path) -> None:
    described = json.loads(from_archive(words).to_str())["model"]
    (folder / "vocab.json").write_text(json.dumps(described["vocab"]), encoding="utf-8")
    pairs = [" ".join(pair) for pair in described["merges"]]
    text = "\n".join(["#version: 0.2", *pairs]) + "\n"
    (folder / "merges.txt").write_text(text, encoding="utf-8")


def test_tokeniser_equals_transformers(words: Path) -> None:
    from transformers import CLIPTokenizer

    described = json.loads(from_archive(words).to_str())["model"]
    merges = [tuple(pair) for pair in described["merges"]]
    reference = CLIPTokenizer(vocab=described["vocab"], merges=merges)
    texts = [*PROMPTS, "It's  4:30,\tCAFÉ naïve 顔 😀 don't", "<|endoftext|> x"]
    ours = from_archive(words)
    for text in texts:
        assert ours.encode(text).ids == reference(text)["input_ids"]


def test_known_token_numbers(words: Path) -> None:
    """Published numbers of CLIP's examples."""
    numbers = from_archive(words).encode("a photo of a cat").ids
    assert numbers == [49406, 320, 1125, 539, 320, 2368, 49407]
    assert len(vocabulary([])) == 514


def test_limits_and_bad_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(MienError, match="at most 77 tokens"):
        ClipText(model="mini", tokens=78).build(seed=0)
    with pytest.raises(MienError, match="no such weights file"):
        FarlImage(file=str(tmp_path / "absent.pth"), model="mini").build(seed=0)
    file = saved({"visual.proj": torch.zeros(1)}, tmp_path / "part.pth")
    with pytest.raises(MienError, match="no tensor"):
        FarlImage(file=str(file), model="mini").build(seed=0)
    file = saved(checkpoint(words=10), tmp_path / "short.pth")
    with pytest.raises(MienError, match="do not fit"):
        FarlText(file=str(file), model="mini").build(seed=0)
    (tmp_path / "config.json").write_text('{"model_type": "clip_text_model"}')
    with pytest.raises(MienError, match=r"neither tokenizer\.json nor vocab\.json"):
        ClipText(model=str(tmp_path)).build(seed=0)
