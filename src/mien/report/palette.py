"""Colours that the colour-blind can tell apart, readable on light and on dark paper."""

from typing import Final

COLOURS: Final[tuple[str, ...]] = (
    *("#2a7fba", "#e08a00", "#1ea884", "#d4573a", "#a96aa8", "#66b3e3", "#a8922a", "#8b8f96"),
)
"""Eight hues after Okabe and Ito (2008), shifted to middle lightness: our choice."""

SYMBOLS: Final[tuple[str, ...]] = (
    *("circle", "diamond", "square", "triangle-up", "cross", "x", "star", "hexagon"),
)
"""Marker shapes, so that no distinction hangs on colour alone."""

DASHES: Final[tuple[str, ...]] = ("solid", "dash", "dot", "dashdot")
"""Line styles, for the same reason."""


def colour(index: int) -> str:
    """The colour of the n-th series; repeats after the last."""
    return COLOURS[index % len(COLOURS)]


def symbol(index: int) -> str:
    """The marker of the n-th group: shifts once per round of colours, so that pairs differ."""
    return SYMBOLS[(index + index // len(COLOURS)) % len(SYMBOLS)]


def dash(index: int) -> str:
    """The line style of the n-th series."""
    return DASHES[(index // 2) % len(DASHES)]


def faded(index: int, alpha: float) -> str:
    """The n-th colour with an opacity from 0 to 1, as CSS."""
    red, green, blue = (int(colour(index)[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {alpha:g})"
