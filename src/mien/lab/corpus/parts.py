"""A plan in parts: each rendered whole or not at all, here or by other processes."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Final

import cv2

from mien.data.store import StoreWriter
from mien.errors import MienError
from mien.faces.template import CANONICAL
from mien.lab.renderer import CPU, Renderer
from mien.lab.scenario import Clip, Scenario

PART_FRAMES: Final = 256
"""A part is as many whole clips as reach this many frames: what a stop may cost each process."""
QUALITY: Final = 95
"""Of the JPEGs."""

Progress = Callable[[int, int], None]
"""Called with the frames done and the frames planned, at the start and after every part."""


class _StoppedError(Exception):
    """Whoever is rendering is to let go of the part."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some clips, and the small store they become at `path`."""

    scenario: Scenario
    clips: tuple[Clip, ...]
    size: int
    path: Path
    renderer: Renderer = CPU

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return sum(clip.frames for clip in self.clips)

    def render(self, *, stopped: Callable[[], bool]) -> None:
        """Write the store, unless `stopped` says so before the last frame is done."""
        with StoreWriter(
            self.path,
            quality=QUALITY,
            template=CANONICAL.name,
            template_digest=CANONICAL.digest,
        ) as writer:
            for clip in self.clips:
                for index in range(clip.frames):
                    if stopped():
                        raise _StoppedError
                    shot = self.scenario.frame(clip, index)
                    rendered = self.renderer.render(
                        shot.person, shot.face, shot.world, size=self.size, seed=shot.seed
                    )
                    writer.add(rendered.image, **shot.record(rendered))


def group(plan: list[Clip]) -> list[tuple[Clip, ...]]:
    """Cut a plan into parts of whole clips; all but the last reach `PART_FRAMES` frames."""
    parts: list[tuple[Clip, ...]] = []
    pending: list[Clip] = []
    for clip in plan:
        pending.append(clip)
        if sum(each.frames for each in pending) >= PART_FRAMES:
            parts.append(tuple(pending))
            pending = []
    return [*parts, tuple(pending)] if pending else parts


def render_parts(
    parts: list[Part], *, jobs: int, progress: Progress | None, until: float | None
) -> None:
    """Render the parts that are not there yet.

    Args:
        parts: all parts of a plan.
        jobs: processes; 1 renders in this one.
        progress: told how many frames are done.
        until: stop, keeping whole parts, at this time of `time.monotonic`.

    Raises:
        MienError: a process died.
    """
    report = progress or _silent
    planned = sum(part.frames for part in parts)
    done = sum(part.frames for part in parts if part.path.exists())
    missing = [part for part in parts if not part.path.exists()]
    report(done, planned)
    finished = (
        _here(missing, until) if jobs <= 1 else _elsewhere(missing, min(jobs, len(missing)), until)
    )
    for part in finished:
        done += part.frames
        report(done, planned)


def _here(parts: list[Part], until: float | None) -> Iterator[Part]:
    for part in parts:
        try:
            part.render(stopped=lambda: _late(until))
        except _StoppedError:
            return
        yield part


def _elsewhere(parts: list[Part], jobs: int, until: float | None) -> Iterator[Part]:
    if not parts:
        return
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with ProcessPoolExecutor(
        jobs, mp_context=context, initializer=_start_worker, initargs=(stop,)
    ) as pool:
        waiting: dict[Future[bool], Part] = {}
        queue = iter(parts)
        try:
            while True:
                # Two parts a process are enough to keep it busy, and soon cancelled.
                while len(waiting) < 2 * jobs and (part := next(queue, None)) is not None:
                    with _ctrl_c_held():  # the first call starts the processes
                        waiting[pool.submit(_work, part)] = part
                if not waiting:
                    return
                ready, _ = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
                for future in ready:
                    part = waiting.pop(future)
                    if future.result():
                        yield part
                if _late(until):
                    return
        except BrokenProcessPool as error:
            raise MienError(
                "a rendering process died (out of memory, perhaps)",
                remedy="run the same command with fewer jobs; what is finished is kept",
                path=parts[0].path.parent,
            ) from error
        finally:
            stop.set()
            for future in waiting:
                future.cancel()


@contextmanager
def _ctrl_c_held() -> Iterator[None]:
    """Ctrl-C waits; in processes that are started meanwhile, until `_start_worker` ignores it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_STOP: list[Event] = []
"""In a worker: the parent's word to let go."""


def _start_worker(stop: Event) -> None:
    _STOP.append(stop)
    # Ctrl-C reaches every process; the parent tells its workers what to do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    cv2.setNumThreads(1)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(part: Part) -> bool:
    try:
        part.render(stopped=_told_to_stop)
    except _StoppedError:
        return False
    return True


def _told_to_stop() -> bool:
    return any(stop.is_set() for stop in _STOP)


def _late(until: float | None) -> bool:
    return until is not None and time.monotonic() >= until


def _silent(done: int, planned: int) -> None:
    """Report nothing."""
