"""Every change of a view against a slow reference, and the whole against slices of it."""

import colorsys
import math
from itertools import pairwise

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.data import colour
from mien.data.blur import blur_matrix, gaussian_blur
from mien.data.erase import erase
from mien.data.resample import crop_resize, weights
from mien.data.views import View, ViewDraw, apply, draw, flip_sided, resize

STRONG = View(
    scale=(0.2, 1.0),
    ratio=(0.75, 1.33),
    flip=0.5,
    jitter=0.8,
    brightness=0.4,
    contrast=0.4,
    saturation=0.4,
    hue=0.1,
    grey=0.2,
    blur=0.5,
    erase=0.3,
)


def pictures(count: int = 3, size: int = 12, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, 3, size, size), generator=generator, dtype=torch.uint8)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def slow_weights(start: float, extent: float, source: int, size: int) -> np.ndarray:
    """The triangle filter, weight by weight."""
    matrix = np.zeros((size, source))
    step = extent / size
    support = max(step, 1.0)
    for out in range(size):
        centre = start + (out + 0.5) * step
        for pixel in range(source):
            matrix[out, pixel] = max(0.0, 1.0 - abs(pixel + 0.5 - centre) / support)
        matrix[out] /= matrix[out].sum()
    return matrix


@settings(deadline=None, max_examples=30)
@given(
    start=st.floats(0, 6),
    extent=st.floats(1, 10),
    source=st.integers(16, 20),
    size=st.integers(1, 20),
)
def test_weights_agree_with_loops(start: float, extent: float, source: int, size: int) -> None:
    found = weights(torch.tensor([start]), torch.tensor([extent]), source=source, size=size)
    expected = slow_weights(start, extent, source, size)
    np.testing.assert_allclose(found[0].numpy(), expected, atol=1e-5)


@pytest.mark.parametrize("size", [5, 12, 30])
@pytest.mark.parametrize("box", [(0, 0, 24, 24), (4, 6, 20, 18), (3.3, 0.7, 17.9, 23.2)])
def test_crops_agree_with_pillow(size: int, box: tuple[float, ...]) -> None:
    """Up to its rounding to 8 bits after each axis."""
    from PIL import Image

    images = pictures(1, 24)
    left, top, right, bottom = box
    picture = Image.fromarray(images[0].permute(1, 2, 0).numpy())
    cut = picture.resize((size, size), Image.Resampling.BILINEAR, box=(left, top, right, bottom))
    expected = torch.from_numpy(np.array(cut)).permute(2, 0, 1) / 255
    part = torch.tensor([[left, top, right - left, bottom - top]]) / 24
    for flip in (False, True):
        found = crop_resize(images, part, torch.tensor([flip]), size=size)[0]
        mirrored = expected.flip(2) if flip else expected
        assert (found - mirrored).abs().max() < 1.5 / 255


def test_the_whole_image_agrees_with_torch() -> None:
    images = pictures(2, 40)
    expected = torch.nn.functional.interpolate(
        images.float() / 255, (16, 16), mode="bilinear", antialias=True, align_corners=False
    )
    torch.testing.assert_close(resize(images, 16), expected, atol=1e-5, rtol=0)


def test_resize_of_the_same_size_is_exact() -> None:
    images = pictures()
    assert torch.equal(resize(images, 12), images.float() / 255)
    identity = draw(View(), 1, batch=3, generator=generator())
    assert torch.allclose(apply(images, identity, 12)[:, 0], images.float() / 255, atol=1e-6)


def test_grey_agrees_with_opencv() -> None:
    images = pictures()
    found = colour.grey(images.float() / 255)
    for image, grey in zip(images, found, strict=True):
        expected = cv2.cvtColor(image.permute(1, 2, 0).numpy(), cv2.COLOR_RGB2GRAY)
        assert np.abs(grey[0].numpy() * 255 - expected).max() < 1


def slow_jitter(image: np.ndarray, factors: list[float]) -> np.ndarray:
    """Brightness, contrast, saturation and hue, pixel by pixel."""
    bright, contrast, saturation, turn = factors
    height, width = image.shape[1:]
    out = np.clip(image.astype(np.float64) * bright, 0, 1)

    def luma(pixel: np.ndarray) -> float:
        return float(0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2])

    mean = np.mean([luma(out[:, y, x]) for y in range(height) for x in range(width)])
    out = np.clip(mean + contrast * (out - mean), 0, 1)
    for y in range(height):
        for x in range(width):
            pixel = out[:, y, x]
            pixel = np.clip(luma(pixel) + saturation * (pixel - luma(pixel)), 0, 1)
            hue, sat, value = colorsys.rgb_to_hsv(*pixel)
            out[:, y, x] = colorsys.hsv_to_rgb((hue + turn) % 1.0, sat, value)
    return out


@settings(deadline=None, max_examples=15)
@given(
    factors=st.tuples(*[st.floats(0, 2)] * 3, st.floats(-0.5, 0.5)).map(list),
    seed=st.integers(0, 100),
)
def test_jitter_agrees_with_colorsys(factors: list[float], seed: int) -> None:
    images = pictures(1, 4, seed).float() / 255
    found = colour.jitter(images, torch.tensor([factors]))
    np.testing.assert_allclose(found[0].numpy(), slow_jitter(images[0].numpy(), factors), atol=2e-4)


def test_jitter_keeps_grey_black_and_white() -> None:
    flat = torch.tensor([0.0, 0.5, 1.0])[:, None, None, None].expand(3, 3, 4, 4).contiguous()
    turned = colour.hue(flat, torch.tensor([0.3, -0.2, 0.5]))
    assert torch.equal(turned, flat)
    neutral = torch.tensor([[1.0, 1.0, 1.0, 0.0]])
    images = pictures(1).float() / 255
    assert torch.allclose(colour.jitter(images, neutral), images, atol=1e-6)


@pytest.mark.parametrize("sigma", [0.3, 0.8, 1.7])
def test_blur_agrees_with_opencv(sigma: float) -> None:
    images = pictures(1, 16).float() / 255
    found = gaussian_blur(images, torch.tensor([sigma]))[0].permute(1, 2, 0).numpy()
    reach = math.floor(max(3 * sigma, 1.0))
    kernel = (2 * reach + 1, 2 * reach + 1)
    image = images[0].permute(1, 2, 0).numpy()
    expected = cv2.GaussianBlur(image, kernel, sigma, borderType=cv2.BORDER_REFLECT_101)
    assert np.abs(found - expected).max() < 1e-4


def test_blur_keeps_flat_images_and_the_mean_weight() -> None:
    for sigma in (0.01, 1.0, 50.0):
        matrix = blur_matrix(torch.tensor([sigma]), size=9)
        assert torch.allclose(matrix.sum(2), torch.ones(1, 9), atol=1e-5)
        assert (matrix >= 0).all()
    assert torch.allclose(blur_matrix(torch.tensor([0.01]), size=5)[0], torch.eye(5))


def test_erase_agrees_with_loops() -> None:
    images = pictures(2, 10).float() / 255
    box = torch.tensor([[0.2, 0.3, 0.52, 0.24], [0.0, 0.0, 1.0, 0.1]])
    fill = torch.tensor([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    expected = images.clone()
    for row in range(2):
        left, top, wide, high = box[row].tolist()
        for y in range(10):
            for x in range(10):
                across, down = (x + 0.5) / 10, (y + 0.5) / 10
                if left <= across < left + wide and top <= down < top + high:
                    expected[row, :, y, x] = fill[row]
    assert torch.equal(erase(images, box, fill), expected)


@settings(deadline=None, max_examples=20)
@given(
    low=st.floats(0.05, 0.9),
    span=st.floats(0.0, 0.1),
    ratio=st.floats(0.3, 1.0),
    seed=st.integers(0, 1000),
)
def test_boxes_lie_inside_and_have_their_area(
    low: float, span: float, ratio: float, seed: int
) -> None:
    view = View(scale=(low, low + span), ratio=(ratio, 1 / ratio), erase_area=(low, low + span))
    drawn = draw(view, 2, batch=50, generator=generator(seed))
    for box in (drawn.box, drawn.erase_box):
        left, top, wide, high = box.unbind(-1)
        assert (box >= 0).all()
        assert (left + wide <= 1 + 1e-6).all()
        assert (top + high <= 1 + 1e-6).all()
        assert (wide * high <= low + span + 1e-5).all()
        fits = (wide < 1) & (high < 1)
        assert (wide * high >= low - 1e-5)[fits].all()


def test_probabilities_hold() -> None:
    drawn = draw(STRONG, 2, batch=2000, generator=generator())
    for name in ("flip", "jitter", "grey", "blur", "erase"):
        share = getattr(drawn, name).float().mean().item()
        assert abs(share - getattr(STRONG, name)) < 0.05
    assert drawn.factors[..., :3].min() >= 0.6
    assert drawn.factors[..., 3].abs().max() <= 0.1
    wild = draw(View(jitter=1.0, brightness=2.0), 1, batch=200, generator=generator())
    assert wild.factors[..., 0].min() == 0


def test_switching_one_change_off_leaves_the_others() -> None:
    one = draw(STRONG, 2, batch=9, generator=generator())
    two = draw(
        View(scale=(0.2, 1.0), ratio=(0.75, 1.33), flip=0.5), 2, batch=9, generator=generator()
    )
    assert torch.equal(one.box, two.box)
    assert torch.equal(one.flip, two.flip)
    assert not two.jitter.any()


@pytest.mark.parametrize("cuts", [[4], [1, 5, 21], [2, 18, 19]])
def test_slices_make_the_views_of_the_whole(cuts: list[int]) -> None:
    """Micro-batches and ranks: bit for bit the views that one process makes."""
    images = pictures(24, 20)
    drawn = draw(STRONG, 2, batch=24, generator=generator())
    whole = apply(images, drawn, 16)
    assert whole.shape == (24, 2, 3, 16, 16)
    assert whole.min() >= 0
    assert whole.max() <= 1 + 1e-6
    bounds = [0, *cuts, 24]
    parts = [
        apply(images[first:last], drawn.rows(slice(first, last)), 16)
        for first, last in pairwise(bounds)
    ]
    assert torch.equal(torch.cat(parts), whole)


def test_views_are_made_of_their_parts() -> None:
    """`apply` is the chain crop, jitter, grey, blur, erase on the chosen rows."""
    images = pictures(12, 20)
    drawn = draw(STRONG, 1, batch=12, generator=generator(4))
    found = apply(images, drawn, 16)[:, 0]
    for row in range(12):
        one = drawn.rows(slice(row, row + 1))
        image = crop_resize(images[row : row + 1], one.box[:, 0], one.flip[:, 0], size=16)
        if one.jitter[0, 0]:
            image = colour.jitter(image, one.factors[:, 0])
        if one.grey[0, 0]:
            image = colour.grey(image).expand(1, 3, 16, 16)
        if one.blur[0, 0]:
            image = gaussian_blur(image, one.sigma[:, 0] * 16 / 224)
        if one.erase[0, 0]:
            image = erase(image, one.erase_box[:, 0], one.colour[:, 0])
        assert torch.allclose(found[row], image[0], atol=1e-6)


def test_images_are_left_alone_and_memory_order_does_not_matter() -> None:
    images = pictures(4, 20)
    before = images.clone()
    drawn = draw(STRONG, 1, batch=4, generator=generator())
    plain = apply(images, drawn, 16)
    last = images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
    assert torch.equal(images, before)
    assert torch.equal(apply(last, drawn, 16), plain)


def test_precision_survives_autocast() -> None:
    images = pictures(4, 20)
    drawn = draw(STRONG, 1, batch=4, generator=generator())
    plain = apply(images, drawn, 16)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(apply(images, drawn, 16), plain)
        assert resize(images, 16).dtype == torch.float32


def test_sided_labels_follow_the_mirror() -> None:
    values = torch.tensor([[[1.0, 2.0], [3.0, math.nan]], [[1.0, 2.0], [3.0, 4.0]]])
    flipped = flip_sided(values, torch.tensor([True, False]))
    expected = torch.tensor([[[2.0, 1.0], [math.nan, 3.0]], [[1.0, 2.0], [3.0, 4.0]]])
    torch.testing.assert_close(flipped, expected, equal_nan=True)


def test_rows_and_choices_must_match() -> None:
    drawn = draw(STRONG, 2, batch=3, generator=generator())
    with pytest.raises(ValueError, match="2 images, but choices for 3"):
        apply(pictures(2), drawn, 8)
    assert isinstance(drawn, ViewDraw)
    assert repr(drawn) == "ViewDraw(3 rows, 2 views)"
