"""`mien predict`: photos, folders and clips into one table, with its provenance beside it."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from mien import atomic
from mien.errors import MienError
from mien.faces.image import read_image
from mien.faces.landmarker import Landmarker
from mien.faces.networks import RunnerName
from mien.predict import provenance
from mien.predict.clip import Clip
from mien.predict.drawing import ClipWriter, draw, write_picture
from mien.predict.predictor import Predictor
from mien.predict.provenance import SourceRecord
from mien.predict.quality import Limits
from mien.predict.sources import Source, expand
from mien.predict.table import TableWriter, empty_row, face_row, schema

ANNOTATED = "annotated"
"""Folder of annotated pictures and clips in an output folder."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far `predict_paths` is: `frame` counts within the source, of `frames` (0 unknown)."""

    source: Path
    number: int
    sources: int
    frame: int
    frames: int


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What `predict_paths` wrote."""

    out: Path
    rows: int
    statuses: dict[str, int]
    """Rows by status."""
    sources: tuple[SourceRecord, ...]

    @property
    def problems(self) -> tuple[SourceRecord, ...]:
        """Sources that could not be read, or not to their end, or with damaged frames."""
        return tuple(one for one in self.sources if one.problem or one.damaged)


@dataclass(kw_only=True, eq=False)
class _Batch:
    """What reading one source needs, and what is counted on the way."""

    predictor: Predictor
    writer: TableWriter
    folder: Path | None
    every: int
    tell: Callable[[Progress], None]
    sources: int
    statuses: Counter[str]
    number: int = 0

    def photo(self, source: Source) -> SourceRecord:
        name = str(source.path)
        image = read_image(source.path)
        faces = self.predictor.image(image)
        for face in faces:
            self.writer.add(face_row(name, frame=0, time=None, reading=face))
            self.statuses[face.status] += 1
        if not faces:
            self._add_empty(name, frame=0, time=None, status="no face")
        if self.folder is not None:
            write_picture(self._annotated(source, ".png"), draw(image, faces))
        self.tell(self._progress(source, 1, 1))
        return _record(source, frames=1, faces=len(faces))

    def clip(self, source: Source) -> SourceRecord:
        name = str(source.path)
        clip = Clip(source.path)
        frames = damaged = faces = 0
        with ExitStack() as stack:
            drawn = None
            if self.folder is not None:
                drawn = stack.enter_context(
                    ClipWriter(self._annotated(source, ".mp4"), rate=clip.rate / self.every)
                )
            for seen in self.predictor.watch(clip, every=self.every):
                reading = seen.reading
                for face in reading.faces:
                    self.writer.add(
                        face_row(name, frame=reading.frame, time=reading.time, reading=face)
                    )
                    self.statuses[face.status] += 1
                if not reading.faces:
                    self._add_empty(
                        name, frame=reading.frame, time=reading.time, status=reading.status
                    )
                faces += len(reading.faces)
                damaged += seen.image is None
                frames += seen.image is not None
                if drawn is not None and seen.image is not None:
                    note = f"{reading.time:.2f} s"
                    drawn.add(draw(seen.image, list(reading.faces), note=note), time=reading.time)
                self.tell(self._progress(source, reading.frame + 1, clip.declared))
        return _record(
            source, frames=frames, faces=faces, damaged=damaged,
            skipped=clip.decoded - frames, problem=clip.problem,
        )  # fmt: skip

    def unreadable(self, source: Source, problem: MienError) -> SourceRecord:
        self._add_empty(str(source.path), frame=None, time=None, status="unreadable")
        return _record(source, frames=0, faces=0, problem=problem.problem)

    def _add_empty(self, name: str, *, frame: int | None, time: float | None, status: str) -> None:
        self.writer.add(empty_row(name, frame=frame, time=time, status=status))
        self.statuses[status] += 1

    def _annotated(self, source: Source, suffix: str) -> Path:
        assert self.folder is not None
        return self.folder / f"{self.number:05d}-{source.path.stem}{suffix}"

    def _progress(self, source: Source, frame: int, frames: int) -> Progress:
        return Progress(
            source=source.path, number=self.number, sources=self.sources, frame=frame, frames=frames
        )


def predict_paths(
    paths: Sequence[Path | str],
    bundle: Path | str,
    *,
    out: Path | str,
    expressions: bool = False,
    purpose: str | None = None,
    annotate: bool = False,
    every: int = 1,
    max_faces: int | None = None,
    limits: Limits | None = None,
    runner: RunnerName = "auto",
    threads: int | None = None,
    cache: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Summary:
    """Read photos, folders, glob patterns and clips into one table.

    Writes a new folder, whole or not at all: `readings.parquet` and `readings.csv` (a row per face
    per frame, `table.schema`), `provenance.json`, and with `annotate` a folder of pictures and
    clips. No clip is held in memory. A file that cannot be read becomes a row with status
    `unreadable`; a frame without a face one with `no face`.

    Args:
        paths: photos, clips, folders, glob patterns.
        bundle: folder that `mien export` wrote.
        out: the folder to write.
        expressions: also expressions, valence and arousal; needs `purpose`.
        purpose: what expressions are read for; it goes into the provenance.
        annotate: also write annotated pictures and clips.
        every: of clips, read each so-manieth frame.
        max_faces: of each image, the largest so many; all by default.
        limits: beyond which a face is not scored.
        runner: of the landmark networks, as for `Landmarker`.
        threads: threads of ONNX Runtime; as many as cores by default.
        cache: cache of assets; the user's by default.
        progress: told after each frame.

    Raises:
        MienError: `out` exists or cannot be written, nothing to read, bad bundle, missing asset,
            no purpose, or not one source could be read.
    """
    out = Path(out)
    if out.exists():
        raise MienError("the output folder exists already", remedy="name another", path=out)
    for name, value in (("every", every), ("max_faces", max_faces)):
        if value is not None and value < 1:
            raise MienError(f"{name} is {value}", remedy="give a number of 1 or more")
    sources = expand(paths)
    predictor = Predictor(
        bundle, landmarker=Landmarker(runner=runner, cache=cache), expressions=expressions,
        purpose=purpose, limits=limits, max_faces=max_faces, threads=threads,
    )  # fmt: skip
    settings = {
        "expressions": expressions,
        "every": every,
        "max_faces": max_faces,
        "annotate": annotate,
    }
    columns = schema(
        predictor.model.bundle.aus if "au" in predictor.model.outputs else (),
        intensity="intensity" in predictor.model.outputs,
        expressions=predictor.names,
        affect=predictor.gives_affect,
    )
    statuses: Counter[str] = Counter()
    try:
        with atomic.folder(out) as folder:
            pictures = folder / ANNOTATED if annotate else None
            if pictures is not None:
                pictures.mkdir()
            with TableWriter(folder, columns) as writer:
                batch = _Batch(
                    predictor=predictor, writer=writer, folder=pictures, every=every,
                    tell=_silent if progress is None else progress,
                    sources=len(sources), statuses=statuses,
                )  # fmt: skip
                records = _read_all(batch, sources)
            described = provenance.describe(
                predictor, settings=settings, sources=records, rows=writer.count
            )
            text = json.dumps(described, indent=2, ensure_ascii=False)
            (folder / provenance.FILE).write_text(text + "\n", encoding="utf-8")
    except OSError as problem:
        raise MienError(
            f"the output cannot be written ({problem.strerror or problem})",
            remedy="free some space, mend the permissions, or name another folder",
            path=out,
        ) from problem
    return Summary(out=out, rows=writer.count, statuses=dict(statuses), sources=tuple(records))


def _read_all(batch: _Batch, sources: list[Source]) -> list[SourceRecord]:
    records: list[SourceRecord] = []
    problems: list[MienError] = []
    for number, source in enumerate(sources):
        batch.number = number
        try:
            records.append(batch.photo(source) if source.kind == "photo" else batch.clip(source))
        except MienError as problem:
            problems.append(problem)
            records.append(batch.unreadable(source, problem))
    if len(problems) == len(sources):
        raise problems[0]
    return records


def _record(
    source: Source,
    *,
    frames: int,
    faces: int,
    damaged: int = 0,
    skipped: int = 0,
    problem: str = "",
) -> SourceRecord:
    return SourceRecord(
        source=str(source.path), kind=source.kind, sha256=provenance.file_digest(source),
        frames=frames, skipped=skipped, damaged=damaged, faces=faces, problem=problem,
    )  # fmt: skip


def _silent(_: Progress) -> None:
    """Tell nobody."""
