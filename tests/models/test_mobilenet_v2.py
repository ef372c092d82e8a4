"""MobileNetV2 against a plain forward by the original weights' names, and its golden logits."""

import shutil
from copy import deepcopy
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  the customary name
from torch.testing import assert_close

from mien.errors import MienError
from mien.models.mobilenet_v2 import MobileNetV2, classifier, imagenet_classifier

GOLDEN = {0: -1.27824, 1: -0.79637, 500: -4.24399, 772: 8.69269, 999: -0.82228}
FOLDER = "assets/mobilenet-v2-imagenet"
FILE = "mobilenet_v2-b0353104.pth"


def picture(count: int, size: int) -> Tensor:
    """Waves of different lengths per channel, normalised already."""
    steps = torch.arange(size, dtype=torch.float32)
    waves = [
        torch.sin((steps[:, None] * (1 + row) + steps[None] * (2 + channel)) / 9)
        for row in range(count)
        for channel in range(3)
    ]
    return torch.stack(waves).view(count, 3, size, size)


class Plain:
    """The paper's table 2 with the original weights' names, straight down."""

    TABLE = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2))
    TABLE += ((6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))

    def __init__(self, tensors: dict[str, Tensor]) -> None:
        self.tensors = tensors

    def normalised(self, x: Tensor, key: str) -> Tensor:
        t = self.tensors
        shape = (1, -1, 1, 1)
        scale = t[f"{key}.weight"] / torch.sqrt(t[f"{key}.running_var"] + 1e-5)
        x = x - t[f"{key}.running_mean"].view(shape)
        return x * scale.view(shape) + t[f"{key}.bias"].view(shape)

    def step(
        self, x: Tensor, conv: str, norm: str, *, stride: int = 1, clip: bool = True
    ) -> Tensor:
        weight = self.tensors[f"{conv}.weight"]
        groups = x.shape[1] // weight.shape[1]
        x = F.conv2d(x, weight, stride=stride, padding=weight.shape[-1] // 2, groups=groups)
        x = self.normalised(x, norm)
        return x.clamp(0, 6) if clip else x

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.step(x, "features.0.0", "features.0.1", stride=2)
        number = 1
        for expand, channels, repeats, first in self.TABLE:
            for repeat in range(repeats):
                key, stride, y, part = f"features.{number}.conv", first if repeat == 0 else 1, x, 0
                if expand != 1:
                    y, part = self.step(y, f"{key}.0.0", f"{key}.0.1"), 1
                y = self.step(y, f"{key}.{part}.0", f"{key}.{part}.1", stride=stride)
                y = self.step(y, f"{key}.{part + 1}", f"{key}.{part + 2}", clip=False)
                x = x + y if stride == 1 and x.shape[1] == channels else y
                number += 1
        pooled = self.step(x, "features.18.0", "features.18.1").mean((2, 3))
        weight, bias = self.tensors["classifier.1.weight"], self.tensors["classifier.1.bias"]
        return pooled, pooled @ weight.T + bias


@pytest.fixture(scope="module")
def plain(assets_cache: Path) -> Plain:
    return Plain(torch.load(assets_cache / FOLDER / FILE, weights_only=True))


@pytest.fixture(scope="module")
def imagenet(assets_cache: Path) -> torch.nn.Module:
    return imagenet_classifier(cache=assets_cache).eval()


@pytest.mark.parametrize("size", [64, 97, 224])
def test_logits_equal_plain_forward(size: int, plain: Plain, imagenet: torch.nn.Module) -> None:
    images = picture(2, size).double()
    exact = Plain({key: value.double() for key, value in plain.tensors.items()})
    with torch.no_grad():
        found = deepcopy(imagenet).double()(images).logits
    assert_close(found, exact(images)[1], rtol=1e-9, atol=1e-9)


def test_golden_logits(imagenet: torch.nn.Module) -> None:
    with torch.no_grad():
        logits = imagenet(picture(1, 224)).logits[0]
    found = torch.stack([logits[index] for index in GOLDEN])
    assert_close(found, torch.tensor(list(GOLDEN.values())), rtol=1e-4, atol=1e-4)


def test_encoder_normalises_and_pools_as_plain(
    plain: Plain, monkeypatch: pytest.MonkeyPatch, assets_cache: Path
) -> None:
    monkeypatch.setenv("MIEN_CACHE", str(assets_cache))
    encoder = MobileNetV2(size=112).build(seed=0)
    images = torch.rand(2, 3, 112, 112)
    mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
    with torch.no_grad():
        expected = plain((images - mean) / std)[0]
        # Frozen statistics: training and evaluation are the same function.
        assert_close(encoder.train()(images), expected, rtol=1e-5, atol=1e-5)
        assert_close(encoder.eval()(images), expected, rtol=1e-5, atol=1e-5)


def test_seed_matters_not_with_weights() -> None:
    first = MobileNetV2().build(seed=0).state_dict()
    second = MobileNetV2().build(seed=1).state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_group_norm_keeps_convolutions_only() -> None:
    frozen = MobileNetV2().build(seed=0).state_dict()
    group = MobileNetV2(norm="group").build(seed=0)
    assert not group.batch_coupled
    assert not any("running" in key for key in group.state_dict())
    for key, value in group.state_dict().items():
        if "convolution" in key:
            assert torch.equal(value, frozen[key])


def test_live_momentum_is_pytorchs() -> None:
    encoder = MobileNetV2(weights=None, multiplier=0.25, norm="batch").build(seed=0)
    norms = [part for part in encoder.modules() if isinstance(part, torch.nn.BatchNorm2d)]
    assert len(norms) == 52
    assert {part.momentum for part in norms} == {0.1}


@pytest.mark.parametrize("multiplier", [0.25, 0.5, 1.0, 1.4])
def test_width_is_what_transformers_builds(multiplier: float) -> None:
    last = classifier(multiplier=multiplier).get_submodule("classifier")
    assert last.in_features == MobileNetV2(weights=None, multiplier=multiplier).width


def test_stem_stride_doubles_resolution() -> None:
    images = torch.rand(1, 3, 64, 64)
    shapes = []
    for stride in (1, 2):
        config = MobileNetV2(size=64, weights=None, multiplier=0.25, stem_stride=stride)
        encoder = config.build(seed=0)
        encoder.get_submodule("body.model.conv_1x1").register_forward_hook(
            lambda _module, _inputs, output: shapes.append(output.shape[2:])
        )
        encoder(images)
    assert shapes == [(4, 4), (2, 2)]


def test_damaged_asset_is_refused(assets_cache: Path, tmp_path: Path) -> None:
    target = tmp_path / FOLDER / FILE
    target.parent.mkdir(parents=True)
    shutil.copy(assets_cache / FOLDER / FILE, target)
    with target.open("r+b") as handle:
        handle.seek(5_000_000)
        handle.write(b"\0\1\2\3")
    with pytest.raises(MienError, match="manifest") as caught:
        imagenet_classifier(cache=tmp_path)
    assert caught.value.path == str(target)
    assert "mien assets fetch" in (caught.value.remedy or "")


def test_missing_asset_names_the_fetch(tmp_path: Path) -> None:
    with pytest.raises(MienError, match="mien assets fetch mobilenet-v2-imagenet"):
        imagenet_classifier(cache=tmp_path)


def test_multiplier_beside_weights_is_refused() -> None:
    with pytest.raises(MienError, match="multiplier"):
        MobileNetV2(multiplier=0.5).build(seed=0)
