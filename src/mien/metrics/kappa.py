"""Agreement of two codings on presence, beyond chance: kappa, and kappa without the prevalence."""

import numpy as np
from jaxtyping import Float

from mien.metrics.counts import Counts
from mien.metrics.ratio import ratio
from mien.metrics.summary import PerLabel, per_label


def kappa(counts: Counts) -> PerLabel:
    """Cohen's kappa (1960) of each label: (observed - expected) / (1 - expected) agreement.

    Undefined where both codings are the same constant, for then chance alone agrees fully.
    """
    cells = _cells(counts)
    values = kappa_of(cells)
    return per_label(values.tolist(), _reasons(cells, values))


def adjusted_kappa(counts: Counts) -> PerLabel:
    """Prevalence- and bias-adjusted kappa, PABAK = 2 observed - 1, of each label.

    Byrt, Bishop and Carlin (1993), Journal of Clinical Epidemiology 46(5): the kappa that the same
    share of agreements would give if the label were present half the time in both codings.
    """
    cells = _cells(counts)
    values = adjusted_kappa_of(cells)
    return per_label(values.tolist(), _reasons(cells, values))


def kappa_of(cells: Float[np.ndarray, "*group 4 label"]) -> Float[np.ndarray, "*group label"]:
    """`kappa` of counts stacked as both, first only, second only, neither; NaN where undefined."""
    both, first, second, neither = np.moveaxis(cells, -2, 0)
    total = both + first + second + neither
    chance = (both + first) * (both + second) + (second + neither) * (first + neither)
    return ratio((both + neither) * total - chance, total**2 - chance)


def adjusted_kappa_of(
    cells: Float[np.ndarray, "*group 4 label"],
) -> Float[np.ndarray, "*group label"]:
    """`adjusted_kappa` of counts stacked as for `kappa_of`; NaN without samples."""
    both, _, _, neither = np.moveaxis(cells, -2, 0)
    return 2 * ratio(both + neither, cells.sum(axis=-2)) - 1


def f1_of(cells: Float[np.ndarray, "*group 4 label"]) -> Float[np.ndarray, "*group label"]:
    """F1 of counts stacked as for `kappa_of`; NaN where neither coding has the label."""
    both, first, second, _ = np.moveaxis(cells, -2, 0)
    return ratio(2 * both, 2 * both + first + second)


def _cells(counts: Counts) -> Float[np.ndarray, "*group 4 label"]:
    parts = (
        counts.true_positive,
        counts.false_positive,
        counts.false_negative,
        counts.true_negative,
    )
    return np.stack(parts, axis=-2).astype(np.float64)


def _reasons(cells: Float[np.ndarray, "4 label"], values: Float[np.ndarray, "label"]) -> list[str]:
    total = cells.sum(axis=0)
    return [
        ""
        if not np.isnan(value)
        else "both codes are the same constant"
        if seen
        else "no known label"
        for value, seen in zip(values, total, strict=True)
    ]
