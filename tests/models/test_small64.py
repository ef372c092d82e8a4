"""small64 against its description, straight down."""

import torch
from torch.nn import functional as F  # noqa: N812  the customary name
from torch.testing import assert_close

from mien.models.small64 import Small64


def test_forward_is_the_description() -> None:
    encoder = Small64().build(seed=4).double()
    t = encoder.body.state_dict()
    images = torch.rand(2, 3, 64, 64, dtype=torch.float64)
    mean = torch.tensor([0.485, 0.456, 0.406], dtype=torch.float64).view(3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225], dtype=torch.float64).view(3, 1, 1)

    def norm(x: torch.Tensor, key: str) -> torch.Tensor:
        rows, channels = x.shape[:2]
        grouped = x.reshape(rows, 8, -1)
        centred = grouped - grouped.mean(2, keepdim=True)
        scaled = centred / (grouped.var(2, correction=0, keepdim=True) + 1e-5).sqrt()
        shape = (1, channels, 1, 1)
        return scaled.view_as(x) * t[f"{key}.weight"].view(shape) + t[f"{key}.bias"].view(shape)

    x = (images - mean.float()) / std.float()
    x = norm(F.conv2d(x, t["stem.weight"], stride=2, padding=1), "stem_norm").relu()
    for block in range(4):
        key = f"blocks.{block}"
        y = F.conv2d(x, t[f"{key}.first.weight"], stride=2, padding=1)
        y = norm(y, f"{key}.first_norm").relu()
        y = norm(F.conv2d(y, t[f"{key}.second.weight"], padding=1), f"{key}.second_norm")
        x = (y + F.conv2d(x, t[f"{key}.shortcut.weight"], stride=2)).relu()
    with torch.no_grad():
        assert_close(encoder(images), x.mean((2, 3)), rtol=1e-6, atol=1e-6)


def test_ten_layers_and_little_weight() -> None:
    encoder = Small64().build(seed=0)
    deep = [part for part in encoder.modules() if isinstance(part, torch.nn.Conv2d)]
    assert sum(part.kernel_size == (3, 3) for part in deep) == 9  # the tenth is the head's
    assert sum(value.numel() for value in encoder.parameters()) < 1_300_000


def test_weights_stay_contiguous_for_safetensors() -> None:
    encoder = Small64().build(seed=0)
    encoder(torch.rand(2, 3, 64, 64)).sum().backward()
    assert all(value.is_contiguous() for value in encoder.state_dict().values())
