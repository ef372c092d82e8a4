"""What a clip, a camera and a limited child have in common: they give frames."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol, runtime_checkable

from mien.faces.warp import Image

SUFFIXES = frozenset(
    {
        *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".wmv", ".asf", ".flv"),
        *(".mts", ".m2ts", ".m2t", ".ts", ".vob", ".dv", ".mxf", ".3gp", ".3g2", ".ogv"),
    }
)
"""File names taken for clips when a folder is read."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ClipFrame:
    """One frame; `image` is None where it could not be decoded."""

    index: int
    """From 0, damaged frames counted."""
    time: float
    """Seconds."""
    image: Image | None = field(repr=False)


@runtime_checkable
class Frames(Protocol):
    """Something that gives frames in order, each with its own time."""

    declared: int
    """Frames it claims to have; 0 where it does not say."""
    rate: Fraction
    """Mean frames a second."""
    decoded: int
    """Frames decoded so far."""
    damaged: int
    """Frames that could not be decoded so far."""
    problem: str
    """Why they ended early; empty if they did not."""
    read_ahead: int
    """Frames to make before they are used; 0 for what is live."""

    def frames(
        self,
        *,
        every: int = 1,
        start: float | None = None,
        end: float | None = None,
        first: int = 0,
    ) -> Iterator[ClipFrame]:
        """Frames in order, as of `Clip.frames`."""
        ...
