"""OpenCV in one thread for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

import cv2


@contextmanager
def one_opencv_thread() -> Iterator[None]:
    """Let OpenCV work in its caller's thread alone, in this whole process; then as before.

    It would share out every small picture, and then wait for a helper that has to wait for a core
    where other threads decode and score.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)
