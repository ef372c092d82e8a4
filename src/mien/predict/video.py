"""A video that is being read: its facts, its frames one by one, and as a table."""

from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import pyarrow as pa

from mien.errors import MienError
from mien.predict import views
from mien.predict.baseline import Baseline
from mien.predict.camera import Camera
from mien.predict.clip import Clip
from mien.predict.counts import at_least_one
from mien.predict.layouts import LayoutName, Where, columns_of, layout
from mien.predict.levels import levels_of, take_off
from mien.predict.predictor import Predictor
from mien.predict.reading import FrameReading
from mien.predict.smoothing import Smoothing
from mien.predict.table import Row

if TYPE_CHECKING:
    import pandas as pd


class Video:
    """Readings of a video's frames, one frame in memory at a time; a context manager.

    Iterate it for a `FrameReading` each. A file can be gone through again; a camera cannot.

    Args:
        predictor: what reads.
        clip: the file or camera.
        every: read each so-manieth frame.
        start: seconds at which to begin.
        end: seconds after which to stop.
        smooth: steady the scores over time; off by default.
        baseline: take each face's own level off the scores. A file is gone through twice, as far
            as its level needs; of a camera the level is that of the seconds at rest, before the
            end of which no face has one.

    Raises:
        MienError: `every` is below 1, `end` does not come after `start`, the seconds at rest are
            not read, or a camera has none.
    """

    def __init__(
        self,
        predictor: Predictor,
        clip: Clip | Camera,
        *,
        every: int = 1,
        start: float | None = None,
        end: float | None = None,
        smooth: Smoothing | None = None,
        baseline: Baseline | None = None,
    ) -> None:
        at_least_one(every=every)
        if end is not None and end <= (start or 0.0):
            raise MienError("end does not come after start", remedy="give seconds in order")
        if baseline is not None:
            baseline.check(start=start, end=end)
            if baseline.end is None and isinstance(clip, Camera):
                raise MienError(
                    "a camera's median is known when it stops only",
                    remedy="name seconds at rest instead, such as 0-5",
                )
        self._predictor = predictor
        self._clip = clip
        self._baseline = baseline
        self._every, self._start, self._end = every, start, end
        self._smooth = smooth
        self._passes: list[Generator[FrameReading, None, None]] = []
        self._closed = False

    @property
    def source(self) -> str:
        """The file, or `webcam:0`."""
        return self._clip.name if isinstance(self._clip, Camera) else str(self._clip.path)

    @property
    def path(self) -> Path:
        """The same as a path."""
        return Path(self.source)

    @property
    def rate(self) -> float:
        """Mean frames a second; frames have their own times, which may be uneven."""
        return float(self._clip.rate)

    @property
    def duration(self) -> float | None:
        """Seconds that the file claims; None where it does not say."""
        return self._clip.duration or None

    @property
    def frames(self) -> int | None:
        """Frames that the file claims; None where it does not say."""
        return self._clip.declared or None

    @property
    def purpose(self) -> str:
        """What expressions are read for; empty without them."""
        return self._predictor.purpose

    @property
    def problem(self) -> str:
        """Why the last pass ended before the file's end; empty if it did not."""
        return self._clip.problem

    def __iter__(self) -> Iterator[FrameReading]:
        if self._closed:
            raise ValueError("the video is closed")
        readings = self._read()
        self._passes.append(readings)
        return readings

    def __enter__(self) -> "Video":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        length = "" if self.duration is None else f", {self.duration:.1f} s"
        return f"Video({self.source}, {self.rate:.5g} frames/s{length})"

    def close(self) -> None:
        """Let go of the file; a pass that is under way ends."""
        self._closed = True
        for one in self._passes:
            one.close()
        self._passes = []

    def to_arrow(self, layout_name: LayoutName = "mien") -> pa.Table:
        """Read everything into one table: a row per face per frame, one for a frame without.

        The table is held in memory; for long videos iterate, or use `mien predict`.
        """
        described = columns_of(
            self._predictor.model.bundle,
            expressions=bool(self._predictor.names) or self._predictor.gives_affect,
            prompts=self._predictor.prompts,
        )
        chosen = layout(layout_name, described)

        def rows() -> Iterator[Row]:
            for reading in self:
                where = Where.of(self.source, reading)
                yield from chosen.rows(where, reading.faces, status=reading.status)

        return views.arrow(chosen, rows(), purpose=self.purpose)

    def to_pandas(self, layout_name: LayoutName = "mien") -> "pd.DataFrame":
        """The same as a data frame.

        Raises:
            MienError: pandas is not installed.
        """
        return views.pandas(self.to_arrow(layout_name))

    def _read(self) -> Generator[FrameReading, None, None]:
        level = self._baseline
        if level is None:
            yield from self._frames(self._end)
            return
        levels = None
        if not isinstance(self._clip, Camera):
            ends = [end for end in (self._end, level.end) if end is not None]
            levels = levels_of(self._frames(min(ends, default=None)), level)
        with closing(self._frames(self._end)) as frames:
            thresholds = self._predictor.model.bundle.thresholds
            yield from take_off(frames, level, levels, thresholds=thresholds)

    def _frames(self, end: float | None) -> Generator[FrameReading, None, None]:
        seen = self._predictor.watch(
            self._clip, every=self._every, start=self._start, end=end, smooth=self._smooth
        )
        with closing(seen):
            for each in seen:
                yield each.reading
