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


def test_holds_its_peak_before_it_falls():
    found = [factor(step, steps=12, warmup=0.0, hold=1 / 3) for step in range(12)]
    assert found == pytest.approx([1.0] * 4 + [(1 + cos(pi * k / 8)) / 2 for k in range(8)])


def test_a_stretched_cosine_is_cut_off():
    """The released code of SSLFER: 300 epochs, ten held, of a cosine of 1000: 80 % is left."""
    left = factor(300, steps=300, warmup=0.0, hold=10 / 300, stretch=1000 / 290)
    assert left == pytest.approx((1 + cos(pi * 0.29)) / 2)
    assert left == pytest.approx(0.806, abs=1e-3)


@given(
    steps=st.integers(1, 500),
    warmup=st.floats(0, 1),
    floor=st.floats(0, 1),
    hold=st.floats(0, 1),
    stretch=st.floats(0.1, 10),
    at=st.floats(0, 1, exclude_max=True),
)
def test_stays_between_zero_and_one(steps, warmup, floor, hold, stretch, at):
    value = factor(
        int(at * steps), steps=steps, warmup=warmup, floor=floor, hold=hold, stretch=stretch
    )
    assert 0 <= value <= 1
