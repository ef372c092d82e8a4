"""The folder beside an output in which a reading grows, part by sealed part."""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from mien import atomic
from mien.errors import MienError
from mien.predict.following import State
from mien.predict.provenance import SourceRecord
from mien.predict.sources import Source

PHOTOS_A_TASK: Final = 16
"""Photos that are read in one go."""
ANNOTATED: Final = "annotated"
"""Folder of annotated pictures and clips."""
ROWS, SCORES, KEYS = "rows.parquet", "scores.npy", "keys.npy"
"""Files of a part: its rows; (rows, scores) float32 and (rows, 2) face number and seconds."""
_PLAN, _PARTS, _FACTS, _STATE, _LOCK = "plan.json", "parts", "part.json", "state.npz", "lock"


@dataclass(frozen=True, kw_only=True)
class Task:
    """Sources that are read in one go: a clip, or a few photos."""

    number: int
    """Place in the order, from 0."""
    first: int
    """Number of its first source, from 0."""
    sources: tuple[Source, ...]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a source could not be read."""

    problem: str
    remedy: str | None
    path: str | None

    @staticmethod
    def of(problem: MienError) -> "Refusal":
        """The error in parts."""
        return Refusal(problem=problem.problem, remedy=problem.remedy, path=problem.path)

    def error(self) -> MienError:
        """The error again."""
        return MienError(self.problem, remedy=self.remedy, path=self.path)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a sealed part says of itself."""

    folder: Path
    last: bool
    """Whether its task is done with it."""
    following: int
    """First frame that is not in it or a part before it."""
    records: tuple[SourceRecord, ...]
    """Of the task's sources; up to here, in a part that is not the last."""
    statuses: dict[str, int]
    """Its rows by status."""
    refusals: tuple[Refusal, ...]

    def state(self) -> State:
        """What reading on after it needs."""
        with np.load(self.folder / _STATE, allow_pickle=False) as kept:
            return {name: kept[name] for name in kept.files}


def tasks_of(sources: Sequence[Source]) -> list[Task]:
    """Sources in order: each clip alone, photos in a row together."""
    groups: list[list[Source]] = []
    for source in sources:
        joins = groups and source.kind == groups[-1][0].kind == "photo"
        if joins and len(groups[-1]) < PHOTOS_A_TASK:
            groups[-1].append(source)
        else:
            groups.append([source])
    starts = np.cumsum([0, *(len(group) for group in groups)]).tolist()
    return [
        Task(number=number, first=starts[number], sources=tuple(group))
        for number, group in enumerate(groups)
    ]


class Work:
    """A work folder: which parts are sealed, and new ones to write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock: int | None = None
        """File descriptor of its lock, which children keep."""
        self._parts = folder / _PARTS

    @property
    def annotated(self) -> Path:
        """Where annotated pictures and clips grow."""
        return self.folder / ANNOTATED

    def parts(self, task: int) -> Iterator[Part]:
        """Sealed parts of a task, in order."""
        number = 0
        while (folder := self._place(task, number)).is_dir():
            yield _read_part(folder)
            number += 1

    @contextmanager
    def part(self, task: int, number: int) -> Iterator[Path]:
        """Yield a folder to write a part into; sealed by `seal_facts` and on leaving."""
        with atomic.folder(self._place(task, number)) as folder:
            yield folder

    def is_begun(self) -> bool:
        """Whether any part is sealed."""
        return any(not part.name.startswith(".") for part in self._parts.glob("*"))

    def remove(self) -> None:
        """Delete it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _place(self, task: int, number: int) -> Path:
        return self._parts / f"{task:06d}-{number:06d}"


def seal_facts(
    folder: Path,
    *,
    last: bool,
    following: int,
    records: Sequence[SourceRecord],
    statuses: dict[str, int],
    refusals: Sequence[Refusal] = (),
    state: State | None = None,
) -> None:
    """Write what a part says of itself into its folder."""
    facts: dict[str, Any] = {
        "last": last,
        "following": following,
        "records": [asdict(record) for record in records],
        "statuses": statuses,
        "refusals": [asdict(refusal) for refusal in refusals],
    }
    (folder / _FACTS).write_text(json.dumps(facts), encoding="utf-8")
    if state is not None:
        with (folder / _STATE).open("wb") as file:
            np.savez(file, **dict(state))  # type: ignore[arg-type]


@contextmanager
def opened(out: Path, fingerprint: str, *, resume: bool) -> Iterator[Work]:
    """The work folder beside `out`, for this process alone.

    One of an interrupted reading is gone on with if that was the same reading. After an error
    it stays where something in it is worth going on with, and goes where nothing is.

    Raises:
        MienError: another reading was interrupted there, or is under way.
        OSError: it cannot be written.
    """
    folder = out.parent / f".{out.name}.work"
    folder.mkdir(parents=True, exist_ok=True)
    work = Work(folder)
    with _locked(folder) as work.lock:
        try:
            _check_plan(work, fingerprint, resume=resume)
            yield work
        except BaseException:  # interruptions, too: what is sealed is for the next run
            if not work.is_begun():
                work.remove()
            raise
        else:
            work.remove()


def _check_plan(work: Work, fingerprint: str, *, resume: bool) -> None:
    plan = work.folder / _PLAN
    known = plan.read_text(encoding="utf-8") if plan.is_file() else ""
    if work.is_begun() and known != fingerprint and resume:
        raise MienError(
            "an interrupted reading with other settings or sources lies beside the output",
            remedy=f"run that one again to go on with it, or delete {work.folder}",
            path=work.folder,
        )
    parts = work.folder / _PARTS
    if known != fingerprint or not resume:
        shutil.rmtree(parts, ignore_errors=True)
        shutil.rmtree(work.annotated, ignore_errors=True)
    parts.mkdir(exist_ok=True)
    for unsealed in parts.glob(".*"):
        shutil.rmtree(unsealed, ignore_errors=True)
    atomic.write_text(plan, fingerprint)


@contextmanager
def _locked(folder: Path) -> Iterator[int | None]:
    """Hold the folder's lock, which children inherit and may keep a moment longer."""
    try:
        import fcntl
    except ImportError:  # Windows has other locks; there two readings at once are not noticed
        yield None
        return
    handle = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise MienError(
                "another process is reading into this output",
                remedy="wait until it has ended, or name another output",
                path=folder,
            ) from problem
        yield handle
    finally:
        os.close(handle)


def _read_part(folder: Path) -> Part:
    facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
    return Part(
        folder=folder,
        last=facts["last"],
        following=facts["following"],
        records=tuple(SourceRecord(**record) for record in facts["records"]),
        statuses=facts["statuses"],
        refusals=tuple(Refusal(**refusal) for refusal in facts["refusals"]),
    )
