"""Replaced batch norms against the formula, and which of them couple a batch."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from mien.models.backbone import live_batch_norm
from mien.models.norm import FrozenBatchNorm, normalised


def trained() -> nn.BatchNorm2d:
    layer = nn.BatchNorm2d(12, eps=1e-3)
    generator = torch.Generator().manual_seed(0)
    for value in (layer.weight, layer.bias, layer.running_mean, layer.running_var):
        value.data = torch.rand(12, generator=generator) + 0.1
    return layer


def net() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(3, 12, 3), nn.BatchNorm2d(12), nn.Sequential(nn.ReLU(), nn.BatchNorm2d(12))
    )


@pytest.mark.parametrize("training", [True, False])
def test_frozen_is_the_formula(training: bool) -> None:
    source = trained()
    layer = FrozenBatchNorm(source).train(training)
    maps = torch.randn(4, 12, 5, 3)
    expected = torch.empty_like(maps)
    for channel in range(12):
        scale = source.weight[channel] / (source.running_var[channel] + 1e-3).sqrt()
        shifted = maps[:, channel] - source.running_mean[channel]
        expected[:, channel] = (shifted * scale + source.bias[channel]).detach()
    assert_close(layer(maps), expected)
    assert_close(layer.running_mean, source.running_mean)


def test_frozen_scale_and_shift_learn_and_statistics_do_not() -> None:
    layer = FrozenBatchNorm(trained())
    assert {name for name, _ in layer.named_parameters()} == {"weight", "bias"}
    assert {name for name, _ in layer.named_buffers()} == {"running_mean", "running_var"}
    maps = torch.randn(2, 12, 4, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer.double(), (maps,))


def test_frozen_copies_and_does_not_share() -> None:
    source = trained()
    layer = FrozenBatchNorm(source)
    source.weight.data.zero_()
    assert layer.weight.min() > 0


@pytest.mark.parametrize(
    ("norm", "kind", "live"),
    [
        ("frozen-batch", FrozenBatchNorm, []),
        ("group", nn.GroupNorm, []),
        ("batch", nn.BatchNorm2d, ["1", "2.1"]),
    ],
)
def test_every_norm_is_replaced(norm: str, kind: type, live: list[str]) -> None:
    module = normalised(net(), norm)
    assert isinstance(module[1], kind)
    assert isinstance(module[2][1], kind)
    assert live_batch_norm(module) == live


def test_group_count_divides_odd_widths() -> None:
    module = normalised(nn.Sequential(nn.BatchNorm2d(12), nn.BatchNorm2d(7)), "group")
    assert [part.num_groups for part in module] == [4, 1]


def test_all_kinds_of_live_batch_norm_are_found() -> None:
    module = nn.ModuleList([nn.BatchNorm1d(2), nn.SyncBatchNorm(2), nn.LayerNorm(2)])
    assert live_batch_norm(module) == ["0", "1"]
