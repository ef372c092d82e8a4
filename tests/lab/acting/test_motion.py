"""Curves: bounded, continuous, nothing outside, and the same from any side."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.lab.acting.motion import (
    LONGEST,
    SHORTEST,
    Pulses,
    drift,
    drift_at,
    envelope,
    intensities,
    join,
    smooth_step,
    timing,
)

UNITS = 24
spans = st.floats(0.05, 5.0)
pulse = st.tuples(
    st.integers(0, UNITS - 1),
    st.floats(-5.0, 10.0),
    spans,
    st.floats(0.0, 5.0),
    spans,
    st.floats(0.0, 5.0),
    st.floats(0.0, 5.0),
)
tables = st.lists(pulse, max_size=12)


def step(x):
    x = min(max(x, 0.0), 1.0)
    return 6 * x**5 - 15 * x**4 + 10 * x**3


def slow(rows, time, unit, side):
    """One value, from the definition."""
    best = 0.0
    for row, start, rise, hold, fall, left, right in rows:
        if row != unit:
            continue
        up = step((time - start) / rise)
        down = 1.0 - step((time - start - rise - hold) / fall)
        best = max(best, up * down * (left, right)[side])
    return best


def test_smooth_step_is_a_step():
    x = np.linspace(-1.0, 2.0, 301)
    y = smooth_step(x)
    assert np.all(y[x <= 0] == 0.0)
    assert np.allclose(y[x >= 1], 1.0)
    assert np.all(np.diff(y) >= -1e-12)
    assert smooth_step(np.array([0.5])).tolist() == [0.5]


@given(rows=tables)
@settings(max_examples=60)
def test_intensities_equal_the_slow_loop(rows):
    times = np.linspace(-6.0, 25.0, 23)
    values = intensities(Pulses.rows(rows), times, units=UNITS)
    assert values.shape == (23, UNITS, 2)
    for unit in {row[0] for row in rows}:
        for side in (0, 1):
            expected = [slow(rows, float(time), unit, side) for time in times]
            np.testing.assert_allclose(values[:, unit, side], expected, atol=1e-12)


@given(rows=tables)
@settings(max_examples=60)
def test_intensities_are_bounded_and_zero_outside(rows):
    times = np.linspace(-20.0, 40.0, 400)
    values = intensities(Pulses.rows(rows), times, units=UNITS)
    assert values.min() >= 0.0
    assert values.max() <= 5.0
    busy = np.zeros((len(times), UNITS), bool)
    for row, start, rise, hold, fall, *_ in rows:
        busy[:, row] |= (times > start) & (times < start + rise + hold + fall)
    assert not values[~busy].any()


@given(rows=tables)
@settings(max_examples=40)
def test_intensities_are_continuous(rows):
    """Slope of the step is at most 15/8 of the mean slope, which is peak / shortest ramp."""
    times = np.linspace(-6.0, 25.0, 4001)
    values = intensities(Pulses.rows(rows), times, units=UNITS)
    step = times[1] - times[0]
    shortest = min((min(row[2], row[4]) for row in rows), default=1.0)
    assert np.abs(np.diff(values, axis=0)).max() <= 5.0 * 1.875 / shortest * step + 1e-9


@given(rows=tables, cut=st.integers(0, 22))
@settings(max_examples=40)
def test_a_frame_needs_no_predecessor(rows, cut):
    times = np.linspace(-3.0, 15.0, 23)
    pulses = Pulses.rows(rows)
    whole = intensities(pulses, times, units=UNITS)
    alone = intensities(pulses, times[cut : cut + 1], units=UNITS)
    np.testing.assert_array_equal(whole[cut : cut + 1], alone)


def test_no_pulses_is_rest():
    assert not intensities(Pulses.none(), np.arange(3.0), units=UNITS).any()
    assert intensities(
        Pulses.rows([(0, 0.0, 1.0, 1.0, 1.0, 5.0, 5.0)]), np.zeros(0), units=3
    ).shape == (
        0,
        3,
        2,
    )
    assert len(join(Pulses.none(), Pulses.rows([(0, 0.0, 1.0, 1.0, 1.0, 5.0, 5.0)]))) == 1


def test_envelope_is_full_at_the_apex():
    one = np.array([1.0])
    height = envelope(
        np.array([0.0, 1.0, 2.0, 2.5, 3.0, 4.0]), start=one, rise=one, hold=one, fall=one
    )
    np.testing.assert_allclose(height[:, 0], [0.0, 0.0, 1.0, 1.0, 1.0, 0.0])


def test_peaks_are_clipped_to_the_scale():
    assert Pulses.rows([(0, 0.0, 1.0, 1.0, 1.0, 9.0, -1.0)]).peak.tolist() == [[5.0, 0.0]]


@given(seed=st.integers(0, 2**32), pace=st.floats(0.2, 5.0))
@settings(max_examples=50)
def test_timing_stays_in_range(seed, pace):
    drawn = timing(np.random.default_rng(seed), pace=pace)
    assert all(SHORTEST <= each <= LONGEST for each in drawn)


def test_timing_has_the_stated_median():
    generator = np.random.default_rng(0)
    drawn = np.median([timing(generator) for _ in range(2000)], axis=0)
    np.testing.assert_allclose(drawn, [0.45, 1.4, 0.8], rtol=0.1)


@given(seed=st.integers(0, 2**32), bound=st.floats(0.0, 30.0))
@settings(max_examples=40)
def test_drift_is_bounded_smooth_and_stateless(seed, bound):
    wander = drift(np.random.default_rng(seed), centre=(3.0, -2.0), bound=(bound, bound / 2))
    times = np.linspace(0.0, 60.0, 1201)
    path = drift_at(wander, times)
    assert np.all(np.abs(path[:, 0] - 3.0) <= bound + 1e-9)
    assert np.all(np.abs(path[:, 1] + 2.0) <= bound / 2 + 1e-9)
    assert np.abs(np.diff(path, axis=0)).max() <= 2 * np.pi * 0.7 * bound * 0.05 + 1e-9
    np.testing.assert_allclose(drift_at(wander, times[700:701]), path[700:701], atol=1e-12)


def test_repr_is_short():
    assert repr(Pulses.none()) == "Pulses(0)"
    with pytest.raises(AttributeError):
        Pulses.none().unit = np.zeros(1, np.int64)  # type: ignore[misc]
