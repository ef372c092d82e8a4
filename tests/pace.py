"""How slow the machine is just now, so that promised speeds are asked for in proportion."""

import time

import numpy as np

_REFERENCE = 0.001
"""Seconds of the processor that `_work` takes on the machine the promises were made for."""


def _work() -> float:
    """Some Python and some NumPy, always the same; the seconds of the processor it took."""
    values = np.arange(60_000, dtype=np.float64) * 0.618_033_988_75 % 1.0
    began = time.thread_time()
    total = 0
    for number in range(20_000):
        total += number & 7
    np.sort(values)
    np.exp(values).sum()
    return time.thread_time() - began


def slowness() -> float:
    """How many times slower than the reference; 1 on all that are as fast or faster."""
    return max(1.0, min(_work() for _ in range(5)) / _REFERENCE)
