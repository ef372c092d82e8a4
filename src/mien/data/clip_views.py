"""Views of frames that belong together: one draw for a whole clip, one view within another."""

from dataclasses import fields, replace

import torch

from mien.data.views import View, ViewDraw, draw


def clip_draw(view: View, *, frames: int, rows: int, generator: torch.Generator) -> ViewDraw:
    """One view of each of `rows` rows, the same choices for every `frames` rows in a row.

    So a clip's frames are cropped and coloured alike, and no jitter is read as motion.

    Args:
        view: what may change.
        frames: rows of a clip.
        rows: rows of the global batch, whole clips.
        generator: a CPU generator in the state that the step's seed gives it.
    """
    drawn = draw(view, 1, batch=rows // frames, generator=generator)
    return replace(
        drawn,
        **{
            field.name: getattr(drawn, field.name).repeat_interleave(frames, dim=0)
            for field in fields(drawn)
        },
    )


def within(outer: ViewDraw, inner: ViewDraw) -> ViewDraw:
    """Views of what `outer` shows: crop within its crop, mirrored once more where `inner` says so.

    Colours, blur and erasing are those of `inner` alone.
    """
    left, top, wide, high = outer.box.unbind(-1)
    x, y, w, h = inner.box.unbind(-1)
    box = torch.stack([left + x * wide, top + y * high, w * wide, h * high], dim=-1)
    return replace(inner, box=box, flip=outer.flip ^ inner.flip)


def side_by_side(first: ViewDraw, second: ViewDraw) -> ViewDraw:
    """The views of both draws of the same rows, first those of `first`."""
    return replace(
        first,
        **{
            field.name: torch.cat([getattr(first, field.name), getattr(second, field.name)], dim=1)
            for field in fields(first)
        },
    )
