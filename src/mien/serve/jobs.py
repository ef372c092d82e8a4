"""Clips waiting, being read and read; one at a time, and none kept longer than said."""

import asyncio
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from mien.serve import shapes
from mien.serve.containers import HEAD, suffix_of
from mien.serve.folder import PrivateFolder
from mien.serve.job import ClipJob
from mien.serve.metrics import Metrics
from mien.serve.problems import Refused, no_room
from mien.serve.settings import Settings
from mien.serve.worker import Task


@dataclass(frozen=True, kw_only=True)
class Order:
    """How a clip is to be read."""

    every: int = 1
    expressions: bool = False
    purpose: str | None = None
    prompts: tuple[str, ...] = ()
    landmarks: bool = False
    """Whether landmarks are kept, too."""


class Jobs:
    """All clips of the service, in a private folder that goes when the service stops.

    Args:
        bundle: folder of the model.
        settings: how many, how large, how long.
        metrics: told of ends.
        cache: cache of assets; the user's by default.
        work: where the private folder is made; the system's place for such by default.
    """

    def __init__(
        self,
        bundle: Path,
        *,
        settings: Settings,
        metrics: Metrics,
        cache: Path | None = None,
        work: Path | None = None,
    ) -> None:
        self._bundle = bundle.absolute()
        self._cache = cache
        self._settings = settings
        self._metrics = metrics
        self._folder = PrivateFolder(work)
        self._jobs: dict[str, ClipJob] = {}
        self._queue: asyncio.Queue[ClipJob] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def open(self) -> int:
        """Clips waiting or being read."""
        return sum(job.open for job in self._jobs.values())

    def start(self) -> None:
        """Begin to work; needs a running event loop."""
        self._tasks = [asyncio.create_task(self._work()), asyncio.create_task(self._tidy())]

    async def close(self) -> None:
        """Stop, and delete everything."""
        for job in self._jobs.values():
            job.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)  # nothing may keep the clips
        await asyncio.to_thread(self._folder.remove)

    def check_room(self) -> None:
        """Refuse one more clip when as many wait as may.

        Raises:
            Refused: 429.
        """
        if self.open >= self._settings.jobs:
            self._metrics.add("mien_refused_total", reason="jobs")
            raise Refused(
                429, f"{self.open} clips are waiting already",
                remedy="wait until one is read, or delete one", retry_after=10,
            )  # fmt: skip

    async def add(self, clip: IO[bytes], order: Order) -> ClipJob:
        """Take a clip in; it is read when those before it are.

        Raises:
            Refused: no known container (415), too many wait (429), or the disk is full (507).
        """
        self.check_room()
        suffix = suffix_of(clip.read(HEAD))
        clip.seek(0)
        if suffix is None:
            raise Refused(
                415, "this is no clip, or of a kind that is not taken",
                remedy="send MP4, MOV, MKV, WebM, AVI, MPEG, FLV or WMV",
            )  # fmt: skip
        try:
            folder = Path(tempfile.mkdtemp(prefix="clip-", dir=self._folder.path))
        except OSError as problem:
            raise no_room() from problem
        job = ClipJob(folder=folder, task=self._task(f"clip{suffix}", order))
        self._jobs[job.id] = job
        try:
            await asyncio.to_thread(_write, clip, folder / job.task.clip)
        except BaseException as problem:
            self._jobs.pop(job.id).remove()
            if isinstance(problem, OSError):
                raise no_room() from problem
            raise
        self._queue.put_nowait(job)
        return job

    def find(self, name: str) -> ClipJob:
        """The job of this id.

        Raises:
            Refused: there is none, or it has expired (404).
        """
        self._drop_old()
        if name not in self._jobs:
            raise gone()
        return self._jobs[name]

    async def remove(self, name: str) -> None:
        """Stop and delete a job.

        Raises:
            Refused: there is none (404).
        """
        job = self.find(name)
        del self._jobs[name]
        await asyncio.to_thread(job.remove)

    def told(self, job: ClipJob) -> shapes.Job:
        """A job as it is answered."""
        waiting = [one for one in self._jobs.values() if one.open]
        since = None if job.ended is None else time.monotonic() - job.ended
        left = None if since is None else max(self._settings.keep_seconds - since, 0.0)
        return shapes.Job(
            id=job.id, state=job.state, progress=round(job.progress, 4), frames=job.frame,
            ahead=waiting.index(job) if job.open and job in waiting else 0, rows=job.rows,
            problem=job.problem, note=job.note,
            expires_in=None if left is None else round(left, 1),
        )  # fmt: skip

    def _task(self, clip: str, order: Order) -> Task:
        settings = self._settings
        return Task(
            clip=clip, bundle=str(self._bundle), every=order.every, max_faces=settings.faces,
            cache=None if self._cache is None else str(self._cache.absolute()),
            expressions=order.expressions, purpose=order.purpose, prompts=order.prompts,
            landmarks=order.landmarks,
            pixels=settings.clip_pixels, seconds=settings.clip_seconds,
            memory=settings.job_memory, time=settings.job_seconds,
        )  # fmt: skip

    async def _work(self) -> None:
        while True:
            job = await self._queue.get()
            if job.id not in self._jobs:  # deleted while it waited
                continue
            await job.run(seconds=self._settings.job_seconds)
            self._metrics.add("mien_jobs_total", state=job.state)
            self._metrics.add("mien_frames_total", float(job.frame))
            if job.id not in self._jobs:  # deleted while it was read
                job.remove()

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(min(30.0, self._settings.keep_seconds))
            self._drop_old()

    def _drop_old(self) -> None:
        ended = sorted(
            (job for job in self._jobs.values() if job.ended is not None),
            key=lambda job: job.ended or 0.0,
        )
        spare = len(ended) - self._settings.kept
        now = time.monotonic()
        for place, job in enumerate(ended):
            if place < spare or now - (job.ended or now) > self._settings.keep_seconds:
                del self._jobs[job.id]
                job.remove()


def gone() -> Refused:
    """The answer to who asks for a job that there is not."""
    return Refused(
        404, "there is no such job: deleted, expired, or of an earlier service",
        remedy="send the clip again",
    )  # fmt: skip


def _write(clip: IO[bytes], path: Path) -> None:
    with path.open("wb") as file:
        shutil.copyfileobj(clip, file, 1 << 20)
