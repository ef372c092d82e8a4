"""Folds that the literature scores on, by test part. Facts from public code, see `docs`.

BP4D and DISFA: as in ME-GraphAU, JAA-Net, AUNCE and FMAE-IAT, which number them differently, hence
the names P1 to P3. BP4D+: FMAE-IAT's random folds.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mien.errors import MienError
from mien.metrics.protocol import Split, splits


def _people(women: tuple[int, ...], men: tuple[int, ...]) -> tuple[str, ...]:
    return (*(f"F{each:03d}" for each in women), *(f"M{each:03d}" for each in men))


BP4D_FOLDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "P1": _people((1, 2, 8, 9, 10, 16, 18, 23), (1, 4, 7, 8, 12, 14)),
        "P2": _people((3, 5, 11, 13, 20, 22), (2, 5, 10, 11, 13, 16, 17, 18)),
        "P3": _people((4, 6, 7, 12, 14, 15, 17, 19, 21), (3, 6, 9, 15)),
    }
)
"""BP4D's 41 subjects."""

BP4D_PLUS_FOLDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "P1": _people(
            (4, 13, 14, 19, 20, 26, 33, 38, 39, 44, 46, 47, 53, 57, 61, 66, 71, 72, 76, 79),
            (3, 4, 15, 17, 20, 25, 26, 29, 33, 36, 40, 42, 48, 50, 51),
        ),
        "P2": _people(
            (12, 16, 22, 24, 28, 30, 31, 32, 34, 56, 60, 65, 74, 75, 77),
            (1, 5, 9, 11, 16, 18, 19, 22, 23, 28, 34, 37, 38, 43, 44, 45, 46, 47, 52, 55),
        ),
        "P3": _people(
            (
                *(1, 2, 8, 9, 17, 21, 27, 29, 35, 40, 42, 43),
                *(45, 50, 52, 54, 58, 62, 63, 64, 68, 69, 78, 80),
            ),
            (8, 10, 24, 27, 30, 31, 35, 41, 54, 56, 57),
        ),
        "P4": _people(
            (
                *(3, 5, 6, 7, 10, 11, 15, 18, 23, 25, 36, 37),
                *(41, 48, 49, 51, 55, 59, 67, 70, 73, 81, 82),
            ),
            (2, 6, 7, 12, 13, 14, 21, 32, 39, 49, 53, 58),
        ),
    }
)
"""BP4D+'s 140 subjects."""

DISFA_FOLDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        name: tuple(f"SN{each:03d}" for each in numbers)
        for name, numbers in {
            "P1": (1, 2, 9, 10, 16, 26, 27, 30, 32),
            "P2": (6, 11, 12, 13, 18, 21, 24, 28, 31),
            "P3": (3, 4, 5, 7, 8, 17, 23, 25, 29),
        }.items()
    }
)
"""DISFA's 27 subjects."""

PUBLISHED: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {"bp4d": BP4D_FOLDS, "bp4d-plus": BP4D_PLUS_FOLDS, "disfa": DISFA_FOLDS}
)
"""Published folds by corpus."""


def published(corpus: str, *, seed: int = 0, validation: float = 0.2) -> tuple[Split, ...]:
    """The published folds of a corpus as splits, with validation subjects out of the training part.

    Args:
        corpus: a key of `PUBLISHED`.
        seed: choice of the validation subjects (ours: the publications have none).
        validation: share of the training subjects; 0 for none.

    Raises:
        MienError: there are no published folds for it; the message lists the corpora there are.
    """
    if corpus not in PUBLISHED:
        raise MienError(
            f"there are no published folds for {corpus!r}",
            remedy=f"choose one of {', '.join(PUBLISHED)}, or use seeded folds",
        )
    return splits(dict(PUBLISHED[corpus]), seed=seed, validation=validation)
