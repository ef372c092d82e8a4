"""Decimation loses no peak and no visible gap, against slow loops."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.report.decimate import columns, extremes, highest, share

NAN = float("nan")


def slow(times: np.ndarray, values: np.ndarray, buckets: int) -> tuple[list[float], list[float]]:
    edges = np.linspace(times[0], times[-1], buckets + 1)
    groups: list[list[int]] = []
    for low, high in zip(edges[:-1], [*edges[1:-1], math.inf], strict=True):
        inside = [i for i, t in enumerate(times) if low <= t < high]
        if inside:
            groups.append(inside)
    kept_t: list[float] = []
    kept_v: list[float] = []
    for number, group in enumerate(groups):
        known = [i for i in group if not math.isnan(values[i])]
        if known:
            ends = {
                min(known, key=lambda i: (values[i], i)),
                min(known, key=lambda i: (-values[i], i)),
            }
            for i in sorted(ends):
                kept_t.append(times[i])
                kept_v.append(values[i])
        after = groups[number + 1][0] if number + 1 < len(groups) else None
        if (
            not known
            or math.isnan(values[group[-1]])
            or (after is not None and math.isnan(values[after]))
        ):
            kept_t.append(times[group[-1]])
            kept_v.append(NAN)
    return kept_t, kept_v


@settings(deadline=None, max_examples=150)
@given(
    values=st.lists(
        st.one_of(st.just(NAN), st.sampled_from([0.0, 0.25, 0.5, 1.0])), min_size=9, max_size=60
    ),
    buckets=st.integers(1, 4),
    data=st.data(),
)
def test_equals_the_slow_oracle(values: list[float], buckets: int, data: st.DataObject) -> None:
    gaps = data.draw(st.lists(st.integers(1, 9), min_size=len(values), max_size=len(values)))
    times, scores = np.cumsum(gaps).astype(np.float64), np.array(values)
    found = extremes(times, scores, buckets=buckets)
    expected = slow(times, scores, buckets)
    np.testing.assert_array_equal(found[0], expected[0])
    np.testing.assert_array_equal(found[1], expected[1])
    assert len(found[0]) <= 3 * buckets
    assert np.all(np.diff(found[0]) >= 0)
    if np.isfinite(scores).any():
        assert np.nanmax(found[1]) == np.nanmax(scores)
        assert np.nanmin(found[1]) == np.nanmin(scores)


def test_a_short_curve_comes_back_as_it_is() -> None:
    times, values = np.arange(8) / 8, np.array([0.0, 1.0, NAN, 1.0, 0.0, 0.5, 0.5, 0.5])
    kept = extremes(times, values, buckets=4)
    assert kept[0] is times
    assert kept[1] is values


def test_one_frame_in_two_hours_is_not_lost() -> None:
    times = np.arange(180_000) / 25
    values = np.zeros(180_000)
    values[123_456] = 0.875
    kept_t, kept_v = extremes(times, values, buckets=700)
    assert len(kept_t) <= 2100
    assert kept_t[int(np.argmax(kept_v))] == times[123_456]
    assert np.max(kept_v) == 0.875


def test_a_gap_wider_than_a_column_stays_a_gap() -> None:
    times = np.arange(1000) / 10
    values = np.full(1000, 0.5)
    values[395:605] = NAN
    kept_t, kept_v = extremes(times, values, buckets=50)
    inside = (kept_t > 40) & (kept_t < 60)
    assert inside.any()
    assert np.isnan(kept_v[inside]).all()
    assert np.isfinite(kept_v[~inside & (kept_t != kept_t[np.argmax(np.isnan(kept_v))])]).any()


def test_columns_are_frames_while_there_are_few() -> None:
    edges, column = columns(np.array([0.0, 1.0, 3.0]), most=3, step=0.5)
    assert edges.tolist() == [0.0, 1.0, 3.0, 3.5]
    assert column.tolist() == [0, 1, 2]
    values = np.array([0.5, NAN, 1.0])
    np.testing.assert_array_equal(highest(values, column, count=3), values)


def test_columns_of_equal_time_hold_a_frame_until_the_next() -> None:
    times = np.array([0.0, 0.5, 1.0, 1.5, 6.0, 7.0])
    edges, column = columns(times, most=4, step=1.0)
    assert edges.tolist() == [0.0, 2.0, 4.0, 6.0, 8.0]
    assert column.tolist() == [0, 0, 0, 0, 3, 3]
    values = np.array([0.25, 0.75, NAN, 0.5, NAN, NAN])
    np.testing.assert_array_equal(highest(values, column, count=4), [0.75, 0.75, 0.75, NAN])
    found = share(np.array([True, False, False, False, True, True]), column, count=4)
    assert found.tolist() == [0.25, 0.25, 0.25, 1.0]


def test_strips_of_two_hours_are_bounded() -> None:
    times = np.arange(180_000) / 25
    edges, column = columns(times, most=600, step=0.04)
    assert len(edges) == 601
    assert column.min() == 0
    assert column.max() == 599
    values = np.zeros(180_000)
    values[77_777] = 0.5
    found = highest(values, column, count=600)
    assert found.max() == 0.5
    at = int(np.argmax(found))
    assert edges[at] <= times[77_777] < edges[at + 1]
