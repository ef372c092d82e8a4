"""Which moments a report shows as pictures, and the pictures with what is said of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from mien.report.face import Face
from mien.report.images import Picture
from mien.report.page import Block, Pictures
from mien.report.wording import figure_text

Apex: TypeAlias = tuple[int, float]
"""A unit and its probability at the apex."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A face in a photo, or in a clip at one time."""

    source: str
    """The file, as the table has it."""
    time: float | None
    """Seconds; None for a photo."""
    box: tuple[float, float, float, float]
    """Left, top, right, bottom of the face, px."""


Still: TypeAlias = npt.NDArray[np.uint8] | None
"""Pixels of one moment, (side, side, 3) RGB, the face alone; None where it cannot be had."""
Stills: TypeAlias = Callable[[Sequence[Moment]], Sequence[Still]]
"""Gives the pictures of moments, in their order."""
Album: TypeAlias = Mapping[Moment, npt.NDArray[np.uint8]]
"""The pictures that could be had."""


def apexes(face: Face, *, most: int) -> list[tuple[Moment, list[Apex]]]:
    """Moments to show of a face: the highest apex of each unit, at most so many, in time.

    Units whose apex is the same frame share a moment.

    Returns:
        Each moment with its apexes by unit: number and probability.
    """
    best = [
        (max(events, key=lambda event: event.peak), unit)
        for unit, events in face.events.items()
        if events
    ]
    best.sort(key=lambda pair: -pair[0].peak)
    at: dict[float, list[Apex]] = {}
    for event, unit in best:
        if event.apex in at or len(at) < most:
            at.setdefault(event.apex, []).append((unit, event.peak))
    return [(moment(face, time), sorted(at[time])) for time in sorted(at)]


def moment(face: Face, time: float) -> Moment:
    """The face at one of its frames."""
    left, top, right, bottom = (face.at(side, time) for side in ("left", "top", "right", "bottom"))
    return Moment(source=face.track.source.name, time=time, box=(left, top, right, bottom))


def still_blocks(chosen: Sequence[tuple[Moment, list[Apex]]], album: Album) -> tuple[Block, ...]:
    """The moments whose pictures could be had, in a grid."""
    shown = tuple(_picture(at, units, album[at]) for at, units in chosen if at in album)
    if not shown:
        return ()
    caption = "The highest apex of each unit: when, and its probability."
    return (Pictures(pictures=shown, width=104, caption=caption),)


def _picture(at: Moment, units: list[Apex], image: npt.NDArray[np.uint8]) -> Picture:
    names = ", ".join(f"AU{unit}" for unit, _ in units)
    peak = figure_text(max(peak for _, peak in units), digits=2)
    return Picture(
        image=image,
        alt=f"the face at the apex of {names}, {at.time:.2f} seconds",
        caption=names,
        note=f"{at.time:.2f} s, {peak}",
    )
