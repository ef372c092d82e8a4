"""Views of clips: alike within a clip, apart between clips, one view within another."""

from dataclasses import fields

import pytest
import torch

from mien.data.clip_views import clip_draw, side_by_side, within
from mien.data.views import View, apply, draw

STRONG = View(
    scale=(0.3, 0.9),
    ratio=(0.7, 1.4),
    flip=0.5,
    jitter=0.7,
    brightness=0.4,
    contrast=0.4,
    saturation=0.4,
    hue=0.1,
    grey=0.3,
    blur=0.5,
    erase=0.5,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("frames", [1, 3, 4])
def test_frames_of_a_clip_are_altered_alike(frames):
    drawn = clip_draw(STRONG, frames=frames, rows=12, generator=generator())
    apart = draw(STRONG, 1, batch=12 // frames, generator=generator())
    for field in fields(drawn):
        values = getattr(drawn, field.name)
        assert len(values) == 12
        for row in range(12):
            assert torch.equal(values[row], getattr(apart, field.name)[row // frames])
    assert len({tuple(box.flatten().tolist()) for box in drawn.box}) == 12 // frames


def test_a_still_clip_stays_still():
    still = torch.randint(0, 256, (1, 3, 32, 32), generator=generator(), dtype=torch.uint8)
    images = still.expand(8, -1, -1, -1).contiguous()
    drawn = clip_draw(STRONG, frames=4, rows=8, generator=generator(2))
    views = apply(images, drawn, 24)
    assert (views[:4] == views[0]).all()
    assert (views[4:] == views[4]).all()
    assert not torch.equal(views[0], views[4])


def test_a_view_within_another_is_the_view_of_that_view():
    """On a smooth image: cropping twice is cropping once by the composed box."""
    ramp = torch.linspace(0, 1, 256)
    image = torch.stack(
        [ramp.expand(256, 256), ramp[:, None].expand(256, 256), ramp.expand(256, 256)]
    )
    pixels = (image * 255).round().to(torch.uint8)[None].expand(6, -1, -1, -1).contiguous()
    shape = View(scale=(0.4, 0.8), ratio=(0.8, 1.25))
    outer, inner = (draw(shape, 1, batch=6, generator=generator(s)) for s in (1, 2))
    seen = apply(pixels, outer, 256)[:, 0]
    twice = apply((seen * 255).round().to(torch.uint8), inner, 32)
    once = apply(pixels, within(outer, inner), 32)
    torch.testing.assert_close(once, twice, rtol=0, atol=0.02)


def test_mirrors_cancel_and_colours_are_the_inner_ones():
    outer, inner = (draw(STRONG, 1, batch=40, generator=generator(s)) for s in (3, 4))
    both = within(outer, inner)
    assert torch.equal(both.flip, outer.flip ^ inner.flip)
    left, top, wide, high = both.box.unbind(-1)
    x, y, w, h = outer.box.unbind(-1)
    assert (left >= x - 1e-6).all()
    assert (top >= y - 1e-6).all()
    assert (left + wide <= x + w + 1e-6).all()
    assert (top + high <= y + h + 1e-6).all()
    for name in ("jitter", "factors", "grey", "blur", "sigma", "erase", "erase_box", "colour"):
        assert torch.equal(getattr(both, name), getattr(inner, name))


def test_side_by_side_keeps_the_order():
    first, second = (draw(STRONG, 1, batch=5, generator=generator(s)) for s in (1, 2))
    joined = side_by_side(first, second)
    for field in fields(joined):
        values = getattr(joined, field.name)
        assert torch.equal(values[:, :1], getattr(first, field.name))
        assert torch.equal(values[:, 1:], getattr(second, field.name))
