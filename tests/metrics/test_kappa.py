"""Kappa equals scikit-learn's, PABAK its closed form, and the draws the general path."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from metrics.arrays import case, subjects
from mien.metrics.bootstrap import resample
from mien.metrics.counts import count
from mien.metrics.f1 import f1_at
from mien.metrics.kappa import adjusted_kappa, adjusted_kappa_of, f1_of, kappa, kappa_of
from mien.metrics.resampled import count_draws


@pytest.mark.parametrize("seed", range(10))
def test_kappa_equals_sklearn(seed: int) -> None:
    scores, truth = case(seed)
    found = kappa(count(scores, truth))
    for label in range(scores.shape[1]):
        known = ~np.isnan(truth[:, label])
        one, two = scores[known, label] >= 0.5, truth[known, label]
        if len({*one.tolist(), *two.tolist()}) < 2:
            assert np.isnan(found.values[label])
            assert found.reasons[label]
        else:
            assert found.values[label] == pytest.approx(cohen_kappa_score(one, two))


def test_the_example_of_byrt_bishop_and_carlin_moves_as_they_say() -> None:
    """Equal agreement, unequal prevalence: kappa falls, the adjusted kappa stays."""
    even = np.array([[45.0], [5.0], [5.0], [45.0]])
    rare = np.array([[5.0], [5.0], [5.0], [85.0]])
    assert kappa_of(even)[0] == pytest.approx(0.8)
    assert kappa_of(rare)[0] == pytest.approx((0.9 - 0.82) / (1 - 0.82))
    assert adjusted_kappa_of(even)[0] == adjusted_kappa_of(rare)[0] == pytest.approx(0.8)


def test_adjusted_kappa_is_kappa_at_even_margins() -> None:
    cells = np.array([[30.0], [20.0], [20.0], [30.0]])
    assert adjusted_kappa_of(cells)[0] == pytest.approx(kappa_of(cells)[0])


@pytest.mark.parametrize("seed", range(5))
def test_draws_equal_the_general_path(seed: int) -> None:
    scores, truth = case(seed)
    who = subjects(seed, samples=len(scores))
    coded = (scores >= 0.5).astype(np.float64)
    cells = count_draws(coded, truth, who, draws=25, seed=3)
    ways = (
        (kappa_of, lambda rows: kappa(count(coded[rows], truth[rows])).values),
        (adjusted_kappa_of, lambda rows: adjusted_kappa(count(coded[rows], truth[rows])).values),
        (f1_of, lambda rows: f1_at(coded[rows], truth[rows]).values),
    )
    for fast, slow in ways:
        np.testing.assert_allclose(fast(cells), resample(slow, who, draws=25, seed=3), atol=1e-12)


def test_what_either_leaves_unknown_counts_nowhere() -> None:
    first, second = np.array([[1.0], [np.nan], [0.0]]), np.array([[1.0], [1.0], [np.nan]])
    cells = count_draws(first, second, np.array(["a", "a", "a"]), draws=2, seed=0)
    assert cells.tolist() == [[[1.0], [0.0], [0.0], [0.0]]] * 2
