"""Shares of counts, some of which may be empty."""

import numpy as np
from jaxtyping import Float, Shaped


def ratio(
    top: Shaped[np.ndarray, "..."], bottom: Shaped[np.ndarray, "..."]
) -> Float[np.ndarray, "..."]:
    """Divide shapes that broadcast; NaN where the divisor is not above zero."""
    good = bottom > 0
    return np.where(good, top / np.where(good, bottom, 1), np.nan)
