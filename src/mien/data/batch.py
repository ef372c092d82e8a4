"""A batch: images and what is known about them, row by row."""

from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from jaxtyping import Bool, Float, Int64, UInt8
from torch import Tensor

from mien.data.views import flip_sided


@dataclass(frozen=True, kw_only=True, repr=False)
class Batch:
    """What a method is given for one step; every tensor's first axis is the row.

    Unknown occurrence, intensities and affect are NaN; unknown subject, clip, activity and
    expression are -1.
    """

    images: UInt8[Tensor, "batch 3 height width"]
    """RGB crops as stored."""
    subject: Int64[Tensor, " batch"]
    """Who, as an index."""
    clip: Int64[Tensor, " batch"]
    """Which recording, as an index."""
    activity: Int64[Tensor, " batch"]
    """What the subject was doing, as an index."""
    occurrence: Float[Tensor, "batch unit"]
    """Action units, 0 or 1."""
    intensity: Float[Tensor, "batch unit"]
    """Action units, 0 to 5."""
    expression: Int64[Tensor, " batch"]
    """Expression class."""
    affect: Float[Tensor, "batch 2"]
    """Valence and arousal, -1 to 1."""
    index: Int64[Tensor, " batch"]
    """Row in the store."""
    seed: int
    """The step's seed: the same on all ranks and micro-batches."""
    first: int = 0
    """Place of the first row in the global batch: with `seed`, what a row's own random choices
    follow from on any rank and in any micro-batch."""
    views: Float[Tensor, "batch view 3 view_height view_width"] | None = None
    """Augmented images in 0 to 1, once drawn."""
    sided: Float[Tensor, "batch unit 2"] | None = None
    """Intensities of the subject's left and right, 0 to 5, as the first view shows them: where
    it is mirrored, left and right have changed places."""
    patches: UInt8[Tensor, "batch 2 3 patch patch"] | None = None
    """Eyes and mouth of each frame before any change, where the loader was asked for them."""
    faced: Bool[Tensor, " batch"] | None = None
    """Whether there was a face to cut `patches` from; else they are black."""
    flipped: Bool[Tensor, " batch"] | None = None
    """Rows whose first view is mirrored, once views are drawn."""
    geometry: Float[Tensor, "batch feature"] | None = None
    """The shape of each face as stored (`mien.faces.geometry`), where the method asks for it."""
    told: Float[Tensor, "batch told"] | None = None
    """What teachers say of each face, where the method asks for it."""

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        shapes = [f"{name}={tuple(value.shape)}" for name, value in self._tensors().items()]
        return f"Batch({', '.join(shapes)}, seed={self.seed})"

    def rows(self, rows: slice) -> "Batch":
        """The rows of a slice, as views of the same memory."""
        start = rows.indices(len(self))[0]
        tensors = {name: value[rows] for name, value in self._tensors().items()}
        return replace(self, first=self.first + start, **tensors)

    def to(self, device: torch.device | str, *, non_blocking: bool = False) -> "Batch":
        """The batch on another device."""
        moved = {
            name: value.to(device, non_blocking=non_blocking)
            for name, value in self._tensors().items()
        }
        return replace(self, **moved)

    def with_views(
        self,
        views: Float[Tensor, "batch view 3 view_height view_width"],
        *,
        flipped: Bool[Tensor, " batch"] | None = None,
    ) -> "Batch":
        """The batch with its augmented images.

        Args:
            views: the images.
            flipped: rows whose first view is mirrored, so that left and right swap in `sided`;
                None for none.
        """
        sided = self.sided
        if sided is not None and flipped is not None:
            sided = flip_sided(sided, flipped.to(sided.device, non_blocking=True))
        return replace(self, views=views, sided=sided, flipped=flipped)

    def _tensors(self) -> dict[str, Any]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, Tensor)}
