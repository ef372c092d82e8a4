import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.predict.assignment import assign


def by_trying_all(costs, alone):
    """The least total, over every way to pair rows with different columns or with none."""
    rows, columns = costs.shape
    best = np.inf
    for chosen in itertools.product([None, *range(columns)], repeat=rows):
        taken = [column for column in chosen if column is not None]
        if len(set(taken)) == len(taken):
            best = min(best, total(costs, chosen, alone))
    return best


def total(costs, chosen, alone):
    return sum(alone if column is None else costs[row, column] for row, column in enumerate(chosen))


@given(
    rows=st.integers(0, 4), columns=st.integers(0, 4), seed=st.integers(0, 2**32 - 1),
    whole=st.booleans(), alone=st.sampled_from([0.5, 3.0, 100.0]),
)  # fmt: skip
def test_no_other_pairing_costs_less(rows, columns, seed, whole, alone):
    generator = np.random.default_rng(seed)
    costs = generator.uniform(0, 5, (rows, columns))
    if whole:  # many ties
        costs = np.round(costs)
    costs[generator.uniform(size=costs.shape) < 0.2] = np.inf
    chosen = assign(costs, alone=alone)
    taken = [column for column in chosen if column is not None]
    assert len(set(taken)) == len(taken)
    assert all(costs[row, col] < alone for row, col in enumerate(chosen) if col is not None)
    assert total(costs, chosen, alone) == pytest.approx(by_trying_all(costs, alone))


def test_a_larger_one_agrees_with_scipy():
    optimize = pytest.importorskip("scipy.optimize")  # the light install has none
    costs = np.random.default_rng(4).uniform(size=(30, 40))
    rows, columns = optimize.linear_sum_assignment(costs)
    chosen = assign(costs, alone=10.0)
    assert chosen == columns[np.argsort(rows)].tolist()


def test_the_greedy_choice_is_not_taken():
    assert assign(np.array([[1.0, 2.0], [1.5, 9.0]]), alone=20.0) == [1, 0]


def test_what_is_no_matrix_is_refused():
    for wrong in (np.zeros(3), np.array([[np.nan]])):
        with pytest.raises(ValueError, match="matrix of numbers"):
            assign(wrong, alone=1.0)
