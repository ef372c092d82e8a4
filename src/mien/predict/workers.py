"""Tasks read by several processes at once, each into parts of its own."""

import contextlib
import json
import queue
import subprocess
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from mien.errors import MienError
from mien.predict.children import command, environment
from mien.predict.job import Job
from mien.predict.sources import Source
from mien.predict.tasks import Tell
from mien.predict.work import Refusal, Task, Work

_MODULE: Final = "mien.predict.worker"
_REMEDY: Final = "run the same command again to go on; if it happens again, leave that file out"


@dataclass(frozen=True, kw_only=True)
class _Message:
    """What a worker said, or that it ended."""

    worker: int
    said: dict[str, Any] | None


def to_words(task: Task) -> dict[str, Any]:
    """A task as JSON can carry it."""
    sources = [{"path": str(source.path), "kind": source.kind} for source in task.sources]
    return {"number": task.number, "first": task.first, "sources": sources}


def from_words(said: dict[str, Any]) -> Task:
    """The task that `to_words` put so."""
    sources = tuple(Source(path=Path(one["path"]), kind=one["kind"]) for one in said["sources"])
    return Task(number=said["number"], first=said["first"], sources=sources)


def refusal_to_words(problem: MienError) -> dict[str, Any]:
    """An error as JSON can carry it."""
    return asdict(Refusal.of(problem))


def read_all(job: Job, work: Work, tasks: Sequence[Task], *, jobs: int, tell: Tell) -> None:
    """Read every task, up to `jobs` at once. Nothing is left running.

    Raises:
        MienError: a worker refused the job, or died.
        OSError: a worker could not write.
    """
    waiting = list(reversed(tasks))
    messages: queue.Queue[_Message] = queue.Queue(maxsize=64)
    with _started(job, work, min(jobs, len(tasks)), messages) as workers:
        busy: dict[int, Task] = {}
        idle = list(range(len(workers)))
        while waiting or busy:
            while waiting and idle:
                number = idle.pop(0)
                busy[number] = waiting.pop()
                _say(workers[number], to_words(busy[number]))
            message = messages.get()
            said = _checked(message, busy, workers)
            if said["kind"] == "progress":
                tell(said["source"], said["frame"], said["frames"])
            else:
                del busy[message.worker]
                idle.append(message.worker)


def _checked(
    message: _Message, busy: dict[int, Task], workers: Sequence[subprocess.Popen[str]]
) -> dict[str, Any]:
    """What a worker said, unless it was that it cannot go on."""
    said = message.said
    if said is None:
        task = busy.get(message.worker)
        code = workers[message.worker].wait()
        raise MienError(
            f"a process that was reading ended with code {code}",
            remedy=_REMEDY,
            path=None if task is None else task.sources[0].path,
        )
    if said["kind"] == "refused":
        raise Refusal(**said["refusal"]).error()
    if said["kind"] == "os error":
        raise OSError(said["errno"], said["strerror"], said["filename"])
    return said


@contextlib.contextmanager
def _started(
    job: Job, work: Work, count: int, messages: "queue.Queue[_Message]"
) -> Iterator[list[subprocess.Popen[str]]]:
    """Start workers, and end them whatever happens."""
    workers: list[subprocess.Popen[str]] = []
    listeners: list[threading.Thread] = []
    ended = threading.Event()
    try:
        for number in range(count):
            workers.append(_start(work))
            _say(workers[-1], {"job": job.to_json(), "work": str(work.folder)})
            listening = (number, workers[-1], messages, ended)
            listeners.append(threading.Thread(target=_listen, args=listening, daemon=True))
            listeners[-1].start()
        yield workers
    finally:
        ended.set()
        for worker in workers:
            _end(worker)
        for listener in listeners:
            listener.join()
        for worker in workers:
            if worker.stdout is not None:
                worker.stdout.close()


def _start(work: Work) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - this Python, our own module
        command(_MODULE),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        env=environment(), pass_fds=() if work.lock is None else (work.lock,),
    )  # fmt: skip


def _say(worker: subprocess.Popen[str], said: dict[str, Any]) -> None:
    """Tell a worker something; that it is gone will be heard from its listener."""
    assert worker.stdin is not None
    try:
        worker.stdin.write(json.dumps(said) + "\n")
        worker.stdin.flush()
    except (BrokenPipeError, ValueError):
        return


def _listen(
    number: int,
    worker: subprocess.Popen[str],
    messages: "queue.Queue[_Message]",
    ended: threading.Event,
) -> None:
    """Hand on every line of a worker, and that there are no more."""
    assert worker.stdout is not None
    for said in _until_end(worker.stdout):
        while not ended.is_set():
            try:
                messages.put(_Message(worker=number, said=said), timeout=0.1)
            except queue.Full:
                continue
            break


def _until_end(lines: Iterable[str]) -> Iterator[dict[str, Any] | None]:
    for line in lines:
        if line.endswith("\n"):  # else it was killed in the middle of it
            yield json.loads(line)
    yield None


def _end(worker: subprocess.Popen[str]) -> None:
    """End a worker: closing its input is enough where it is idle."""
    if worker.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            worker.stdin.close()
    try:
        worker.wait(timeout=0.05)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
