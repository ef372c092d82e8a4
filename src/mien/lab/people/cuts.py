"""Cuts of clothing: a catalogue of what covers the shoulders."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Cut:
    """How a kind of clothing is cut."""

    neck: float
    """Height of the neckline over that of a wide one."""
    slit: float = 0.0
    """Depth of a V in front."""
    collar: str = ""
    """One of "flaps", "band", "roll" and "roll neck"; "" is none."""
    knitted: bool = False
    jacket: bool = False
    """Whether a jacket is worn over it."""


CUTS: Final = MappingProxyType(
    {
        "bare": Cut(neck=-0.6),
        "low": Cut(neck=0.04),
        "crew": Cut(neck=0.30, collar="band"),
        "v": Cut(neck=0.28, slit=0.42),
        "shirt": Cut(neck=0.36, slit=0.14, collar="flaps"),
        "suit": Cut(neck=0.38, collar="flaps", jacket=True),
        "open suit": Cut(neck=0.34, slit=0.30, collar="flaps", jacket=True),
        "jumper": Cut(neck=0.34, collar="flaps", knitted=True),
        "turtle": Cut(neck=0.46, collar="roll neck", knitted=True),
        "hoodie": Cut(neck=0.24, collar="roll"),
    }
)
"""Every kind of clothing by name."""
