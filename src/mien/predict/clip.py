"""A clip as a stream of frames with their own timestamps, upright, one in memory at a time."""

import heapq
import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import av.container
import av.error
import numpy as np

from mien.errors import MienError
from mien.faces.image import MAX_PIXELS
from mien.faces.warp import Image
from mien.predict.frames import ClipFrame

_Timed = tuple[av.VideoFrame | None, float]
_ANY_CLOCK: Final = frozenset({"mpegts", "mpeg"})
"""Containers whose clock may stand anywhere at the first frame, as a camcorder's does."""
_ODD: Final = 4
"""Times a pixel may be wider than high, or higher than wide; a file that claims more is wrong."""


class Clip:
    """A clip's facts, and its frames by iteration.

    Raises:
        MienError: missing, no video in it, or frames larger than 100 megapixels.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        with self._open() as container:
            stream = self._stream(container)
            self.declared: int = stream.frames
            """Frames the file claims; 0 where it does not say."""
            self.origin: float = _origin(container, stream)
            """Seconds on the file's clock that are 0 here."""
            self._end = _claimed_end(container, stream, self.origin)
            self.rate: Fraction = Fraction(stream.average_rate or stream.guessed_rate or 25)
            """Mean frames a second."""
            self.duration: float = self._end or self.declared / float(self.rate)
            """Seconds the file claims; 0 where it does not say."""
            self.aspect: Fraction = _aspect(stream)
            """Width of a stored pixel over its height; frames come with square ones."""
            self.width: int = round(stream.width * self.aspect)
            """Of the frames before a display matrix turns them, px."""
            self.height: int = stream.height
        self.threads = 0
        """Of the decoder; 0 takes as many as it likes."""
        self.read_ahead = 3
        """Frames to decode before they are used."""
        self.decoded = 0
        """Frames decoded in the last pass."""
        self.damaged = 0
        """Frames that could not be decoded in the last pass."""
        self.problem = ""
        """Why the last pass ended early; empty if it did not."""

    def frames(
        self,
        *,
        every: int = 1,
        start: float | None = None,
        end: float | None = None,
        first: int = 0,
    ) -> Iterator[ClipFrame]:
        """Frames in order; of those between, `every` - 1 are skipped (not converted).

        A frame that cannot be decoded comes as one without an image and is counted; if the file
        breaks off, iteration ends and `problem` says why. Every frame is decoded from the file's
        beginning, so that numbers and times are the file's own whatever part is asked for.

        Args:
            every: frames whose number is a multiple of it.
            start: seconds; frames before it are not given.
            end: seconds; iteration ends at the first frame at or after it.
            first: frames with smaller numbers are not given.

        Raises:
            MienError: no frame at all could be decoded, or none lies in the part asked for.
        """
        if every < 1:
            raise ValueError(f"every must be at least 1, got {every}")
        self.decoded = self.damaged = 0
        self.problem = ""
        time = 0.0
        given = first > 0
        begin = -math.inf if start is None else start
        with self._open() as container:
            stream = self._stream(container)
            stream.thread_type = "AUTO"
            stream.codec_context.thread_count = self.threads
            for index, (frame, time) in enumerate(_in_order(self._decode(container, stream))):
                if end is not None and time >= end:
                    self._refuse_nothing(given, time)
                    return
                self.damaged += frame is None
                self.decoded += frame is not None
                if index < first or time < begin or (frame is not None and index % every):
                    continue
                given = True
                image = None if frame is None else upright(frame, self.aspect)
                yield ClipFrame(index=index, time=time, image=image)
        if self.decoded == 0:
            raise MienError(
                "no frame of the clip can be decoded", remedy="export it again", path=self.path
            )
        self._refuse_nothing(given, time)
        self._compare_with_claims(time)

    def _refuse_nothing(self, given: bool, time: float) -> None:
        if not given:
            raise MienError(
                f"no frame lies in the part asked for; the clip lasts {max(self._end, time):.1f} s",
                remedy="name another start or end, or read more of its frames (every)",
                path=self.path,
            )

    def _compare_with_claims(self, time: float) -> None:
        """Note where fewer frames or seconds came than the file claims."""
        short = time + max(0.5, 2 / float(self.rate)) < self._end
        fewer = self.declared > self.decoded + self.damaged
        if self.problem or not (short or (fewer and self._end == 0)):
            return
        claims = f"{self.declared} frames" if fewer else f"{self._end:.1f} s"
        self.problem = f"the file breaks off: it claims {claims}"

    def _decode(
        self, container: av.container.InputContainer, stream: av.VideoStream
    ) -> Iterator[_Timed]:
        """Frames as the decoder gives them; damaged ones as None where their packet stood."""
        packets = container.demux(stream)
        time = 0.0
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.error.FFmpegError as problem:
                self.problem = f"the file breaks off ({problem.strerror})"
                return
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                if packet.pts is not None and packet.time_base is not None:
                    yield None, self._since(float(packet.pts * packet.time_base))
                else:
                    yield None, time
                continue
            for frame in frames:
                if not isinstance(frame, av.VideoFrame):
                    continue
                if frame.time is None:
                    time += 1 / float(self.rate)
                else:
                    time = self._since(float(frame.time))
                yield (None if frame.is_corrupt else frame), time

    def _since(self, seconds: float) -> float:
        """Seconds on the file's clock as seconds since the file began, without rounding's dust."""
        return round(seconds - self.origin, 9) if self.origin else seconds

    def _open(self) -> av.container.InputContainer:
        try:
            return av.open(str(self.path), metadata_errors="replace")
        except (OSError, av.error.FFmpegError) as problem:
            raise MienError(
                f"the clip cannot be opened ({problem.strerror or problem})",
                remedy="check path and permissions, or export it as MP4",
                path=self.path,
            ) from problem

    def _stream(self, container: av.container.InputContainer) -> av.VideoStream:
        if not container.streams.video:
            raise MienError("the file holds no video", remedy="name a clip", path=self.path)
        stream = container.streams.video[0]
        if stream.width * stream.height * max(1, _aspect(stream)) > MAX_PIXELS:
            raise MienError(
                f"the clip claims {stream.width} x {stream.height} px; the limit is 100 megapixels",
                remedy="shrink it",
                path=self.path,
            )
        return stream


def _in_order(frames: Iterator[_Timed]) -> Iterator[_Timed]:
    """Hold damaged frames, which come before those the decoder reorders, until their time."""
    waiting: list[float] = []
    for frame, time in frames:
        if frame is None:
            heapq.heappush(waiting, time)
            continue
        while waiting and waiting[0] < time:
            yield None, heapq.heappop(waiting)
        yield frame, time
    while waiting:
        yield None, heapq.heappop(waiting)


def _origin(container: av.container.InputContainer, stream: av.VideoStream) -> float:
    """Where the file's clock stands when it begins, if it may stand anywhere, else 0.

    Players count from there, and so do those who mark a clip by what a player shows.
    """
    begin = container.start_time
    if begin is None or not _ANY_CLOCK & set(container.format.name.split(",")):
        return 0.0
    seconds = begin / av.time_base
    if stream.start_time is None or stream.time_base is None:
        return seconds
    own = float(stream.start_time * stream.time_base)  # the same, unrounded, without earlier sound
    return own if abs(own - seconds) < 2 / av.time_base else seconds


def _aspect(stream: av.VideoStream) -> Fraction:
    """Of a stored pixel: DV and HDV camcorders, and some AVCHD, store narrow ones."""
    claimed = stream.sample_aspect_ratio
    if not claimed or not Fraction(1, _ODD) <= claimed <= _ODD:
        return Fraction(1)
    return Fraction(claimed)


def _claimed_end(
    container: av.container.InputContainer, stream: av.VideoStream, origin: float
) -> float:
    """Seconds at which the video should end; 0 where the file does not say."""
    if stream.duration is not None and stream.time_base is not None:
        return float((stream.duration + (stream.start_time or 0)) * stream.time_base) - origin
    if container.duration is None or len(container.streams) > 1:
        return 0.0
    return container.duration / av.time_base


def upright(frame: av.VideoFrame, aspect: Fraction = Fraction(1)) -> Image:
    """RGB pixels (height, width, 3), square, turned as the file's display matrix asks.

    Args:
        frame: as decoded.
        aspect: width of a stored pixel over its height; the picture becomes so much wider.
    """
    if aspect == 1:
        image = frame.to_ndarray(format="rgb24")
    else:
        wide = frame.reformat(width=max(1, round(frame.width * aspect)), format="rgb24")
        image = wide.to_ndarray()
    turns = round(frame.rotation / 90) % 4  # counter-clockwise degrees
    return np.ascontiguousarray(np.rot90(image, turns), np.uint8)
