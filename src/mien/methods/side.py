"""Geometry beside pixels: what is known of a face's shape, made to be done without."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mien.data.batch import Batch
from mien.faces import geometry
from mien.models.seeded import seeded

_UNIFORM = 12**0.5
"""Width of the uniform distribution of deviation 1."""


class Side(nn.Module):
    """Features of a face's shape; zeros stand in, and a flag says so, where it is not known.

    Args:
        width: numbers returned.
        drop: share of training rows whose shape is withheld.
        noise: standard deviation of the disturbance of training rows, in deviations of a feature.
        seed: of the layers.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, width: int, *, drop: float, noise: float, seed: int) -> None:
        super().__init__()
        self.width, self.drop, self.noise = width, drop, noise
        self.register_buffer("mean", torch.zeros(geometry.WIDTH))
        self.register_buffer("deviation", torch.ones(geometry.WIDTH))
        with seeded(seed):
            self.layers = nn.Sequential(
                nn.Linear(geometry.WIDTH + 1, width),
                nn.LayerNorm(width),
                nn.GELU(),
                nn.Linear(width, width),
            )

    def standardise(self, features: Float[Tensor, "row feature"]) -> None:
        """Take mean and deviation from training rows; NaN rows do not count."""
        known = features[~features.isnan().any(1)].float()
        if len(known) > 1:
            self.mean.copy_(known.mean(0))
            self.deviation.copy_(known.std(0).clamp(min=1e-3))

    def forward(self, features: Float[Tensor, "batch feature"]) -> Float[Tensor, "batch side"]:
        """Features of rows; a row with a NaN is not known."""
        known = (~features.isnan().any(1, keepdim=True)).to(features.dtype)
        scaled = (torch.nan_to_num(features) - self.mean) / self.deviation
        scaled = scaled.clamp(-8.0, 8.0) * known
        return self.layers(torch.cat([scaled, known], dim=1))

    def of(self, batch: Batch) -> Float[Tensor, "batch side"]:
        """The side of a training batch, mirrored with its views; some rows are withheld."""
        shape = (len(batch), geometry.WIDTH)
        if batch.geometry is None:
            return self(torch.full(shape, torch.nan, device=self.mean.device))
        features = _turned(batch.geometry.to(self.mean.dtype), batch.flipped)
        if not self.training:
            return self(features)
        # Drawn for the global batch up to here, so that a row's chances do not depend on its part.
        generator = torch.Generator().manual_seed(batch.seed)
        rows = slice(batch.first, batch.first + len(batch))
        drawn = torch.rand((rows.stop, geometry.WIDTH + 1), generator=generator)[rows]
        spread = ((drawn[:, :-1] - 0.5) * (self.noise * _UNIFORM)).to(features) * self.deviation
        withheld = drawn[:, -1:].to(features) < self.drop
        return self((features + spread).masked_fill(withheld, torch.nan))


def _turned(
    features: Float[Tensor, "batch feature"], flipped: Bool[Tensor, " batch"] | None
) -> Float[Tensor, "batch feature"]:
    if flipped is None:
        return features
    order = torch.from_numpy(geometry.MIRROR).to(features.device)
    sign = torch.from_numpy(geometry.SIGN).to(features)
    turned = features[:, order] * sign
    return torch.where(flipped.to(features.device)[:, None], turned, features)
