import threading
import time

import pytest

from mien.predict.ahead import ahead


def counting(log, *, to=100, fail_at=None):
    try:
        for number in range(to):
            if number == fail_at:
                raise OSError("the tape broke")
            log.append(number)
            yield number
    finally:
        log.append("closed")


@pytest.mark.parametrize("depth", [0, 1, 4])
def test_the_same_items_in_order(depth):
    assert list(ahead(counting([]), depth=depth)) == list(range(100))


def test_no_more_is_made_than_asked():
    log = []
    items = ahead(counting(log), depth=3)
    assert next(items) == 0
    patience = time.monotonic() + 60
    while len(log) < 5 and time.monotonic() < patience:
        time.sleep(0.01)
    time.sleep(0.1)
    assert log == [0, 1, 2, 3, 4]  # one used, three waiting, one in hand
    items.close()


def test_it_is_made_in_another_thread_which_ends_with_its_user():
    log = []

    def threads():
        for _ in range(50):
            log.append(threading.current_thread().name)
            yield 1

    def running():
        return [each.name for each in threading.enumerate()].count("mien-ahead")

    before = running()
    items = ahead(threads(), depth=2)
    next(items)
    assert running() == before + 1
    items.close()
    assert running() == before
    assert set(log) == {"mien-ahead"}
    assert len(log) < 50


@pytest.mark.parametrize("depth", [0, 2])
def test_a_problem_comes_after_the_items_before_it(depth):
    log = []
    items = ahead(counting(log, fail_at=5), depth=depth)
    assert [next(items) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(OSError, match="tape broke"):
        next(items)
    assert log[-1] == "closed"


def test_what_is_left_early_is_closed():
    log = []
    for number in ahead(counting(log), depth=2):
        if number == 3:
            break
    del number
    patience = time.monotonic() + 60
    while log[-1] != "closed" and time.monotonic() < patience:
        time.sleep(0.01)
    assert log[-1] == "closed"
