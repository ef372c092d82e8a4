"""Signals and time limits are noticed, once."""

import os
import signal
import threading

import pytest

from mien.engine.interruption import Interruption


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_noticed_and_handlers_given_back(number):
    before = signal.getsignal(number)
    with Interruption(max_seconds=None) as interruption:
        assert interruption.reason is None
        os.kill(os.getpid(), number)
        assert interruption.reason == number.name
        assert signal.getsignal(number) == before
    assert signal.getsignal(number) == before


def test_time_limit():
    with Interruption(max_seconds=0.0) as interruption:
        assert interruption.reason == "time limit"
    with Interruption(max_seconds=1000.0) as interruption:
        assert interruption.reason is None


def test_other_threads_leave_signals_alone():
    before = signal.getsignal(signal.SIGTERM)
    seen = []

    def work():
        with Interruption(max_seconds=None):
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
