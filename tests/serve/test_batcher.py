import threading

import numpy as np
import pytest

from mien.serve.batcher import Batcher
from mien.serve.problems import Refused
from serve.conftest import until


def batcher_of(run, *, most=8, seconds=0.2, waiting=8, expected=99, told=None):
    return Batcher(
        run, most=most, seconds=seconds, waiting=waiting, expected=lambda: expected, told=told
    )


def doubled(inputs):
    return {"out": inputs["x"] * 2}


def ask(batcher, values, found):
    rows = np.array(values, np.float32)[:, None]
    thread = threading.Thread(
        target=lambda: found.append((values, batcher.score({"x": rows})["out"][:, 0].tolist()))
    )
    thread.start()
    return thread


def test_requests_are_run_together_and_each_gets_its_own_rows():
    batches, found = [], []
    batcher = batcher_of(doubled, seconds=60.0, expected=3, told=batches.append)
    threads = [ask(batcher, [10.0 * n + k for k in range(n)], found) for n in (1, 2, 3)]
    for thread in threads:
        thread.join(60)
    batcher.close()
    assert batches == [6]
    assert len(found) == 3
    assert all(out == [2 * value for value in values] for values, out in found)


def test_a_batch_holds_no_more_than_it_may_but_a_large_request_goes_alone():
    sizes, found = [], []

    def run(inputs):
        sizes.append(len(inputs["x"]))
        return doubled(inputs)

    batcher = batcher_of(run, most=4)
    threads = [ask(batcher, [float(n)] * size, found) for n, size in enumerate((3, 3, 3, 6))]
    for thread in threads:
        thread.join(60)
    batcher.close()
    assert sorted(sizes) == [3, 3, 3, 6]
    assert len(found) == 4


def test_who_is_alone_does_not_wait():
    batcher = batcher_of(doubled, seconds=3600.0, expected=1)
    batcher.score({"x": np.ones((1, 1), np.float32)}, timeout=60.0)
    batcher.close()


def test_more_than_may_wait_are_refused():
    go = threading.Event()
    entered = threading.Event()

    def slow(inputs):
        entered.set()
        go.wait(60)
        return doubled(inputs)

    batcher = batcher_of(slow, most=1, waiting=1)
    found = []
    first = ask(batcher, [1.0], found)
    assert entered.wait(60)
    second = ask(batcher, [2.0], found)
    until(batcher._waiting.full)
    with pytest.raises(Refused) as refused:
        batcher.score({"x": np.ones((1, 1), np.float32)})
    assert refused.value.status_code == 503
    go.set()
    first.join(60)
    second.join(60)
    batcher.close()
    assert len(found) == 2
    with pytest.raises(Refused):
        batcher.score({"x": np.ones((1, 1), np.float32)})


def test_a_fault_reaches_all_who_wait_and_the_next_are_served():
    turns = iter([True, False])

    def run(inputs):
        if next(turns):
            raise RuntimeError("broken")
        return doubled(inputs)

    batcher = batcher_of(run, expected=1)
    with pytest.raises(RuntimeError, match="broken"):
        batcher.score({"x": np.ones((2, 1), np.float32)})
    assert batcher.score({"x": np.ones((2, 1), np.float32)})["out"].tolist() == [[2.0], [2.0]]
    batcher.close()
