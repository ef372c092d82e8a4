"""Pictures with their times into a video file."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import av.codec
import numpy as np
from av.video.stream import VideoStream
from jaxtyping import UInt8

SUFFIXES: Final = (".mp4", ".mov", ".mkv")
"""Of files that can hold pictures at any times."""
_OPTIONS: Final[dict[str, dict[str, str]]] = {
    "libx264": {"crf": "18", "preset": "veryfast", "threads": "1"},
    # Quantiser 3 of 2 (best) to 31, in FFmpeg's units of 1/118.
    "mpeg4": {"flags": "+qscale", "global_quality": str(3 * 118), "threads": "1"},
}
"""Of the encoders; the second stands in where the first is missing."""
_TICKS: Final = 60_000
"""Of the file's clock, a second: exact for 24 to 60 fps and for 29.97."""

Timed = tuple[UInt8[np.ndarray, "height width 3"], float]
"""A picture, and the second at which it appears."""


def encode(path: Path, frames: Iterable[Timed], *, width: int, height: int, fps: float) -> None:
    """Write pictures at their own times.

    Args:
        path: one of `SUFFIXES`; H.264, or MPEG-4 part 2 where PyAV was built without libx264.
        frames: all of one size, at times that rise; the first is the start, whatever its time.
        width: pixels, even.
        height: pixels, even.
        fps: mean frames a second, for players that ask.
    """
    with av.open(str(path), "w") as container:
        codec = "libx264" if "libx264" in av.codec.codecs_available else "mpeg4"
        video = container.add_stream(codec, rate=Fraction(fps).limit_denominator(1001))
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.options = {**_OPTIONS[codec]}
        video.codec_context.time_base = Fraction(1, _TICKS)
        start, last = None, -1
        for image, time in frames:
            start = time if start is None else start
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.time_base = Fraction(1, _TICKS)
            frame.pts = last = max(round((time - start) * _TICKS), last + 1)
            container.mux(video.encode(frame))
        container.mux(video.encode())
