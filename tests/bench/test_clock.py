"""The clock that several benches share: what is left, who is told, when it stops."""

import pytest

from mien.bench.clock import Clock, OutOfTime


def test_steps_are_timed_and_told_until_time_is_over(monkeypatch):
    now = iter([10.0, 11.0, 13.5, 19.0, 20.0])
    monkeypatch.setattr("mien.bench.clock.monotonic", lambda: next(now))
    told = []
    clock = Clock(until=20.0, tell=told.append)
    with clock.step("read"):
        pass
    assert told == ["read: 2.5 s"]
    assert clock.left() == 1.0
    ran = False
    with pytest.raises(OutOfTime), clock.step("too late"):
        ran = True
    assert not ran
    assert told == ["read: 2.5 s"]


def test_without_a_limit_nothing_runs_out():
    assert Clock(until=None, tell=print).left() is None
