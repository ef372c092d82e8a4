"""Reads one clip in a process of its own: `python -m mien.serve.worker`, told what by stdin.

The process limits itself before it opens the clip, so that a hostile file can waste no more than
was granted, and what crashes here crashes alone. It writes a JSON object a line: `{"frame",
"frames"}` while it reads, then `{"rows", "note"}` or `{"error", "remedy"}`.
"""

import errno
import json
import resource
import sys
import time
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
OUT = "readings"
"""The folder it writes, beside the clip."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What to read and how; paths are relative to the working folder, but `bundle` and `cache`."""

    clip: str
    bundle: str
    cache: str | None
    every: int
    max_faces: int
    expressions: bool
    purpose: str | None
    prompts: tuple[str, ...]
    landmarks: bool
    """Whether landmarks are kept, in `points.FILE` beside the clip."""
    pixels: int
    """Most pixels of a frame."""
    seconds: float
    """Longest clip."""
    memory: int
    """Address space, bytes."""
    time: float
    """CPU time of each core, seconds."""

    def text(self) -> str:
        """As `read_task` understands it."""
        return json.dumps(asdict(self))


def read_task(text: str) -> Task:
    """The task that `Task.text` wrote."""
    values: dict[str, Any] = json.loads(text)
    return Task(**{**values, "prompts": tuple(values["prompts"])})


def limit(task: Task) -> None:
    """Take away what reading a clip does not need."""
    cores = 8
    for kind, most in (
        (resource.RLIMIT_AS, task.memory),
        (resource.RLIMIT_CPU, int(task.time) * cores),
        (resource.RLIMIT_FSIZE, 4 << 30),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))


def check(task: Task) -> None:
    """Look at what the clip claims before its first frame is decoded.

    Raises:
        MienError: no clip, or beyond the limits.
    """
    import av

    from mien.errors import MienError
    from mien.predict.clip import Clip

    Clip(task.clip)  # says what is wrong with it, if anything
    with av.open(task.clip, metadata_errors="replace") as container:
        stream = container.streams.video[0]
        width, height = stream.width, stream.height
        seconds = 0.0 if container.duration is None else container.duration / av.time_base
    if width * height > task.pixels:
        raise MienError(
            f"the clip has frames of {width} x {height} px; the limit is "
            f"{task.pixels / 1e6:g} megapixels",
            remedy="export it smaller",
        )
    if seconds > task.seconds:
        raise MienError(
            f"the clip is {seconds:.0f} s long; the limit is {task.seconds:.0f} s",
            remedy="cut it shorter, or read it with `mien predict`",
        )


def read(task: Task) -> dict[str, Any]:
    """Read the clip; the last line to write."""
    from mien.errors import MienError
    from mien.predict import Progress, predict_paths
    from mien.serve import points

    told = 0.0

    def tell(now: Progress) -> None:
        nonlocal told
        if time.monotonic() - told > 0.1:
            told = time.monotonic()
            _say({"frame": now.frame, "frames": now.frames})

    try:
        check(task)
        with Path(points.FILE).open("wb") if task.landmarks else nullcontext() as file:
            summary = predict_paths(
                [task.clip], task.bundle, out=OUT, expressions=task.expressions,
                purpose=task.purpose, every=task.every, max_faces=task.max_faces, progress=tell,
                cache=None if task.cache is None else Path(task.cache),
                end=task.seconds, ask=task.prompts, jobs=1, resume=False,
                seen=None if file is None else partial(points.write, file=file),
            )  # fmt: skip
    except MienError as problem:
        return {"error": problem.problem, "remedy": problem.remedy or "send another clip"}
    except OSError as problem:
        if problem.errno not in _FULL:
            raise
        return {
            "error": "the service's disk has no room for the readings",
            "remedy": "delete jobs that are done, or make room and send the clip again",
        }
    record = summary.sources[0]
    return {"rows": summary.rows, "note": record.problem, "frames": record.frames}


def main() -> None:
    """Do the task on stdin."""
    task = read_task(sys.stdin.read())
    limit(task)
    _say(read(task))


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
