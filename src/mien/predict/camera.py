"""A live camera as a stream of frames, in the shape of a clip."""

import signal
import threading
import time as clocks
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from types import FrameType
from typing import Protocol

import cv2
import numpy as np

from mien.errors import MienError
from mien.faces.quiet import silent_opencv
from mien.faces.warp import Image
from mien.predict.frames import ClipFrame

PREFIX = "webcam"
"""What a user calls a camera: `webcam`, or `webcam:1` for the second."""


class Capture(Protocol):
    """What OpenCV's `VideoCapture` is to this file."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Whether frames may come."""
        ...

    def read(self) -> tuple[bool, Image | None]:
        """The next frame, BGR."""
        ...

    def get(self, prop: int, /) -> float:
        """A property."""
        ...

    def release(self) -> None:
        """Give the device back."""
        ...


def camera_number(name: str) -> int | None:
    """Number of the camera that `webcam` or `webcam:1` names; None for anything else."""
    head, colon, tail = name.partition(":")
    if head != PREFIX or (colon and not tail.isdecimal()):
        return None
    return int(tail) if colon else 0


class Camera:
    """Frames of a camera until it stops, the time is over, or Ctrl-C is pressed.

    Args:
        number: which camera, from 0.
        capture: opens it; OpenCV by default.
        clock: seconds that never go back.

    Raises:
        MienError: the camera cannot be opened.
    """

    def __init__(
        self,
        number: int = 0,
        *,
        capture: Callable[[int], Capture] | None = None,
        clock: Callable[[], float] = clocks.monotonic,
    ) -> None:
        self.name = f"{PREFIX}:{number}"
        self._clock = clock
        with silent_opencv():
            self._capture: Capture = (capture or cv2.VideoCapture)(number)  # type: ignore[assignment]
        if not self._capture.isOpened():
            raise MienError(
                f"camera {number} cannot be opened",
                remedy="plug it in, close other programs that use it, or name another (webcam:1)",
            )
        claimed = self._capture.get(cv2.CAP_PROP_FPS)
        self.rate = Fraction(claimed if 1 <= claimed <= 1000 else 30).limit_denominator(1000)
        """Frames a second that the camera claims; 30 where it does not."""
        self.declared = 0
        """Frames to come: not known."""
        self.duration = 0.0
        """Seconds to come: not known."""
        self.decoded = 0
        """Frames that came."""
        self.damaged = 0
        self.read_ahead = 0
        """Frames to make before they are used: none of a live camera."""
        self.problem = ""
        """Why the frames ended, where nobody asked for it."""

    def frames(
        self,
        *,
        every: int = 1,
        start: float | None = None,
        end: float | None = None,
        first: int = 0,
    ) -> Iterator[ClipFrame]:
        """Frames as they come, with seconds since the first; the camera is given back after them.

        Args:
            every: frames whose number is a multiple of it.
            start: seconds; frames before it are not given.
            end: seconds; iteration ends at the first frame at or after it.
            first: frames with smaller numbers are not given.

        Raises:
            MienError: not one frame came.
        """
        begun: float | None = None
        try:
            with _ctrl_c() as stopped:
                while not stopped.is_set():
                    got, pixels = self._capture.read()
                    now = self._clock()
                    if not got or pixels is None:
                        self.problem = "the camera stopped"
                        break
                    begun = now if begun is None else begun
                    if end is not None and now - begun >= end:
                        break
                    index, self.decoded = self.decoded, self.decoded + 1
                    wanted = index % every == 0 and index >= first
                    if wanted and (start is None or now - begun >= start):
                        image = np.ascontiguousarray(pixels[..., ::-1], np.uint8)
                        yield ClipFrame(index=index, time=now - begun, image=image)
        finally:
            self._capture.release()
        if begun is None:
            raise MienError(
                "not one picture came from the camera",
                remedy="check that it works in another program, or name another (webcam:1)",
                path=self.name,
            )


@contextmanager
def _ctrl_c() -> Iterator[threading.Event]:
    """The first Ctrl-C asks to stop, so that what was read is kept; the second interrupts.

    Where it is ignored, as in a background job of a shell, it stays ignored.
    """
    stopped = threading.Event()
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is signal.SIG_IGN:
        yield stopped
        return

    def ask(_: int, __: FrameType | None) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)
