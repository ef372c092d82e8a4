"""Every backbone keeps the contract of `Backbone`, at every size it is made for."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save
from torch.testing import assert_close

from mien.models.backbone import Backbone
from mien.models.clip_image import ClipImage
from mien.models.convnext import ConvNeXt
from mien.models.farl import FarlImage
from mien.models.mobilenet_v2 import MobileNetV2
from mien.models.resnet import ResNet
from mien.models.small64 import Small64
from mien.models.vit import ViT

MINI: dict[str, Callable[[int], Backbone]] = {
    "small64": lambda size: Small64(size=size),
    "small64-narrow": lambda size: Small64(size=size, channels=(8, 8, 16, 16, 24)),
    "mobilenet-frozen": lambda size: MobileNetV2(size=size, weights=None, multiplier=0.25),
    "mobilenet-group": lambda size: MobileNetV2(
        size=size, weights=None, multiplier=0.25, norm="group"
    ),
    "mobilenet-stem1": lambda size: MobileNetV2(
        size=size, weights=None, multiplier=0.25, norm="group", stem_stride=1
    ),
    "vit": lambda size: ViT(size=size, model="mini"),
    "convnext": lambda size: ConvNeXt(size=size, model="mini"),
    "resnet-group": lambda size: ResNet(size=size, model="mini"),
    "resnet-frozen": lambda size: ResNet(size=size, model="mini", norm="frozen-batch"),
    "clip": lambda size: ClipImage(size=size, model="mini"),
    "farl": lambda size: FarlImage(
        file="absent.pth", size=size, model="mini", trained_size=64, pretrained=False
    ),
}
LIVE: dict[str, Callable[[int], Backbone]] = {
    "mobilenet-batch": lambda size: MobileNetV2(
        size=size, weights=None, multiplier=0.25, norm="batch"
    ),
    "resnet-batch": lambda size: ResNet(size=size, model="mini", norm="batch"),
}
SIZES = [64, 96]


def images(count: int, size: int) -> torch.Tensor:
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(size))


def every() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", [*MINI, *LIVE])


@every()
def test_config_is_frozen_documented_and_built_by_keyword(name: str) -> None:
    config = {**MINI, **LIVE}[name](64)
    with pytest.raises(FrozenInstanceError):
        config.size = 32  # type: ignore[misc]
    with pytest.raises(TypeError):
        type(config)(64)  # type: ignore[call-arg]
    text = Path(__import__(type(config).__module__, fromlist=["_"]).__file__).read_text()
    own = [field.name for field in fields(config)]
    assert all(f"    {field}: " in text for field in own)


@every()
@pytest.mark.parametrize("size", SIZES)
def test_output_is_finite_and_as_wide_as_said(name: str, size: int) -> None:
    config = {**MINI, **LIVE}[name](size)
    encoder = config.build(seed=1)
    features = encoder(images(3, size))
    assert features.shape == (3, config.width) == (3, encoder.width)
    assert features.dtype == torch.float32
    assert torch.isfinite(features).all()
    assert features.std() > 1e-3


@every()
def test_gradient_reaches_every_trainable_parameter(name: str) -> None:
    encoder = {**MINI, **LIVE}[name](64).build(seed=1)
    weights = torch.randn(encoder.width, generator=torch.Generator().manual_seed(0))
    (encoder(images(4, 64)) @ weights).square().mean().backward()
    untouched = [
        key
        for key, value in encoder.named_parameters()
        if value.requires_grad and (value.grad is None or not value.grad.any())
    ]
    assert untouched == []
    assert all(torch.isfinite(value.grad).all() for value in encoder.parameters())


@every()
def test_seed_alone_decides_and_global_state_is_untouched(name: str) -> None:
    config = {**MINI, **LIVE}[name](64)
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    first = config.build(seed=1).state_dict()
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.manual_seed(6)
    second, third = config.build(seed=1).state_dict(), config.build(seed=2).state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert any(not torch.equal(first[key], third[key]) for key in first)


@every()
def test_state_dict_survives_safetensors(name: str) -> None:
    config = {**MINI, **LIVE}[name](64)
    source, target = config.build(seed=1).eval(), config.blank().build(seed=2).eval()
    target.load_state_dict(load(save(source.state_dict())))
    with torch.no_grad():
        assert torch.equal(source(images(2, 64)), target(images(2, 64)))


@pytest.mark.parametrize("name", MINI)
@pytest.mark.parametrize("training", [True, False])
def test_a_row_does_not_depend_on_its_batch(name: str, training: bool) -> None:
    encoder = MINI[name](64).build(seed=1).train(training)
    assert not encoder.batch_coupled
    batch = images(5, 64)
    with torch.no_grad():
        whole = encoder(batch)
        alone = torch.cat([encoder(row[None]) for row in batch])
    assert_close(whole, alone, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", LIVE)
def test_live_batch_norm_is_told(name: str) -> None:
    encoder = LIVE[name](64).build(seed=1).train()
    assert encoder.batch_coupled
    batch = images(5, 64)
    with torch.no_grad():
        assert not torch.allclose(encoder(batch)[:1], encoder(batch[:2])[:1], atol=1e-3)


@every()
def test_constants_move_with_the_encoder_but_are_no_weights(name: str) -> None:
    encoder = {**MINI, **LIVE}[name](64).build(seed=1)
    assert "mean" not in encoder.state_dict()
    assert encoder.double().mean.dtype == torch.float64


@pytest.mark.parametrize("name", ["mobilenet-frozen", "convnext", "vit"])
@pytest.mark.parametrize("size", [72, 224])
def test_other_sizes_work(name: str, size: int) -> None:
    config = MINI[name](size if name != "vit" else size // 16 * 16)
    with torch.no_grad():
        assert config.build(seed=0)(images(1, config.size)).shape == (1, config.width)


def test_sweep_misses_no_backbone() -> None:
    swept = {type(make(64)) for make in MINI.values()}
    assert set(Backbone.__subclasses__()) == swept
