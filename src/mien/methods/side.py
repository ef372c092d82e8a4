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
    """Features of a face's shape; zeros stand in, and flags say so, where a part is not known.

    Points and blendshape scores pass through layers of their own. While training each of them, and
    the pixels beside them, are withheld from some rows, so that none relies on another: what a
    reader of all three learns then carries over better to people and looks it has not met.

    Args:
        width: numbers returned, half for the points and half for the scores.
        drop: share of training rows whose shape is withheld whole.
        part_drop: of the others, the share whose points alone, and as many whose scores alone, are
            withheld.
        pixel_drop: of the rows with a shape, the share that must do without pixels.
        noise: standard deviation of the disturbance of training rows, in deviations of a feature.
        seed: of the layers.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(
        self,
        width: int,
        *,
        drop: float,
        noise: float,
        seed: int,
        part_drop: float = 0.0,
        pixel_drop: float = 0.0,
    ) -> None:
        super().__init__()
        self.width, self.noise = width, noise
        self.drop, self.part_drop, self.pixel_drop = drop, part_drop, pixel_drop
        self.register_buffer("mean", torch.zeros(geometry.WIDTH))
        self.register_buffer("deviation", torch.ones(geometry.WIDTH))
        with seeded(seed):
            self.branches = nn.ModuleList(
                _branch(part.stop - part.start + 1, width // 2) for part in geometry.PARTS
            )

    def standardise(self, features: Float[Tensor, "row feature"]) -> None:
        """Take mean and deviation from training rows; NaN rows do not count."""
        known = features[~features.isnan().any(1)].float()
        if len(known) > 1:
            self.mean.copy_(known.mean(0))
            self.deviation.copy_(known.std(0).clamp(min=1e-3))

    def forward(self, features: Float[Tensor, "batch feature"]) -> Float[Tensor, "batch side"]:
        """Features of rows; a part with a NaN is not known."""
        found = []
        for branch, part in zip(self.branches, geometry.PARTS, strict=True):
            some = features[:, part]
            known = (~some.isnan().any(1, keepdim=True)).to(features.dtype)
            scaled = (torch.nan_to_num(some) - self.mean[part]) / self.deviation[part]
            scaled = scaled.clamp(-8.0, 8.0) * known
            found.append(branch(torch.cat([scaled, known], dim=1)))
        return torch.cat(found, dim=1)

    def of(self, batch: Batch) -> tuple[Float[Tensor, "batch side"], Bool[Tensor, " batch"]]:
        """The side of a batch, mirrored with its views, and which rows may show their pixels.

        In training, parts are withheld; never everything that is known of a row.
        """
        everyone = torch.ones(len(batch), dtype=torch.bool, device=self.mean.device)
        if batch.geometry is None:
            shape = (len(batch), geometry.WIDTH)
            return self(torch.full(shape, torch.nan, device=self.mean.device)), everyone
        features = _turned(batch.geometry.to(self.mean.dtype), batch.flipped)
        if not self.training:
            return self(features), everyone
        features, shown = self._withheld(features, batch)
        return self(features), shown

    def _withheld(self, features: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        # Drawn for the global batch up to here, so that a row's chances do not depend on its part.
        generator = torch.Generator().manual_seed(batch.seed)
        rows = slice(batch.first, batch.first + len(batch))
        drawn = torch.rand((rows.stop, geometry.WIDTH + 3), generator=generator)[rows]
        drawn = drawn.to(features)
        shift, (whole, part, pixels) = drawn[:, :-3] - 0.5, drawn[:, -3:].unbind(1)
        features = features + shift * (self.noise * _UNIFORM) * self.deviation
        none = whole < self.drop
        without = (none | (part < self.part_drop), none | (part >= 1 - self.part_drop))
        pieces = [
            features[:, where].masked_fill(away[:, None], torch.nan)
            for where, away in zip(geometry.PARTS, without, strict=True)
        ]
        known = torch.stack([~each.isnan().any(1) for each in pieces]).any(0)
        return torch.cat(pieces, dim=1), ~known | (pixels >= self.pixel_drop)


def _branch(inputs: int, width: int) -> nn.Module:
    return nn.Sequential(
        nn.Linear(inputs, width), nn.LayerNorm(width), nn.GELU(), nn.Linear(width, width)
    )


def _turned(
    features: Float[Tensor, "batch feature"], flipped: Bool[Tensor, " batch"] | None
) -> Float[Tensor, "batch feature"]:
    if flipped is None:
        return features
    order = torch.from_numpy(geometry.MIRROR).to(features.device)
    sign = torch.from_numpy(geometry.SIGN).to(features)
    turned = features[:, order] * sign
    return torch.where(flipped.to(features.device)[:, None], turned, features)
