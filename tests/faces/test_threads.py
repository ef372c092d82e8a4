"""OpenCV's threads are as many as before, whatever happens meanwhile."""

import cv2
import pytest

from mien.faces.threads import one_opencv_thread


def test_opencv_has_one_thread_for_a_while():
    before = cv2.getNumThreads()
    cv2.setNumThreads(3)
    try:
        with one_opencv_thread():
            assert cv2.getNumThreads() == 1
        assert cv2.getNumThreads() == 3
        with pytest.raises(KeyError), one_opencv_thread():
            raise KeyError
        assert cv2.getNumThreads() == 3
    finally:
        cv2.setNumThreads(before)
