"""Many comparisons at once: Holm's correction (1979), which needs no independence."""

from collections.abc import Sequence
from math import isnan, nan


def holm(chances: Sequence[float]) -> list[float]:
    """p-values corrected for how many there are, in the order given.

    The k-th smallest of m is multiplied by m + 1 − k; none falls below one before it, none rises
    above 1. An undefined one (NaN) is no comparison and stays undefined.
    """
    order = sorted((p, place) for place, p in enumerate(chances) if not isnan(p))
    found = [nan] * len(chances)
    lowest = 0.0
    for rank, (p, place) in enumerate(order):
        lowest = max(lowest, min(1.0, (len(order) - rank) * p))
        found[place] = lowest
    return found
