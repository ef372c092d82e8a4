import os
import signal

import numpy as np
import pytest

from mien.errors import MienError
from mien.predict.camera import Camera, camera_number


class Fake:
    """A camera of so many frames, each of one colour (BGR)."""

    def __init__(self, frames=5, *, opened=True, rate=25.0):
        self._left, self._opened, self._rate = frames, opened, rate
        self.released = False

    def isOpened(self):  # noqa: N802 - OpenCV's name
        return self._opened

    def read(self):
        if self._left == 0:
            return False, None
        self._left -= 1
        return True, np.full((4, 6, 3), (10, 20, 30), np.uint8)

    def get(self, prop, /):
        return self._rate

    def release(self):
        self.released = True


def clock(step=0.04):
    ticks = iter(range(1000))
    return lambda: 100 + next(ticks) * step


def test_names():
    assert camera_number("webcam") == 0
    assert camera_number("webcam:2") == 2
    for other in ("webcam:", "webcam:x", "webcams", "a.jpg", "webcam:-1"):
        assert camera_number(other) is None


def test_frames_come_with_their_times_until_the_camera_stops():
    device = Fake()
    camera = Camera(1, capture=lambda _: device, clock=clock())
    frames = list(camera.frames(every=2))
    assert [frame.index for frame in frames] == [0, 2, 4]
    np.testing.assert_allclose([frame.time for frame in frames], [0, 0.08, 0.16])
    assert frames[0].image[0, 0].tolist() == [30, 20, 10]
    assert (camera.name, camera.rate, camera.decoded) == ("webcam:1", 25, 5)
    assert camera.problem == "the camera stopped"
    assert device.released


def test_start_and_end_are_seconds_from_the_first_frame():
    camera = Camera(capture=lambda _: Fake(20), clock=clock())
    times = [frame.time for frame in camera.frames(start=0.1, end=0.21)]
    np.testing.assert_allclose(times, [0.12, 0.16, 0.2])
    assert camera.problem == ""


def test_ctrl_c_ends_the_recording_and_a_second_one_interrupts():
    before = signal.getsignal(signal.SIGINT)
    device = Fake(20)
    frames = Camera(capture=lambda _: device, clock=clock()).frames()
    next(frames)
    os.kill(os.getpid(), signal.SIGINT)
    assert list(frames) == []
    assert device.released
    frames = Camera(capture=lambda _: Fake(20), clock=clock()).frames()
    next(frames)
    os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    frames.close()
    assert signal.getsignal(signal.SIGINT) is before


def test_an_ignored_ctrl_c_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        frames = Camera(capture=lambda _: Fake(5), clock=clock()).frames()
        next(frames)
        os.kill(os.getpid(), signal.SIGINT)
        assert len(list(frames)) == 4
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_abandoned_camera_is_given_back():
    device = Fake()
    frames = Camera(capture=lambda _: device).frames()
    next(frames)
    frames.close()
    assert device.released


def test_a_camera_that_is_not_there_or_gives_nothing():
    with pytest.raises(MienError, match="camera 3 cannot be opened"):
        Camera(3, capture=lambda _: Fake(opened=False))
    empty = Camera(capture=lambda _: Fake(0, rate=0.0))
    assert empty.rate == 30
    with pytest.raises(MienError, match="not one picture"):
        list(empty.frames())
