"""The lab's renderer, part by part: images a second of one core, and of two processes."""

import resource
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from mien.data import jpeg
from mien.data.store import StoreWriter
from mien.lab.corpus.make import make
from mien.lab.corpus.parts import QUALITY
from mien.lab.interview import Interview
from mien.lab.picture.degrade import degrade, expose
from mien.lab.render import Rendered, render
from mien.lab.scenario import Clip, Shot

WHOLE: Final = "everything, one process"
PLAN: Final = "performance, person, world, labels"
RENDER: Final = "render, degradation included"
SPOIL: Final = "exposure and degradation alone"
ENCODE: Final = "JPEG encoding"
STORE: Final = "writing the store"
STEPS: Final = (PLAN, RENDER, ENCODE, STORE)
"""What an image costs, in turn; `SPOIL` is measured once more on its own."""


@dataclass(frozen=True, kw_only=True)
class PartSpeed:
    """One part of the work and its share of the whole."""

    name: str
    """What was timed."""
    images_per_second: float
    """Images a second of CPU time (all threads), median of the repeats."""
    ratio: float
    """Its time over the time of everything in the same repeat: median."""
    lowest: float
    """Smallest ratio of a repeat."""
    highest: float
    """Largest ratio of a repeat."""


@dataclass(frozen=True, kw_only=True)
class RenderBench:
    """What `measure` found."""

    size: int
    """Side of the crops, pixels."""
    images: int
    """Images of each repeat."""
    repeats: int
    """Counted repeats, each with other people."""
    parts: tuple[PartSpeed, ...]
    """The whole first, then its parts."""

    def rows(self) -> list[dict[str, float | str]]:
        """The table: a dictionary for each part."""
        return [dict(vars(part)) for part in self.parts]


@dataclass(frozen=True, kw_only=True)
class MakeBench:
    """What `measure_make` found: `lab.make` end to end, starting its processes included."""

    size: int
    """Side of the crops, pixels."""
    images: int
    """Images of each store."""
    jobs: int
    """Processes."""
    images_per_second: float
    """Images a second by the clock on the wall, median; other work on the machine slows it."""
    lowest: float
    """Slowest repeat."""
    highest: float
    """Fastest repeat."""
    images_per_cpu_second: float
    """Images a second of CPU time, all processes together, median."""


def measure(*, size: int = 112, people: int = 6, frames: int = 24, repeats: int = 5) -> RenderBench:
    """Time the way from plan to store in this process, compiled code warmed up.

    Every repeat films other people (another seed), so the spread holds theirs too.

    Args:
        size: side of the crops, pixels.
        people: one clip of each; activities in turn.
        frames: kept of each clip; planning a clip is shared by them.
        repeats: counted ones; one more goes before.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        scenario = Interview(subjects=people, frames=frames)
        found = [_film(scenario, seed=seed, size=size) for seed in range(repeats + 1)][1:]
    finally:
        cv2.setNumThreads(threads)
    images = people * frames
    names = (WHOLE, PLAN, RENDER, SPOIL, ENCODE, STORE)
    parts = tuple(_part(name, found, images) for name in names)
    return RenderBench(size=size, images=images, repeats=repeats, parts=parts)


def measure_make(
    *, size: int = 112, people: int = 4, frames: int = 32, jobs: int = 2, repeats: int = 5
) -> MakeBench:
    """Time `lab.make` end to end; the default's four parts share evenly between two processes.

    Args:
        size: side of the crops, pixels.
        people: each through eight activities.
        frames: kept of each clip.
        jobs: processes.
        repeats: counted ones; one more goes before.
    """
    scenario = Interview(subjects=people, frames=frames)
    images = sum(clip.frames for clip in scenario.clips(0))
    walls: list[float] = []
    works: list[float] = []
    with tempfile.TemporaryDirectory(prefix="mien-bench-") as folder:
        for seed in range(repeats + 1):
            began, busy = time.monotonic(), _cpu_seconds()
            make(scenario, Path(folder) / f"{seed}", size=size, seed=seed, jobs=jobs)
            walls.append(images / (time.monotonic() - began))
            works.append(images / (_cpu_seconds() - busy))
    return MakeBench(
        size=size,
        images=images,
        jobs=jobs,
        images_per_second=statistics.median(walls[1:]),
        lowest=min(walls[1:]),
        highest=max(walls[1:]),
        images_per_cpu_second=statistics.median(works[1:]),
    )


def _film(scenario: Interview, *, seed: int, size: int) -> dict[str, float]:
    """CPU seconds of each part for one clip of every person."""
    spent = dict.fromkeys((*STEPS, SPOIL), 0.0)
    with (
        tempfile.TemporaryDirectory(prefix="mien-bench-") as folder,
        StoreWriter(Path(folder) / "store", quality=QUALITY) as writer,
    ):
        for clip, index in _frames(scenario, seed):
            marks = [time.process_time()]
            shot = scenario.frame(clip, index)
            marks.append(time.process_time())
            rendered = render(shot.person, shot.face, shot.world, size=size, seed=shot.seed)
            marks.append(time.process_time())
            data = jpeg.encode(rendered.image, quality=QUALITY)
            marks.append(time.process_time())
            writer.add_record(data, shot.record(rendered))
            marks.append(time.process_time())
            for place, step in enumerate(STEPS):
                spent[step] += marks[place + 1] - marks[place]
            spent[SPOIL] += _spoil(shot, rendered, size)
        began = time.process_time()
        writer.seal()
        spent[STORE] += time.process_time() - began
    return {**spent, WHOLE: sum(spent[step] for step in STEPS)}


def _frames(scenario: Interview, seed: int) -> Iterator[tuple[Clip, int]]:
    plan = scenario.clips(seed)
    each = len(plan) // scenario.subjects
    for person in range(scenario.subjects):
        clip = plan[person * each + person % each]
        for index in range(clip.frames):
            yield clip, index


def _spoil(shot: Shot, rendered: Rendered, size: int) -> float:
    """CPU seconds of exposing and degrading a picture like this one once more."""
    linear = ((rendered.image / np.float32(255)) ** np.float32(2.2)).astype(np.float32)
    generator = np.random.default_rng(shot.seed)
    began = time.process_time()
    shown = expose(linear, shot.world.camera)
    degrade(shown, shot.world.degradation, unit=float(size), generator=generator)
    return time.process_time() - began


def _part(name: str, found: Sequence[dict[str, float]], images: int) -> PartSpeed:
    ratios = [each[name] / max(each[WHOLE], 1e-9) for each in found]
    return PartSpeed(
        name=name,
        images_per_second=statistics.median(images / max(each[name], 1e-9) for each in found),
        ratio=statistics.median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
    )


def _cpu_seconds() -> float:
    """CPU time of this process and of every child it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
