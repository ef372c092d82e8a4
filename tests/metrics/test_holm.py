"""Holm's correction against the textbook's steps."""

from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.metrics.holm import holm


def test_worked_example():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_nothing_rises_above_one_and_the_undefined_stays_so():
    first, second, third = holm([0.6, nan, 0.9])
    assert (first, third) == (1.0, 1.0)
    assert isnan(second)
    assert holm([]) == []


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12))
def test_rejects_what_the_step_down_procedure_rejects(chances):
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    rejected = set()
    for rank, place in enumerate(order):  # as Holm wrote it: stop at the first that is too large
        if chances[place] * (len(chances) - rank) > 0.05:
            break
        rejected.add(place)
    corrected = holm(chances)
    assert {place for place, p in enumerate(corrected) if p <= 0.05} == rejected
