"""Warm-up and cosine against closed forms."""

from math import cos, pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.engine.schedule import factor


def test_rises_linearly_then_falls_as_half_a_cosine():
    found = [factor(step, steps=10, warmup=0.2) for step in range(10)]
    expected = [0.5, 1.0] + [(1 + cos(pi * k / 8)) / 2 for k in range(8)]
    assert found == pytest.approx(expected)


def test_ends_at_the_floor():
    assert factor(100, steps=100, warmup=0.1, floor=0.25) == pytest.approx(0.25)


@given(
    steps=st.integers(1, 500),
    warmup=st.floats(0, 1),
    floor=st.floats(0, 1),
    at=st.floats(0, 1, exclude_max=True),
)
def test_stays_between_zero_and_one(steps, warmup, floor, at):
    value = factor(int(at * steps), steps=steps, warmup=warmup, floor=floor)
    assert 0 <= value <= 1
