"""One task read into sealed parts: a few photos, or a clip that goes on where it was left."""

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from mien.errors import MienError
from mien.faces.image import read_image
from mien.predict import provenance
from mien.predict.camera import Camera, camera_number
from mien.predict.drawing import ClipWriter, draw, write_picture
from mien.predict.following import State
from mien.predict.frames import Frames
from mien.predict.job import Job
from mien.predict.layouts import Layout, Where
from mien.predict.levels import scores_of
from mien.predict.predictor import Predictor, SeenFrame
from mien.predict.provenance import SourceRecord
from mien.predict.reading import FaceReading, FrameReading
from mien.predict.sources import Source
from mien.predict.work import KEYS, ROWS, SCORES, Part, Refusal, Task, Work, seal_facts
from mien.predict.writer import TableWriter

Tell = Callable[[int, int, int], None]
"""Told number of the source, frames done, and frames in all (0 if not known)."""
See = Callable[[FrameReading], None]
"""Given every frame of a clip as it is read."""


class PartRows:
    """Rows of a part as they come, counted; with their scores, if a baseline will want them."""

    def __init__(self, writer: TableWriter, layout: Layout, *, keep_scores: bool) -> None:
        self._writer = writer
        self._layout = layout
        self._keep = keep_scores
        self._scores: list[np.ndarray] = []
        self._keys: list[tuple[float, float]] = []
        self.statuses: Counter[str] = Counter()

    def add(self, where: Where, faces: tuple[FaceReading, ...], *, status: str) -> None:
        """Rows of one photo or frame; `status` says why where there is no face."""
        for row in self._layout.rows(where, faces, status=status):
            self._writer.add(row)
        self.statuses.update([face.status for face in faces] or [status])
        if self._keep:
            for face in faces or (None,):
                self._keep_scores(face, np.nan if where.time is None else where.time)

    def save_scores(self, folder: Path) -> None:
        """Write the scores beside the rows."""
        if self._keep:
            wide = self._width()
            scores = np.array(self._scores, np.float32).reshape(-1, wide)
            np.save(folder / SCORES, scores, allow_pickle=False)
            keys = np.array(self._keys, np.float64).reshape(-1, 2)
            np.save(folder / KEYS, keys, allow_pickle=False)

    def _width(self) -> int:
        columns = self._layout.columns
        return len(columns.units) * (2 if columns.intensity else 1)

    def _keep_scores(self, face: FaceReading | None, time: float) -> None:
        if face is None:
            self._scores.append(np.full(self._width(), np.nan, np.float32))
            self._keys.append((-1.0, time))
            return
        self._scores.append(scores_of(face))
        self._keys.append((float(face.face), time))


@dataclass(kw_only=True)
class _Sofar:
    """What is counted of a clip, over all its parts."""

    frames: int = 0
    faces: int = 0
    damaged: int = 0

    def count(self, seen: SeenFrame) -> None:
        self.faces += len(seen.reading.faces)
        self.damaged += seen.image is None
        self.frames += seen.image is not None


@dataclass(frozen=True, kw_only=True, eq=False)
class TaskReader:
    """Reads tasks into the parts of a work folder."""

    job: Job
    predictor: Predictor
    layout: Layout
    work: Work
    tell: Tell = field(default=lambda *_: None)
    seen: See | None = None

    def read(self, task: Task) -> None:
        """Read what of a task is not sealed yet.

        Raises:
            OSError: the work folder cannot be written.
        """
        done = list(self.work.parts(task.number))
        if done and done[-1].last:
            return
        if task.sources[0].kind == "photo":
            self._photos(task)
        else:
            self._clip(task, done)

    def _photos(self, task: Task) -> None:
        with self._part(task, 0) as (folder, rows):
            records: list[SourceRecord] = []
            refusals: list[Refusal] = []
            for number, source in enumerate(task.sources, task.first):
                try:
                    records.append(self._photo(number, source, rows))
                except MienError as problem:
                    records.append(self._unreadable(source, rows, problem))
                    refusals.append(Refusal.of(problem))
                self.tell(number, 1, 1)
            seal_facts(
                folder, last=True, following=0, records=records,
                statuses=dict(rows.statuses), refusals=refusals,
            )  # fmt: skip

    def _photo(self, number: int, source: Source, rows: PartRows) -> SourceRecord:
        image = read_image(source.path)
        faces = tuple(self.predictor.image(image))
        height, width = image.shape[:2]
        where = Where(source=str(source.path), frame=0, time=None, width=width, height=height)
        rows.add(where, faces, status="no face")
        if self.job.annotate:
            picture = self._annotated(number, source, ".png")
            write_picture(picture, draw(image, list(faces)))
        return _record(source, _Sofar(frames=1, faces=len(faces)))

    def _clip(self, task: Task, done: list[Part]) -> None:
        """Read a clip from the first frame that is in no part yet, sealing parts on the way."""
        (source,) = task.sources
        number = len(done)
        try:
            clip = _open(source)
        except MienError as problem:
            with self._part(task, number) as (folder, rows):
                self._refuse(folder, rows, source, problem)
            return
        sofar, first, state = _left_at(done)
        with closing(self._watch(clip, task, first=first, state=state)) as stream:
            while not self._clip_part(task, number, clip, stream, sofar):
                number += 1

    def _clip_part(
        self, task: Task, number: int, clip: Frames, stream: Iterator[SeenFrame], sofar: "_Sofar"
    ) -> bool:
        """Write one part of a clip; whether it is the last."""
        (source,) = task.sources
        with self._part(task, number) as (folder, rows):
            try:
                for seen in stream:
                    reading = seen.reading
                    where = Where.of(str(source.path), reading)
                    rows.add(where, reading.faces, status=reading.status)
                    if self.seen is not None:
                        self.seen(reading)
                    sofar.count(seen)
                    self.tell(task.first, reading.frame + 1, clip.declared)
                    if seen.state is not None:
                        seal_facts(
                            folder, last=False, following=reading.frame + 1, state=seen.state,
                            records=[_record(source, sofar, digest="")],
                            statuses=dict(rows.statuses),
                        )  # fmt: skip
                        return False
            except MienError as problem:
                self._refuse(folder, rows, source, problem)
                return True
            skipped = clip.decoded - sofar.frames
            record = _record(source, sofar, skipped=skipped, problem=clip.problem)
            seal_facts(
                folder, last=True, following=0, records=[record], statuses=dict(rows.statuses)
            )
        return True

    def _watch(
        self, clip: Frames, task: Task, *, first: int, state: State | None
    ) -> Generator[SeenFrame, None, None]:
        """The clip's frames; where they are drawn, they come in one part, as the drawing does."""
        job, (source,) = self.job, task.sources
        states = 0 if job.annotate or source.kind == "camera" else job.part_frames
        with ExitStack() as stack:
            drawn = None
            if job.annotate:
                path = self._annotated(task.first, source, ".mp4")
                drawn = stack.enter_context(ClipWriter(path, rate=clip.rate / job.every))
            for seen in self.predictor.watch(
                clip, every=job.every, start=job.start, end=job.end, smooth=job.smoothing(),
                first=first, state=state, states_every=states,
            ):  # fmt: skip
                if drawn is not None and seen.image is not None:
                    time = seen.reading.time
                    faces = list(seen.reading.faces)
                    drawn.add(draw(seen.image, faces, note=f"{time:.2f} s"), time=time)
                yield seen

    @contextmanager
    def _part(self, task: Task, number: int) -> Iterator[tuple[Path, PartRows]]:
        """A part to write, sealed when all is well."""
        with self.work.part(task.number, number) as folder:
            with TableWriter([folder / ROWS], self.layout.schema) as writer:
                rows = PartRows(writer, self.layout, keep_scores=self.job.keep_scores)
                yield folder, rows
            rows.save_scores(folder)

    def _unreadable(self, source: Source, rows: PartRows, problem: MienError) -> SourceRecord:
        where = Where(source=str(source.path), frame=None, time=None)
        rows.add(where, (), status="unreadable")
        return _record(source, _Sofar(), problem=problem.problem)

    def _refuse(self, folder: Path, rows: PartRows, source: Source, problem: MienError) -> None:
        """Seal a clip as one that cannot be read."""
        record = self._unreadable(source, rows, problem)
        seal_facts(
            folder, last=True, following=0, records=[record], statuses=dict(rows.statuses),
            refusals=[Refusal.of(problem)],
        )  # fmt: skip

    def _annotated(self, number: int, source: Source, suffix: str) -> Path:
        self.work.annotated.mkdir(exist_ok=True)
        name = source.path.stem.replace(":", "-")
        return self.work.annotated / f"{number:05d}-{name}{suffix}"


def _open(source: Source) -> Frames:
    if source.kind == "camera":
        return Camera(camera_number(str(source.path)) or 0)
    from mien.predict.clip import Clip  # here: photos need no FFmpeg, which takes a while to load

    return Clip(source.path)


def _left_at(done: list[Part]) -> tuple[_Sofar, int, State | None]:
    """Where the sealed parts of a clip end: counts, the next frame, and what was known then."""
    if not done:
        return _Sofar(), 0, None
    known = done[-1].records[0]
    sofar = _Sofar(frames=known.frames, faces=known.faces, damaged=known.damaged)
    return sofar, done[-1].following, done[-1].state()


def _record(
    source: Source,
    sofar: _Sofar,
    *,
    skipped: int = 0,
    problem: str = "",
    digest: str | None = None,
) -> SourceRecord:
    return SourceRecord(
        source=str(source.path), kind=source.kind, frames=sofar.frames, skipped=skipped,
        sha256=provenance.file_digest(source) if digest is None else digest,
        damaged=sofar.damaged, faces=sofar.faces, problem=problem,
    )  # fmt: skip
