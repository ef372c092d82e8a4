"""`mien predict`: photos, folders and clips into one table, with its provenance beside it."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from mien import atomic
from mien.errors import MienError
from mien.faces.networks import RunnerName
from mien.faces.threads import one_opencv_thread
from mien.predict import merge, outputs, provenance, workers
from mien.predict.baseline import Baseline, baseline
from mien.predict.counts import at_least_one
from mien.predict.job import Job
from mien.predict.layouts import Layout, LayoutName
from mien.predict.merge import Merged
from mien.predict.outputs import Outputs
from mien.predict.predictor import Predictor
from mien.predict.provenance import SourceRecord
from mien.predict.quality import Limits
from mien.predict.shipped import default_bundle
from mien.predict.sources import Source, expand
from mien.predict.tasks import See, TaskReader, Tell
from mien.predict.work import ANNOTATED, Task, Work, opened, tasks_of
from mien.predict.writer import TableWriter

_PHOTOS_A_JOB: Final = 48
"""Photos that are worth a process more: starting one takes as long as reading a few."""


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


@dataclass(frozen=True, kw_only=True, eq=False)
class _Run:
    """One call of `predict_paths`, checked and ready to be read."""

    job: Job
    sources: list[Source]
    tasks: list[Task]
    predictor: Predictor
    layout: Layout
    outputs: Outputs
    baseline: Baseline | None
    jobs: int


def predict_paths(
    paths: Sequence[Path | str],
    bundle: Path | str | None = None,
    *,
    out: Path | str,
    layout: LayoutName = "mien",
    expressions: bool = False,
    purpose: str | None = None,
    ask: Sequence[str] = (),
    annotate: bool = False,
    every: int = 1,
    start: float | None = None,
    end: float | None = None,
    max_faces: int | None = None,
    limits: Limits | None = None,
    smooth: str | None = None,
    baseline: str | None = None,
    jobs: int | None = None,
    resume: bool = True,
    part_frames: int = 1500,
    runner: RunnerName = "auto",
    threads: int = 1,
    cache: Path | None = None,
    providers: Sequence[str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    seen: See | None = None,
) -> Summary:
    """Read photos, folders, glob patterns and clips into one table.

    Writes a new folder, whole or not at all: `readings.parquet` and `readings.csv` (a row per face
    per frame), `provenance.json`, and with `annotate` a folder of pictures and clips; or, if `out`
    ends like a table, that file and its provenance beside it. No clip is held in memory. A file
    that cannot be read becomes a row with status `unreadable`; a frame without a face one with
    `no face`. What is read grows in a folder beside; a reading that was killed is gone on with by
    the same call, and ends in the same table as one that was not.

    Args:
        paths: photos, clips, folders, glob patterns, cameras.
        bundle: folder that `mien export` wrote; the model that comes with mien by default.
        out: the folder, or the table's file, to write.
        layout: columns of the table, as of `mien.predict.layouts`.
        expressions: also expressions, valence and arousal; needs `purpose`.
        purpose: what expressions are read for; it goes into the provenance.
        ask: phrases to put to every face, if the model can be asked.
        annotate: also write annotated pictures and clips; a kill then costs the clip it met.
        every: of clips, read each so-manieth frame.
        start: of clips, seconds; frames before it are not read.
        end: of clips, seconds; nor are those at or after it.
        max_faces: of each image, the largest so many; all by default.
        limits: beyond which a face is not scored.
        smooth: `one-euro` steadies scores over time (`smoothing.Smoothing`).
        baseline: `median`, or seconds at rest such as `0-5`: takes each face's own level off its
            scores (`baseline.Baseline`).
        jobs: processes that read at once; by default as many as cores, where there are several
            clips or many photos. The table is the same with any number.
        resume: go on with a reading that was interrupted; else begin again.
        part_frames: frames of a clip after which what is read is safe from a kill.
        runner: of the landmark networks, as for `Landmarker`.
        threads: threads of ONNX Runtime in each process.
        cache: cache of assets; the user's by default.
        providers: what computes, as of `mien.predict.providers.choose`.
        progress: told after each frame.
        seen: given every frame of a clip as it is read, landmarks and all, in the table's order;
            everything is read by this process then. Frames that an interrupted reading has sealed
            are not given again.

    Raises:
        MienError: `out` exists or cannot be written, nothing to read, bad bundle, missing asset,
            no purpose, another reading was interrupted there, or not one source could be read.
    """
    job = Job(
        bundle=str(default_bundle() if bundle is None else bundle), layout=layout,
        expressions=expressions, purpose=purpose, ask=tuple(ask), annotate=annotate, every=every,
        start=start, end=end, max_faces=max_faces, limits=Limits() if limits is None else limits,
        smooth=smooth, part_frames=part_frames, runner=runner, threads=threads,
        cache=None if cache is None else str(cache),
        providers=None if providers is None else tuple(providers),
    )  # fmt: skip
    run = _prepare(job, expand(paths), Path(out), baseline, jobs if seen is None else 1)
    tell = _teller(run.sources, progress)
    try:
        with opened(Path(out), job.fingerprint(run.sources), resume=resume) as work:
            _read(run, work, tell, seen)
            merged = merge.gather(work, run.tasks)
            if len(merged.refusals) == len(run.sources):
                work.remove()
                raise merged.refusals[0].error()
            rows = _finish(run, work, merged)
    except OSError as problem:
        raise MienError(
            f"the output cannot be written ({problem.strerror or problem})",
            remedy="free some space, mend the permissions, or name another folder",
            path=out,
        ) from problem
    return Summary(
        out=Path(out), rows=rows, statuses=dict(merged.statuses), sources=tuple(merged.records)
    )


def _prepare(
    job: Job, sources: list[Source], out: Path, rest: str | None, jobs: int | None
) -> _Run:
    """Check everything that can be checked before anything is read."""
    planned = outputs.plan(out)
    if job.annotate and planned.folder is None:
        raise MienError(
            "annotated pictures need a folder", remedy="give --out a folder, not a file", path=out
        )
    level = baseline(rest)
    if level is not None and any(source.kind == "photo" for source in sources):
        raise MienError(
            "a baseline is a face's level over time, and photos have none",
            remedy="leave out --baseline, or name clips alone",
        )
    if level is not None:
        level.check(start=job.start, end=job.end)
    at_least_one(jobs=jobs)
    tasks = tasks_of(sources)
    predictor = job.predictor()
    return _Run(
        job=replace(job, keep_scores=level is not None), sources=sources, tasks=tasks,
        predictor=predictor, layout=job.table_layout(predictor), outputs=planned, baseline=level,
        jobs=_worthwhile(sources) if jobs is None else jobs,
    )  # fmt: skip


def _worthwhile(sources: list[Source]) -> int:
    """Processes by default: one a core, where each has enough to do."""
    clips = sum(source.kind == "clip" for source in sources)
    photos = sum(source.kind == "photo" for source in sources)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores or 1, clips + photos // _PHOTOS_A_JOB))


def _read(run: _Run, work: Work, tell: Tell, seen: See | None) -> None:
    """Read every task that is not sealed: cameras here, the rest by as many processes as wanted."""
    here = [task for task in run.tasks if run.jobs == 1 or task.sources[0].kind == "camera"]
    away = [task for task in run.tasks if task not in here]
    if away:
        workers.read_all(run.job, work, away, jobs=run.jobs, tell=tell)
    reader = TaskReader(
        job=run.job, predictor=run.predictor, layout=run.layout, work=work, tell=tell, seen=seen
    )
    with one_opencv_thread():
        for task in here:
            reader.read(task)


def _finish(run: _Run, work: Work, merged: Merged) -> int:
    """Write what the user asked for, atomically; the number of rows."""
    with _targets(run.outputs) as (tables, record, folder):
        with TableWriter(tables, run.layout.schema, missing=run.layout.missing) as writer:
            merge.write_rows(
                work, run.tasks, writer, run.layout, baseline=run.baseline, merged=merged
            )
        settings = {**run.job.settings(), "baseline": _described(run.baseline, merged)}
        described = provenance.describe(
            run.predictor, settings=settings, sources=merged.records, rows=writer.count
        )
        text = json.dumps(described, indent=2, ensure_ascii=False)
        record.write_text(text + "\n", encoding="utf-8")
        if folder is not None and run.job.annotate:
            work.annotated.mkdir(exist_ok=True)
            shutil.copytree(work.annotated, folder / ANNOTATED, copy_function=_link)
    return writer.count


def _described(level: Baseline | None, merged: Merged) -> dict[str, Any] | None:
    if level is None:
        return None
    return {**level.provenance(), "faces_without": merged.without_baseline}


@contextmanager
def _targets(planned: Outputs) -> Iterator[tuple[list[Path], Path, Path | None]]:
    """Temporary tables, provenance and folder, which take their places when all is well."""
    with ExitStack() as stack:
        if planned.folder is not None:
            folder = stack.enter_context(atomic.folder(planned.folder))
            yield [folder / name for name in planned.tables], folder / planned.provenance, folder
            return
        record = stack.enter_context(atomic.file(planned.root / planned.provenance))
        tables = [stack.enter_context(atomic.file(planned.root / name)) for name in planned.tables]
        yield tables, record, None


def _link(source: str, target: str) -> str:
    """A second name for a file, or a copy where the file system has none."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _teller(sources: list[Source], progress: Callable[[Progress], None] | None) -> Tell:
    def tell(number: int, frame: int, frames: int) -> None:
        if progress is not None:
            progress(
                Progress(
                    source=sources[number].path, number=number, sources=len(sources),
                    frame=frame, frames=frames,
                )
            )  # fmt: skip

    return tell
