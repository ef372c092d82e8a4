"""How often units occur in published corpora, as far as we know: ranges quoted from memory.

None of these figures was read from a file at hand; they are what tables in papers say to the best
of our knowledge, widened to ranges. Before quoting one, look it up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mien.lab.shows.describe import BP4D_PREVALENCE

Range = tuple[float, float]
"""Lowest and highest share of frames."""


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Base rates of one corpus."""

    name: str
    threshold: int
    """Intensity from which its tables count a unit as present; 1 also stands for coded presence."""
    units: Mapping[int, Range]


BP4D: Final = Corpus(
    name="BP4D",
    threshold=1,
    units={unit: (share - 0.03, share + 0.03) for unit, share in BP4D_PREVALENCE.items()},
)
DISFA: Final = Corpus(
    name="DISFA, 2 or more",
    threshold=2,
    units={
        1: (0.03, 0.07),
        2: (0.02, 0.06),
        4: (0.12, 0.19),
        5: (0.0, 0.02),
        6: (0.06, 0.12),
        9: (0.02, 0.06),
        12: (0.11, 0.17),
        15: (0.01, 0.05),
        17: (0.02, 0.08),
        20: (0.0, 0.04),
        25: (0.24, 0.32),
        26: (0.06, 0.13),
    },
)
EMOTIONET: Final = Corpus(
    name="EmotioNet (web), roughly",
    threshold=1,
    units={
        1: (0.03, 0.09),
        2: (0.02, 0.06),
        4: (0.05, 0.12),
        5: (0.02, 0.06),
        6: (0.15, 0.30),
        9: (0.01, 0.04),
        12: (0.25, 0.40),
        17: (0.01, 0.06),
        20: (0.0, 0.03),
        25: (0.40, 0.52),
        26: (0.05, 0.14),
    },
)
CORPORA: Final = (BP4D, DISFA, EMOTIONET)


def inside(share: float, known: Range, *, slack: float = 0.05) -> bool:
    """Whether a share lies in a range, or within `slack` of it."""
    return known[0] - slack <= share <= known[1] + slack
