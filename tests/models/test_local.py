"""Folders in the real file formats, read against plain forwards by the files' own names."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  the customary name
from torch.testing import assert_close

from mien.errors import MienError
from mien.models.backbone import Backbone
from mien.models.convnext import ConvNeXt
from mien.models.resnet import ResNet
from mien.models.vit import ViT

Tensors = dict[str, Tensor]
HALF = {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}


def drawn(shapes: dict[str, tuple[int, ...]]) -> Tensors:
    generator = torch.Generator().manual_seed(7)
    tensors = {}
    for name, shape in shapes.items():
        values = torch.randn(shape, generator=generator) * 0.3
        tensors[name] = values.abs() + 0.5 if "running_var" in name else values
    return tensors


def write(folder: Path, config: dict, tensors: Tensors, *, images: dict | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    if images is not None:
        (folder / "preprocessor_config.json").write_text(json.dumps(images))
    return folder


def linear(t: Tensors, key: str, x: Tensor) -> Tensor:
    return x @ t[f"{key}.weight"].T + t[f"{key}.bias"]


def layer_norm(t: Tensors, key: str, x: Tensor, eps: float) -> Tensor:
    x = x - x.mean(-1, keepdim=True)
    x = x / (x.square().mean(-1, keepdim=True) + eps).sqrt()
    return x * t[f"{key}.weight"] + t[f"{key}.bias"]


def affine(name: str, width: int, *, inner: int | None = None) -> dict[str, tuple[int, ...]]:
    weight = (width,) if inner is None else (width, inner)
    return {f"{name}.weight": weight, f"{name}.bias": (width,)}


# --- ViT, as a classifier of the hub saves it: prefix, query/key/value, head


VIT = {
    "model_type": "vit", "hidden_size": 12, "intermediate_size": 20, "num_hidden_layers": 2,
    "num_attention_heads": 3, "image_size": 16, "patch_size": 8, "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1, "architectures": ["ViTForImageClassification"],
}  # fmt: skip


def vit_folder(folder: Path) -> tuple[Path, Tensors]:
    shapes = {
        "vit.embeddings.cls_token": (1, 1, 12),
        "vit.embeddings.position_embeddings": (1, 5, 12),
        "vit.embeddings.patch_embeddings.projection.weight": (12, 3, 8, 8),
        "vit.embeddings.patch_embeddings.projection.bias": (12,),
    }
    for number in range(2):
        key = f"vit.encoder.layer.{number}"
        for part in ("query", "key", "value"):
            shapes |= affine(f"{key}.attention.attention.{part}", 12, inner=12)
        shapes |= affine(f"{key}.attention.output.dense", 12, inner=12)
        shapes |= affine(f"{key}.intermediate.dense", 20, inner=12)
        shapes |= affine(f"{key}.output.dense", 12, inner=20)
        shapes |= affine(f"{key}.layernorm_before", 12) | affine(f"{key}.layernorm_after", 12)
    shapes |= affine("vit.layernorm", 12) | affine("classifier", 5, inner=12)
    tensors = drawn(shapes)
    return write(folder, VIT, tensors, images=HALF), tensors


def vit_forward(t: Tensors, images: Tensor) -> Tensor:
    key = "vit.embeddings"
    patches = F.conv2d(
        (images - 0.5) / 0.5,
        t[f"{key}.patch_embeddings.projection.weight"],
        t[f"{key}.patch_embeddings.projection.bias"],
        stride=8,
    )
    rows = patches.flatten(2).transpose(1, 2)
    x = torch.cat([t[f"{key}.cls_token"].expand(len(images), 1, 12), rows], 1)
    x = x + t[f"{key}.position_embeddings"]
    for number in range(2):
        key = f"vit.encoder.layer.{number}"
        y = layer_norm(t, f"{key}.layernorm_before", x, 1e-12)
        heads = [
            linear(t, f"{key}.attention.attention.{part}", y).unflatten(-1, (3, 4)).transpose(1, 2)
            for part in ("query", "key", "value")
        ]
        weights = (heads[0] @ heads[1].transpose(-1, -2) / 2.0).softmax(-1)
        y = (weights @ heads[2]).transpose(1, 2).flatten(2)
        x = x + linear(t, f"{key}.attention.output.dense", y)
        y = layer_norm(t, f"{key}.layernorm_after", x, 1e-12)
        y = F.gelu(linear(t, f"{key}.intermediate.dense", y))
        x = x + linear(t, f"{key}.output.dense", y)
    return layer_norm(t, "vit.layernorm", x, 1e-12)[:, 0]


# --- ConvNeXt


CONVNEXT = {"model_type": "convnext", "depths": [1, 2], "hidden_sizes": [6, 10], "num_stages": 2}


def convnext_folder(folder: Path) -> tuple[Path, Tensors]:
    key = "convnext.embeddings"
    shapes = {f"{key}.patch_embeddings.weight": (6, 3, 4, 4), f"{key}.patch_embeddings.bias": (6,)}
    shapes |= affine(f"{key}.layernorm", 6) | affine("convnext.layernorm", 10)
    key = "convnext.encoder.stages.1.downsampling_layer"
    shapes |= affine(f"{key}.0", 6)
    shapes |= {f"{key}.1.weight": (10, 6, 2, 2), f"{key}.1.bias": (10,)}
    for stage, number, dim in ((0, 0, 6), (1, 0, 10), (1, 1, 10)):
        key = f"convnext.encoder.stages.{stage}.layers.{number}"
        shapes |= {f"{key}.dwconv.weight": (dim, 1, 7, 7), f"{key}.dwconv.bias": (dim,)}
        shapes |= affine(f"{key}.layernorm", dim) | affine(f"{key}.pwconv1", 4 * dim, inner=dim)
        shapes |= affine(f"{key}.pwconv2", dim, inner=4 * dim)
        shapes |= {f"{key}.layer_scale_parameter": (dim,)}
    tensors = drawn(shapes | affine("classifier", 5, inner=10))
    return write(folder, CONVNEXT, tensors), tensors


def convnext_forward(t: Tensors, images: Tensor) -> Tensor:
    def normed(key: str, x: Tensor) -> Tensor:
        return layer_norm(t, key, x.permute(0, 2, 3, 1), 1e-6).permute(0, 3, 1, 2)

    mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
    key = "convnext.embeddings"
    weight, bias = t[f"{key}.patch_embeddings.weight"], t[f"{key}.patch_embeddings.bias"]
    x = normed(f"{key}.layernorm", F.conv2d((images - mean) / std, weight, bias, stride=4))
    for stage, number in ((0, 0), (1, 0), (1, 1)):
        if (stage, number) == (1, 0):
            key = "convnext.encoder.stages.1.downsampling_layer"
            weight, bias = t[f"{key}.1.weight"], t[f"{key}.1.bias"]
            x = F.conv2d(normed(f"{key}.0", x), weight, bias, stride=2)
        key = f"convnext.encoder.stages.{stage}.layers.{number}"
        weight, bias = t[f"{key}.dwconv.weight"], t[f"{key}.dwconv.bias"]
        y = F.conv2d(x, weight, bias, padding=3, groups=x.shape[1]).permute(0, 2, 3, 1)
        y = F.gelu(linear(t, f"{key}.pwconv1", layer_norm(t, f"{key}.layernorm", y, 1e-6)))
        y = linear(t, f"{key}.pwconv2", y) * t[f"{key}.layer_scale_parameter"]
        x = x + y.permute(0, 3, 1, 2)
    return layer_norm(t, "convnext.layernorm", x.mean((2, 3)), 1e-12)


# --- ResNet


RESNET = {
    "model_type": "resnet", "layer_type": "basic", "depths": [1, 1], "hidden_sizes": [8, 12],
    "embedding_size": 8, "num_stages": 2,
}  # fmt: skip


def resnet_folder(folder: Path) -> tuple[Path, Tensors]:
    convolutions = {"resnet.embedder.embedder": (8, 3, 7, 7)}
    for stage, inner, outer in ((0, 8, 8), (1, 8, 12)):
        key = f"resnet.encoder.stages.{stage}.layers.0"
        convolutions |= {f"{key}.layer.0": (outer, inner, 3, 3)}
        convolutions |= {f"{key}.layer.1": (outer, outer, 3, 3)}
    convolutions |= {"resnet.encoder.stages.1.layers.0.shortcut": (12, 8, 1, 1)}
    shapes: dict[str, tuple[int, ...]] = {}
    for key, shape in convolutions.items():
        shapes[f"{key}.convolution.weight"] = shape
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{key}.normalization.{part}"] = shape[:1]
    tensors = drawn(shapes | affine("classifier.1", 5, inner=12))
    counts = {f"{key}.normalization.num_batches_tracked": torch.tensor(9) for key in convolutions}
    return write(folder, RESNET, tensors | counts), tensors


def resnet_forward(t: Tensors, images: Tensor) -> Tensor:
    def step(key: str, x: Tensor, stride: int) -> Tensor:
        weight = t[f"{key}.convolution.weight"]
        x = F.conv2d(x, weight, stride=stride, padding=weight.shape[-1] // 2)
        mean, variance, scale, shift = (
            t[f"{key}.normalization.{part}"].view(-1, 1, 1)
            for part in ("running_mean", "running_var", "weight", "bias")
        )
        return (x - mean) / (variance + 1e-5).sqrt() * scale + shift

    mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
    x = step("resnet.embedder.embedder", (images - mean) / std, 2).relu()
    x = F.max_pool2d(x, 3, stride=2, padding=1)
    for stage in (0, 1):
        key, stride = f"resnet.encoder.stages.{stage}.layers.0", 1 + stage
        y = step(f"{key}.layer.0", x, stride).relu()
        y = step(f"{key}.layer.1", y, 1)
        x = (y + (step(f"{key}.shortcut", x, 2) if stage else x)).relu()
    return x.mean((2, 3))


Made = Callable[[Path], tuple[Path, Tensors]]
CASES: dict[str, tuple[Made, Callable[[Tensors, Tensor], Tensor], Callable[..., Backbone]]] = {
    "vit": (vit_folder, vit_forward, ViT),
    "convnext": (convnext_folder, convnext_forward, ConvNeXt),
    "resnet": (
        resnet_folder,
        resnet_forward,
        lambda **fields: ResNet(norm="frozen-batch", **fields),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_folder_computes_what_its_file_says(name: str, tmp_path: Path) -> None:
    make, forward, config = CASES[name]
    folder, tensors = make(tmp_path / name)
    backbone = config(model=str(folder), size=16)
    encoder = backbone.build(seed=0).train()  # dropout in a folder's config is switched off
    images = torch.rand(3, 3, 16, 16)
    with torch.no_grad():
        assert_close(encoder(images), forward(tensors, images), rtol=1e-4, atol=1e-5)
    assert backbone.width == encoder(images).shape[1]
    blank = backbone.blank().build(seed=0)
    blank.load_state_dict(encoder.state_dict())
    with torch.no_grad():
        assert torch.equal(blank(images), encoder(images))


def test_vit_folder_at_another_size(tmp_path: Path) -> None:
    folder, _ = vit_folder(tmp_path / "vit")
    encoder = ViT(model=str(folder), size=32).build(seed=0)
    features = encoder(torch.rand(2, 3, 32, 32))
    assert features.shape == (2, 12)
    features.sum().backward()
    assert encoder.body.model.embeddings.position_embeddings.grad.abs().sum() > 0


def test_half_precision_files_become_float32(tmp_path: Path) -> None:
    folder, tensors = vit_folder(tmp_path / "vit")
    halves = {key: value.half() for key, value in tensors.items()}
    write(folder, VIT | {"dtype": "float16", "torch_dtype": "float16"}, halves)
    encoder = ViT(model=str(folder), size=16).build(seed=0)
    assert {value.dtype for value in encoder.state_dict().values()} == {torch.float32}


def spoil(folder: Path, how: str) -> None:
    if how == "no config":
        (folder / "config.json").unlink()
    elif how == "bad config":
        (folder / "config.json").write_text('{"hidden_size": 12}')
    elif how == "other type":
        (folder / "config.json").write_text(json.dumps(VIT | {"model_type": "bert"}))
    elif how == "no weights":
        (folder / "model.safetensors").unlink()
    elif how == "cut weights":
        content = (folder / "model.safetensors").read_bytes()
        (folder / "model.safetensors").write_bytes(content[: len(content) // 2])
    elif how == "other shapes":
        (folder / "config.json").write_text(json.dumps(VIT | {"intermediate_size": 24}))
    elif how == "too deep":
        (folder / "config.json").write_text(json.dumps(VIT | {"num_hidden_layers": 3}))
    elif how == "bad images":
        (folder / "preprocessor_config.json").write_text('{"image_mean": 3}')


@pytest.mark.parametrize(
    "how",
    [
        "no config", "bad config", "other type", "no weights", "cut weights", "other shapes",
        "too deep", "bad images",
    ],
)  # fmt: skip
def test_bad_folders_are_named(how: str, tmp_path: Path) -> None:
    folder, _ = vit_folder(tmp_path / "vit")
    spoil(folder, how)
    with pytest.raises(MienError) as caught:
        ViT(model=str(folder), size=16).build(seed=0)
    assert str(folder) in (caught.value.path or "")
    assert caught.value.remedy
