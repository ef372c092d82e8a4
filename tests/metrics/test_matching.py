"""Events are matched one to one, as many as possible, as near as possible."""

from itertools import combinations, permutations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from mien.metrics.matching import Rule, match

RULES: tuple[Rule, ...] = ("onset", "both", "overlap")


def events(seed: int, count: int, gap: float = 1.0) -> np.ndarray:
    """So many events in order; every fourth begins where the last ended."""
    generator = np.random.default_rng(seed)
    steps = generator.exponential(gap, size=(count, 2))
    steps[::4, 0] = 0
    return np.cumsum(steps.reshape(-1)).reshape(-1, 2)


def allowed(one: np.ndarray, two: np.ndarray, tolerance: float, rule: Rule) -> bool:
    onset, offset = abs(one[0] - two[0]), abs(one[1] - two[1])
    if rule == "onset":
        return bool(onset <= tolerance)
    if rule == "both":
        return bool(max(onset, offset) <= tolerance)
    return bool(one[0] - two[1] <= tolerance and two[0] - one[1] <= tolerance)


def difference(one: np.ndarray, two: np.ndarray, rule: Rule) -> float:
    return float(abs(one[0] - two[0]) + (0 if rule == "onset" else abs(one[1] - two[1])))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", range(8))
def test_small_cases_equal_trying_everything(rule: Rule, seed: int) -> None:
    one, two = events(seed, 4), events(seed + 50, 4)
    best = (0, 0.0)
    for size in range(1, 5):
        for rows in combinations(range(4), size):
            for columns in permutations(range(4), size):
                pairs = list(zip(rows, columns, strict=True))
                if all(allowed(one[a], two[b], 0.7, rule) for a, b in pairs):
                    cost = sum(difference(one[a], two[b], rule) for a, b in pairs)
                    best = max(best, (size, -cost))
    found = match(one, two, tolerance=0.7, rule=rule)
    cost = sum(difference(one[a], two[b], rule) for a, b in found)
    assert len(found) == best[0]
    assert cost == pytest.approx(-best[1])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("seed", "tolerance"), [(0, 0.2), (1, 0.8), (2, 3.0), (3, 0.0)])
def test_long_cases_equal_an_assignment(rule: Rule, seed: int, tolerance: float) -> None:
    one, two = events(seed, 60), events(seed + 50, 47)
    cost = np.array([[difference(a, b, rule) for b in two] for a in one])
    fits = np.array([[allowed(a, b, tolerance, rule) for b in two] for a in one])
    rows, columns = linear_sum_assignment(np.where(fits, cost - 1e6, 0.0))
    kept = fits[rows, columns]
    found = match(one, two, tolerance=tolerance, rule=rule)
    assert len(found) == kept.sum()
    assert cost[found[:, 0], found[:, 1]].sum() == pytest.approx(
        cost[rows[kept], columns[kept]].sum()
    )
    assert all(fits[a, b] for a, b in found)


def test_swapping_the_codings_swaps_the_pairs() -> None:
    one, two = events(4, 30), events(5, 30)
    forth = match(one, two, tolerance=0.6)
    back = match(two, one, tolerance=0.6)
    assert len(forth) == len(back)


def test_nothing_matches_nothing() -> None:
    none, some = np.zeros((0, 2)), np.array([[0.0, 1.0]])
    assert match(none, some, tolerance=1.0).shape == (0, 2)
    assert match(none, none, tolerance=1.0).shape == (0, 2)


@pytest.mark.parametrize(
    "wrong", [[[0.0, 2.0], [1.0, 3.0]], [[2.0, 1.0]], [[4.0, 5.0], [1.0, 2.0]], [[0.0, np.nan]]]
)
def test_events_out_of_order_are_refused(wrong: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="order"):
        match(np.array(wrong), np.zeros((0, 2)), tolerance=1.0)


def test_a_negative_tolerance_is_refused() -> None:
    with pytest.raises(ValueError, match="tolerance"):
        match(np.zeros((0, 2)), np.zeros((0, 2)), tolerance=-0.1)
