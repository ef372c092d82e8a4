"""Which expressions are learned and which are met unseen, written down once and for all.

The paper's own split is unknown to us: these are ours. Each of the six emotions is unseen in at
least one split, neutral in none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from mien.facs import EXPRESSIONS_7


@dataclass(frozen=True, kw_only=True)
class ClassSplit:
    """Expressions with labels in training, and expressions without."""

    seen: tuple[str, ...]
    """Learned, in the order of `EXPRESSIONS_7`."""
    unseen: tuple[str, ...]
    """Met in the test alone."""


def _without(*unseen: str) -> ClassSplit:
    return ClassSplit(
        seen=tuple(name for name in EXPRESSIONS_7 if name not in unseen),
        unseen=tuple(name for name in EXPRESSIONS_7 if name in unseen),
    )


CLASS_SPLITS: Final[Mapping[str, ClassSplit]] = MappingProxyType(
    {
        "a": _without("surprise", "fear", "disgust"),
        "b": _without("happiness", "sadness", "anger"),
        "c": _without("sadness", "fear", "anger"),
    }
)
"""Splits by name: b is the complement of a; c keeps what is easily mistaken for each other."""
