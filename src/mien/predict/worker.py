"""A process that reads tasks: `python -m mien.predict.worker`, told by lines of JSON on its input.

First the job and its work folder, then a task a line; it answers with lines of progress and one
when a task is sealed, and ends with its input.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import cv2

from mien.errors import MienError
from mien.predict.job import Job
from mien.predict.tasks import TaskReader
from mien.predict.work import Work
from mien.predict.workers import from_words, refusal_to_words


def main() -> int:
    """Read what is asked; the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to our parent, who ends us
    cv2.setNumThreads(1)
    try:
        _serve()
    except BrokenPipeError:  # our parent is gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except MienError as problem:
        _answer({"kind": "refused", "refusal": refusal_to_words(problem)})
    except OSError as problem:
        facts = {"errno": problem.errno, "strerror": problem.strerror or str(problem)}
        _answer({"kind": "os error", **facts, "filename": _name(problem)})
    return 0


def _serve() -> None:
    told = json.loads(sys.stdin.readline())
    job = Job.from_json(told["job"])
    predictor = job.predictor()
    reader = TaskReader(
        job=job, predictor=predictor, layout=job.table_layout(predictor),
        work=Work(Path(told["work"])), tell=_progress,
    )  # fmt: skip
    for line in sys.stdin:
        task = from_words(json.loads(line))
        reader.read(task)
        _answer({"kind": "done", "task": task.number})


def _progress(source: int, frame: int, frames: int) -> None:
    _answer({"kind": "progress", "source": source, "frame": frame, "frames": frames})


def _answer(said: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def _name(problem: OSError) -> str | None:
    return None if problem.filename is None else os.fspath(problem.filename)


if __name__ == "__main__":
    sys.exit(main())
