"""Events against closed forms, a slow oracle and properties."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.errors import MienError
from mien.study.events import Event, Rule, find, rule_for
from study.slow_events import slow

NAN = float("nan")
PLAIN = Rule(high=0.5, low=0.5, shortest=0.0, join=0.0, bridge=0.0)


def same(found: list[Event], expected: list[Event]) -> None:
    assert len(found) == len(expected)
    for one, two in zip(found, expected, strict=True):
        assert (one.frames, one.begins_open, one.ends_open) == (
            two.frames, two.begins_open, two.ends_open,
        )  # fmt: skip
        for name in ("onset", "apex", "offset", "peak", "mean"):
            assert getattr(one, name) == pytest.approx(getattr(two, name), abs=1e-9)


def test_triangle_has_a_closed_form() -> None:
    times = np.arange(0, 2.0001, 0.1)
    values = 1 - np.abs(times - 1)
    (event,) = find(times, values, PLAIN)
    assert event.onset == pytest.approx(0.5)
    assert event.offset == pytest.approx(1.5)
    assert event.duration == pytest.approx(1.0)
    assert event.apex == pytest.approx(1.0)
    assert event.peak == pytest.approx(1.0)
    assert event.mean == pytest.approx(0.75)
    assert not event.begins_open
    assert not event.ends_open


@pytest.mark.parametrize("step", [0.01, 0.04, 0.1, 0.25])
def test_the_frame_rate_hardly_moves_the_ends(step: float) -> None:
    times = np.arange(0, 4.0001, step)
    values = np.interp(times, [0.0, 1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 1.0, 0.0, 0.0])
    (event,) = find(times, values, Rule(high=0.5, low=0.25))
    assert event.onset == pytest.approx(1.25)
    assert event.offset == pytest.approx(2.75)


def test_uneven_times_count_not_frames() -> None:
    times = np.array([0.0, 0.1, 0.2, 5.2, 5.3, 5.4])
    values = np.array([0.0, 0.0, 1.0, 1.0, 0.0, 0.0])
    (event,) = find(times, values, PLAIN)
    assert event.duration == pytest.approx(5.1)
    assert event.mean == pytest.approx((2 * 0.05 * 0.75 + 5.0) / 5.1)


def test_low_holds_an_event_together_and_high_admits_it() -> None:
    times = np.arange(9) * 0.1
    values = [0.0, 0.45, 0.6, 0.45, 0.7, 0.45, 0.0, 0.45, 0.0]
    one = find(times, values, Rule(high=0.5, low=0.4, shortest=0.0, join=0.0))
    assert [event.frames for event in one] == [5]
    assert len(find(times, values, PLAIN)) == 2


def test_an_event_read_backwards_is_the_same_event() -> None:
    times = np.linspace(0, 3, 40)
    values = np.clip(np.sin(times * 2.1) * 0.8, 0, 1)
    rule = Rule(high=0.6, low=0.3)
    forth, back = find(times, values, rule), find(3 - times[::-1], values[::-1], rule)
    assert len(forth) == len(back) > 0
    for one, two in zip(forth, back[::-1], strict=True):
        assert one.onset == pytest.approx(3 - two.offset)
        assert one.offset == pytest.approx(3 - two.onset)
        assert one.mean == pytest.approx(two.mean)
        assert (one.begins_open, one.ends_open) == (two.ends_open, two.begins_open)


def test_joins_short_gaps_only() -> None:
    times = np.arange(0, 1.01, 0.1)
    values = [0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0]
    rule = Rule(high=0.5, low=0.5, shortest=0.0, join=0.11, bridge=0.0)
    one, two = find(times, values, rule)
    assert (one.onset, one.offset) == (pytest.approx(0.05), pytest.approx(0.35))
    assert one.frames == 3
    assert two.onset == pytest.approx(0.75)


def test_drops_after_joining() -> None:
    times = np.arange(0, 0.601, 0.1)
    values = [0, 1, 0, 1, 0, 0, 0]
    joined = Rule(high=0.5, low=0.5, shortest=0.25, join=0.11)
    assert len(find(times, values, joined)) == 1
    assert find(times, values, Rule(high=0.5, low=0.5, shortest=0.25, join=0.0)) == []


def test_unscored_frames_break_or_are_bridged_by_seconds() -> None:
    times = np.arange(8) * 0.1
    values = [0.0, 1.0, 1.0, NAN, NAN, 1.0, 1.0, 0.0]
    whole = find(times, values, Rule(bridge=0.3001))
    assert [(event.begins_open, event.ends_open) for event in whole] == [(False, False)]
    assert whole[0].frames == 4
    one, two = find(times, values, Rule(bridge=0.29))
    assert (one.offset, one.ends_open) == (pytest.approx(0.2), True)
    assert (two.onset, two.begins_open) == (pytest.approx(0.5), True)
    assert not one.begins_open
    assert not two.ends_open


def test_a_break_is_never_joined_over() -> None:
    times = np.arange(5) * 0.1
    values = [1.0, 1.0, NAN, 1.0, 1.0]
    assert len(find(times, values, Rule(bridge=0.0, join=9.0, shortest=0.0))) == 2


def test_ends_of_the_clip_are_open() -> None:
    (event,) = find([3.0, 4.0, 5.0], [1.0, 1.0, 1.0], PLAIN)
    assert (event.onset, event.offset) == (3.0, 5.0)
    assert event.begins_open
    assert event.ends_open
    assert event.mean == 1.0


def test_nothing_known_or_nothing_high() -> None:
    assert find([], [], PLAIN) == []
    assert find([0.0, 1.0], [NAN, NAN], PLAIN) == []
    assert find([0.0, 1.0], [0.1, 0.2], PLAIN) == []
    lone = find([2.0], [0.9], PLAIN)
    assert [(event.onset, event.duration, event.mean) for event in lone] == [(2.0, 0.0, 0.9)]


def test_refusals() -> None:
    with pytest.raises(MienError, match="do not rise"):
        find([0.0, 0.0], [1.0, 1.0], PLAIN)
    with pytest.raises(MienError, match="do not rise"):
        find([0.0, NAN], [1.0, 1.0], PLAIN)
    with pytest.raises(MienError, match="differ in shape"):
        find([0.0, 1.0], [1.0], PLAIN)
    with pytest.raises(MienError, match="above high"):
        Rule(high=0.3, low=0.4)
    with pytest.raises(MienError, match="negative"):
        Rule(bridge=-1.0)
    with pytest.raises(MienError, match="no number"):
        Rule(high=NAN)


def test_rule_for_a_threshold() -> None:
    assert rule_for(0.5) == Rule(high=0.5, low=0.4)
    assert rule_for(0.3, keep=1.0) == Rule(high=0.3, low=0.3)


@pytest.mark.parametrize("rate", [25, 30, 60])
def test_a_blink_is_an_event_and_a_frame_of_noise_is_none(rate: int) -> None:
    """Lids that are shut for 75 ms, two frames of 25 a second."""
    times = np.arange(0, 2, 1 / rate)
    blink = np.where((times >= 1.0) & (times < 1.075), 0.99, 0.02)
    assert len(find(times, blink, rule_for(0.5))) == 1
    noise = np.where(np.arange(len(times)) == rate, 0.6, 0.02)
    assert find(times, noise, rule_for(0.5)) == []


def test_a_rise_is_counted_from_the_face_s_own_level() -> None:
    """Odds of 1 to 4 at rest; three times those are 3 to 4, with 0.3 to 0.4 nothing is reached."""
    times = np.arange(0, 10, 0.04)
    resting = 0.2 + 0.02 * np.sin(times)
    smile = np.where((times >= 8) & (times < 9), 0.8, 0.2)
    plain = find(times, resting, rule_for(0.2))
    assert max(event.duration for event in plain) > 2
    assert find(times, resting, rule_for(0.2, rise=3.0, values=resting)) == []
    rule = rule_for(0.2, rise=3.0, values=smile)
    assert rule.high == pytest.approx(3 / 7)
    assert rule.low == pytest.approx(3**0.5 / (3**0.5 + 4))
    (event,) = find(times, smile, rule)
    assert 7.9 < event.onset < 8.1


def test_a_rise_never_lowers_a_threshold() -> None:
    values = np.array([NAN, 0.01, 0.01, 0.3])
    assert rule_for(0.5, rise=3.0, values=values) == rule_for(0.5)
    assert rule_for(0.5, rise=3.0, values=np.array([NAN])) == rule_for(0.5)
    assert rule_for(0.5, rise=3.0) == rule_for(0.5)
    high = rule_for(0.99, rise=1e6, values=np.array([0.999, 1.0]))
    assert high.low <= high.high <= 1
    for rise in (1.0, 0.0, -2.0, NAN, float("inf")):
        with pytest.raises(MienError, match="the rise is"):
            rule_for(0.5, rise=rise, values=values)


levels = st.floats(0, 1).map(lambda value: round(value, 2))
scores = st.one_of(st.just(NAN), levels)
steps = st.integers(1, 40).map(lambda value: value / 100)
seconds = st.sampled_from([0.0, 0.055, 0.105, 0.215, 0.5])


@st.composite
def curves(draw: st.DrawFn) -> tuple[list[float], list[float]]:
    values = draw(st.lists(scores, max_size=30))
    gaps = draw(st.lists(steps, min_size=len(values), max_size=len(values)))
    return [float(each) for each in np.cumsum(gaps)], values


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    low, high = sorted((draw(levels), draw(levels)))
    return Rule(
        high=high, low=low, shortest=draw(seconds), join=draw(seconds), bridge=draw(seconds)
    )


@settings(deadline=None, max_examples=200)
@given(curve=curves(), rule=rules())
def test_equals_the_slow_oracle(curve: tuple[list[float], list[float]], rule: Rule) -> None:
    times, values = curve
    if at_a_limit(times, values, rule):
        return
    same(find(times, values, rule), slow(times, values, rule))


def at_a_limit(times: list[float], values: list[float], rule: Rule) -> bool:
    """Whether a time is so close to a limit that rounding decides."""
    loose = Rule(high=rule.high, low=rule.low, shortest=0.0, join=0.0, bridge=rule.bridge)
    found = slow(times, values, loose)
    ends = [end for event in found for end in (event.onset, event.offset)]
    gaps = [abs(b - a) for a in ends for b in ends]
    return any(abs(gap - limit) < 1e-9 for gap in gaps for limit in (rule.shortest, rule.join))


@settings(deadline=None)
@given(curve=curves(), rule=rules())
def test_events_are_ordered_and_hold_their_rule(
    curve: tuple[list[float], list[float]], rule: Rule
) -> None:
    found = find(*curve, rule)
    for one, two in itertools.pairwise(found):
        assert one.offset < two.onset
    for event in found:
        assert event.onset <= event.apex <= event.offset
        assert event.duration >= rule.shortest
        assert event.peak >= rule.high
        assert event.mean <= event.peak + 1e-9


@settings(deadline=None)
@given(curve=curves(), rule=rules(), later=st.integers(0, 1000))
def test_the_clock_may_start_anywhere(
    curve: tuple[list[float], list[float]], rule: Rule, later: int
) -> None:
    times, values = curve
    if at_a_limit(times, values, rule) or near_bridge(times, rule):
        return
    moved = find([time + later for time in times], values, rule)
    here = find(times, values, rule)
    assert [event.onset + later for event in here] == pytest.approx(
        [event.onset for event in moved], abs=1e-6
    )


def near_bridge(times: list[float], rule: Rule) -> bool:
    return any(abs(b - a - rule.bridge) < 1e-9 for a in times for b in times)
