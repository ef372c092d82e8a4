"""Means over seeds: closed forms, and intervals that widen with seeds that differ."""

import numpy as np
import pytest

from mien.metrics.bootstrap import resample
from mien.metrics.hierarchical import POWER, over_seeds
from mien.metrics.resampled import mean_draws


def normal(mean: float, *, spread: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, spread, 4000)


def test_one_seed_is_its_own_draws():
    drawn = normal(1.0, spread=0.1, seed=0)
    found = over_seeds([drawn], [1.0])
    assert found.value == 1.0
    assert found.low == pytest.approx(1.0 - 1.96 * 0.1, abs=0.02)
    assert found.high == pytest.approx(1.0 + 1.96 * 0.1, abs=0.02)
    assert found.visible == pytest.approx(POWER * 0.1, rel=0.05)
    assert found.p == pytest.approx(1 / 4000)


def test_seeds_that_agree_narrow_and_seeds_that_differ_widen():
    same = [normal(0.0, spread=0.1, seed=seed) for seed in range(4)]
    apart = [
        normal(mean, spread=0.1, seed=seed) for seed, mean in enumerate((-1.0, -0.5, 0.5, 1.0))
    ]
    narrow, wide = over_seeds(same, [0.0] * 4), over_seeds(apart, [-1.0, -0.5, 0.5, 1.0])
    assert narrow.high - narrow.low == pytest.approx(2 * 1.96 * 0.1 / 2, rel=0.1)
    between = np.std([-1.0, -0.5, 0.5, 1.0])
    expected = np.sqrt(between**2 / 4 + 0.1**2 / 4)
    assert wide.visible == pytest.approx(POWER * expected, rel=0.1)
    assert 0.5 < narrow.p <= 1.0


def test_undefined_draws_are_left_out_and_none_at_all_is_said():
    drawn = np.array([np.nan, 0.5, 0.5, 0.5])
    assert over_seeds([drawn], [0.5]).low == 0.5
    empty = over_seeds([np.full(4, np.nan)], [0.5])
    assert np.isnan([empty.low, empty.high, empty.p, empty.visible]).all()


def test_every_seed_needs_its_value():
    with pytest.raises(ValueError, match="every seed"):
        over_seeds([np.zeros(3)], [0.0, 1.0])
    with pytest.raises(ValueError, match="one seed"):
        over_seeds([], [])


def test_mean_draws_equal_the_plain_bootstrap():
    generator = np.random.default_rng(3)
    values = generator.normal(size=(40, 2))
    values[generator.random((40, 2)) < 0.2] = np.nan
    subjects = np.array([f"s{place % 7}" for place in range(40)])
    slow = resample(lambda rows: np.nanmean(values[rows], axis=0), subjects, draws=50, seed=5)
    np.testing.assert_allclose(mean_draws(values, subjects, draws=50, seed=5), slow)
