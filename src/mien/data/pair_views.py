"""Views of rows that come in pairs, the second of which may be altered otherwise than the first."""

from dataclasses import fields, replace

import torch

from mien.data.views import View, ViewDraw, draw


def pair_draw(first: View, second: View, *, rows: int, generator: torch.Generator) -> ViewDraw:
    """One view of each row: even rows by `first`, odd rows by `second`.

    Args:
        first: what may change in rows 0, 2 and so on.
        second: what may change in rows 1, 3 and so on.
        rows: rows of the global batch.
        generator: a CPU generator in the state that the step's seed gives it.
    """
    numbers = generator.get_state()
    even = draw(first, 1, batch=rows, generator=generator)
    generator.set_state(numbers)
    odd = draw(second, 1, batch=rows, generator=generator)
    changed = {}
    for field in fields(even):
        values = getattr(even, field.name).clone()
        values[1::2] = getattr(odd, field.name)[1::2]
        changed[field.name] = values
    return replace(even, **changed)
