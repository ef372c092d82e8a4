"""What the lab's settings may be: numbers out of range are refused, with the remedy."""

import math
from collections.abc import Sequence
from typing import Final

from mien.errors import MienError

LEAST_SIDE: Final = 16
"""Of a picture, pixels: below it the renderer's filters have no room."""


def within_one(**values: float | int) -> None:
    """Settings, by name, that must lie between 0 and 1.

    Raises:
        MienError: one does not.
    """
    for name, value in values.items():
        if not 0.0 <= value <= 1.0:
            raise _refused(name, value, "a number from 0 to 1")


def not_negative(**values: float | int) -> None:
    """Settings, by name, that must be finite and 0 or more.

    Raises:
        MienError: one is not.
    """
    for name, value in values.items():
        if not 0.0 <= value < math.inf:
            raise _refused(name, value, "0 or more")


def positive(**values: float | int) -> None:
    """Settings, by name, that must be finite and above 0.

    Raises:
        MienError: one is not.
    """
    for name, value in values.items():
        if not 0.0 < value < math.inf:
            raise _refused(name, value, "a number above 0")


def counts(**values: int) -> None:
    """Settings, by name, that count something: there must be one at least.

    Raises:
        MienError: one is below 1.
    """
    for name, value in values.items():
        if value < 1:
            raise _refused(name, value, "1 or more")


def sides(**values: int) -> None:
    """Sides of pictures in pixels, by name.

    Raises:
        MienError: one is below `LEAST_SIDE`.
    """
    for name, value in values.items():
        if value < LEAST_SIDE:
            raise _refused(name, value, f"{LEAST_SIDE} pixels or more")


def spans(**values: tuple[float | int, float | int]) -> None:
    """Ranges, by name, within 0 and 1.

    Raises:
        MienError: one is not, or ends before it begins.
    """
    for name, (low, high) in values.items():
        if not 0.0 <= low <= high <= 1.0:
            raise _refused(name, (low, high), "two numbers from 0 to 1, the lower first")


def shares(values: Sequence[float | int], *, of: Sequence[str]) -> None:
    """Shares of some things: a number for each, none negative, not all 0.

    Raises:
        MienError: they are not.
    """
    if len(values) != len(of):
        raise MienError(
            f"there are {len(values)} shares for {len(of)} names",
            remedy=f"give a number for each of {', '.join(of)}",
        )
    not_negative(**dict(zip((f"the share of {name}" for name in of), values, strict=True)))
    if sum(values) <= 0.0:
        raise MienError("all shares are 0", remedy="give one of them more")


def _refused(name: str, value: object, rule: str) -> MienError:
    return MienError(f"{name} cannot be {value}", remedy=f"choose {rule}")
