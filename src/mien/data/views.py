"""Views: random variants of a face, drawn for the global batch, made on any device.

Drawing and making are apart. `draw` takes its random numbers for the whole global batch from
one generator; ranks and micro-batches take slices of the draw, so that they make exactly the
views that one process would.
"""

import math
from dataclasses import dataclass, fields, replace
from typing import Final

import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from mien.data.blur import gaussian_blur
from mien.data.colour import grey, jitter
from mien.data.erase import erase
from mien.data.resample import crop_resize

_STRIP: Final = 16
"""Rows worked on at a time on a CPU: more fall out of its caches and take twice as long."""


@dataclass(frozen=True, kw_only=True)
class View:
    """How a view may differ from the stored crop; the defaults change nothing."""

    scale: tuple[float, float] = (1.0, 1.0)
    """Area of the crop as a fraction of the image, lowest and highest."""
    ratio: tuple[float, float] = (1.0, 1.0)
    """Width over height of the crop, lowest and highest (drawn evenly in its logarithm)."""
    flip: float = 0.0
    """Probability of mirroring left to right."""
    jitter: float = 0.0
    """Probability of changing the colours."""
    brightness: float = 0.0
    """Largest change of the brightness factor from 1; contrast and saturation likewise."""
    contrast: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0
    """Largest turn of the hue, as a fraction of the circle (at most 0.5)."""
    grey: float = 0.0
    """Probability of losing colour altogether."""
    blur: float = 0.0
    """Probability of Gaussian blur."""
    sigma: tuple[float, float] = (0.1, 2.0)
    """Its standard deviation, lowest and highest, in pixels of a 224-pixel view: it scales
    with the view's size."""
    erase: float = 0.0
    """Probability of filling a rectangle with one colour."""
    erase_area: tuple[float, float] = (0.02, 0.2)
    """Area of the rectangle as a fraction of the view, lowest and highest."""


@dataclass(frozen=True, kw_only=True, repr=False)
class ViewDraw:
    """The random choices for each row and view; on the CPU, like the generator."""

    box: Float[Tensor, "batch view 4"]
    """Left, top, width, height of the crop as fractions of the image."""
    flip: Bool[Tensor, "batch view"]
    jitter: Bool[Tensor, "batch view"]
    factors: Float[Tensor, "batch view 4"]
    """Factors of brightness, contrast and saturation; turn of the hue."""
    grey: Bool[Tensor, "batch view"]
    blur: Bool[Tensor, "batch view"]
    sigma: Float[Tensor, "batch view"]
    """Pixels of a 224-pixel view."""
    erase: Bool[Tensor, "batch view"]
    erase_box: Float[Tensor, "batch view 4"]
    """Left, top, width, height as fractions of the view."""
    colour: Float[Tensor, "batch view 3"]
    """What fills the erased rectangle."""

    def __len__(self) -> int:
        return len(self.box)

    def __repr__(self) -> str:
        return f"ViewDraw({len(self)} rows, {self.box.shape[1]} views)"

    def rows(self, rows: slice) -> "ViewDraw":
        """The choices for a slice of the batch."""
        return replace(
            self, **{field.name: getattr(self, field.name)[rows] for field in fields(self)}
        )


def draw(view: View, count: int, *, batch: int, generator: torch.Generator) -> ViewDraw:
    """Draw `count` views for each of `batch` rows, the rows of the global batch.

    The same numbers are taken from the generator whatever `view` says, so that switching one
    change off leaves the others as they were.

    Args:
        view: what may change.
        count: views per row.
        batch: rows of the global batch.
        generator: a CPU generator in the state that the step's seed gives it.
    """
    unit = torch.rand((batch, count, 21), generator=generator)
    spread = torch.tensor([view.brightness, view.contrast, view.saturation, view.hue])
    middle = torch.tensor([1.0, 1.0, 1.0, 0.0])
    factors = middle + (2.0 * unit[..., 4:8] - 1.0) * spread
    lowest = torch.tensor([0.0, 0.0, 0.0, -0.5])
    area, shape = _between(unit[..., 13], view.erase_area), _log_between(unit[..., 14], (0.3, 3.3))
    return ViewDraw(
        box=_crop_box(view, unit[..., :4]),
        flip=unit[..., 8] < view.flip,
        jitter=unit[..., 9] < view.jitter,
        factors=torch.maximum(factors, lowest),
        grey=unit[..., 10] < view.grey,
        blur=unit[..., 11] < view.blur,
        sigma=_between(unit[..., 12], view.sigma),
        erase=unit[..., 15] < view.erase,
        erase_box=_place(area, shape, unit[..., 16:18]),
        colour=unit[..., 18:21],
    )


def apply(
    images: UInt8[Tensor, "batch 3 height width"], drawn: ViewDraw, size: int
) -> Float[Tensor, "batch view 3 size size"]:
    """Make the views of some rows.

    Args:
        images: RGB crops, on the device to work on.
        drawn: the choices for exactly these rows (`ViewDraw.rows`).
        size: edge of a view in pixels.

    Returns:
        Views with values in 0 to 1, on the images' device.

    Raises:
        ValueError: another number of rows in `drawn`.
    """
    if len(images) != len(drawn):
        raise ValueError(f"{len(images)} images, but choices for {len(drawn)}")
    batch, count = drawn.box.shape[:2]
    out = torch.empty((batch, count, 3, size, size), device=images.device)
    strip = _STRIP if images.device.type == "cpu" else max(1, batch)
    # Pixels keep full precision whatever the model around them runs in.
    with torch.autocast(images.device.type, enabled=False):
        for first in range(0, batch, strip):
            rows = slice(first, first + strip)
            for place in range(count):
                out[rows, place] = _apply_one(images[rows], drawn.rows(rows), place, size)
    return out


def resize(
    images: UInt8[Tensor, "batch 3 height width"], size: int
) -> Float[Tensor, "batch 3 size size"]:
    """The whole images at another size, in 0 to 1: what evaluation sees."""
    if images.shape[-1] == images.shape[-2] == size:
        return images.float() / 255.0
    box = torch.tensor([0.0, 0.0, 1.0, 1.0], device=images.device).repeat(len(images), 1)
    flip = torch.zeros(len(images), dtype=torch.bool, device=images.device)
    with torch.autocast(images.device.type, enabled=False):
        return crop_resize(images, box, flip, size=size)


def flip_sided(
    values: Float[Tensor, "batch unit 2"], flip: Bool[Tensor, " batch"]
) -> Float[Tensor, "batch unit 2"]:
    """Swap the left and right labels of mirrored rows: the subject's left becomes the right."""
    return torch.where(flip[:, None, None], values.flip(2), values)


def _apply_one(
    images: Tensor, drawn: ViewDraw, place: int, size: int
) -> Float[Tensor, "batch 3 size size"]:
    """One view of each row; costly changes touch the chosen rows only."""
    device = images.device

    def moved(values: Tensor, rows: Tensor | slice = slice(None)) -> Tensor:
        return values[:, place][rows].to(device, non_blocking=True)

    out = crop_resize(images, moved(drawn.box), moved(drawn.flip), size=size)
    for chosen, change in (
        (drawn.jitter, lambda some, rows: jitter(some, moved(drawn.factors, rows))),
        (drawn.grey, lambda some, _: grey(some).expand_as(some)),
        (
            drawn.blur,
            lambda some, rows: gaussian_blur(some, _pixels(moved(drawn.sigma, rows), size)),
        ),
        (
            drawn.erase,
            lambda some, rows: erase(some, moved(drawn.erase_box, rows), moved(drawn.colour, rows)),
        ),
    ):
        # Chosen on the CPU: a GPU need not be asked how many rows there are.
        rows = torch.nonzero(chosen[:, place])[:, 0]
        if len(rows):
            here = rows.to(device, non_blocking=True)
            out[here] = change(out[here], rows)
    return out


def _pixels(sigma: Tensor, size: int) -> Tensor:
    return (sigma * (size / 224.0)).clamp(min=0.01)


def _between(unit: Tensor, limits: tuple[float, float]) -> Tensor:
    return limits[0] + unit * (limits[1] - limits[0])


def _log_between(unit: Tensor, limits: tuple[float, float]) -> Tensor:
    return _between(unit, (math.log(limits[0]), math.log(limits[1]))).exp()


def _crop_box(view: View, unit: Tensor) -> Tensor:
    return _place(
        _between(unit[..., 0], view.scale), _log_between(unit[..., 1], view.ratio), unit[..., 2:]
    )


def _place(area: Tensor, ratio: Tensor, unit: Tensor) -> Tensor:
    """A box of a given area and shape, shortened where it would not fit, anywhere inside."""
    wide, high = (area * ratio).sqrt().clamp(max=1.0), (area / ratio).sqrt().clamp(max=1.0)
    left, top = unit[..., 0] * (1.0 - wide), unit[..., 1] * (1.0 - high)
    return torch.stack([left, top, wide, high], dim=-1)
