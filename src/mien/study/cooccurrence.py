"""Which units act together: counts, Jaccard index and phi over the frames where both are known."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class CoOccurrence:
    """Every pair of units; each array is (units, units) and symmetric."""

    both: Whole = field(repr=False)
    """Frames in which both are present; on the diagonal, in which the unit is."""
    either: Whole = field(repr=False)
    """Frames in which at least one is."""
    known: Whole = field(repr=False)
    """Frames in which both are scored."""
    jaccard: Floats = field(repr=False)
    """`both / either` (Jaccard, 1912); NaN where neither is ever present."""
    phi: Floats = field(repr=False)
    """Correlation of the two indicators (Yule, 1912); NaN where one never changes."""

    def __repr__(self) -> str:
        return f"CoOccurrence({len(self.both)} units)"


def measure(scores: npt.ArrayLike, thresholds: npt.ArrayLike) -> CoOccurrence:
    """Count in how many frames each pair of units is present together.

    Args:
        scores: (frames, units); NaN where a frame has no score.
        thresholds: (units,) score from which a unit is present.

    Raises:
        ValueError: the shapes do not fit.
    """
    values, levels = np.asarray(scores, np.float64), np.asarray(thresholds, np.float64)
    if values.ndim != 2 or levels.shape != values.shape[1:]:
        raise ValueError(f"scores {values.shape} and thresholds {levels.shape} do not fit")
    scored = np.isfinite(values)
    present = scored & (np.where(scored, values, 0.0) >= levels)
    both, known, first = (_counts(a, b) for a, b in ((present, present), (scored, scored),
                                                     (present, scored)))  # fmt: skip
    second = first.T
    either = first + second - both
    spread = first * (known - first) * second * (known - second)
    with np.errstate(invalid="ignore", divide="ignore"):
        jaccard = np.where(either > 0, both / either, np.nan)
        phi = np.where(spread > 0, (known * both - first * second) / np.sqrt(spread), np.nan)
    whole = (each.astype(np.int64) for each in (both, either, known))
    return CoOccurrence(**dict(zip(("both", "either", "known"), whole, strict=True)),
                        jaccard=jaccard, phi=phi)  # fmt: skip


def _counts(first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_]) -> Floats:
    """(units, units) frames in which both hold; counting needs no BLAS, which would spin."""
    rows, columns = np.ascontiguousarray(first.T), np.ascontiguousarray(second.T)
    return np.array([[np.count_nonzero(a & b) for b in columns] for a in rows], np.float64).reshape(
        len(rows), len(columns)
    )
