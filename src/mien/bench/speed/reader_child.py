"""A reading timed from within: `python -m mien.bench.speed.reader_child CLIP BUNDLE OUT RUNNER`."""

import json
import os
import sys
import time
from pathlib import Path
from typing import get_args

from mien.faces.networks import RunnerName
from mien.predict.batch import Progress, predict_paths

_STEPS = 100
"""Samples of memory over a clip."""


class Watch:
    """Notes clock, processor time and memory as frames go by."""

    def __init__(self) -> None:
        self.began: tuple[float, float] | None = None
        self.ended = (0.0, 0.0)
        self.frames = 0
        self.memory: list[int] = []

    def __call__(self, now: Progress) -> None:
        """Take note of a frame."""
        self.ended = (time.monotonic(), time.process_time())
        self.began = self.ended if self.began is None else self.began
        self.frames += 1
        if self.frames % max(now.frames // _STEPS, 1) == 0:
            self.memory.append(resident())


def resident() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def peak() -> int:
    """The most bytes this process had in memory.

    Not `ru_maxrss`: Linux counts into it what the parent held when it started this process.
    """
    (line,) = (
        line
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("VmHWM:")
    )
    return int(line.split()[1]) * 1024


def main(words: list[str]) -> int:
    """Read, and print what was noted."""
    clip, bundle, out, runner = words
    watch = Watch()
    chosen = next(name for name in get_args(RunnerName) if name == runner)
    predict_paths([clip], bundle, out=out, runner=chosen, progress=watch)
    record = json.loads((Path(out) / "provenance.json").read_text(encoding="utf-8"))
    began = watch.ended if watch.began is None else watch.began
    said = {
        "frames": watch.frames,
        "wall": watch.ended[0] - began[0],
        "cpu": watch.ended[1] - began[1],
        "memory": watch.memory,
        "peak": peak(),
        "runner": record["landmarker"]["runner"],
    }
    print(json.dumps(said))  # noqa: T201 - this is what our parent reads
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
