"""Named corpora: a release is a list of parts, each a scenario with a seed, at a size of pictures.

A release says all that its pictures and labels depend on, so that `mien lab make lab-1` makes the
same corpus anywhere, and results on it can be cited. What it came out as when it was frozen lies
beside it: see `frozen`.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from mien import atomic
from mien.data.store import Store
from mien.errors import MienError
from mien.lab.corpus.contents import Contents, contents
from mien.lab.corpus.make import make
from mien.lab.corpus.parts import Progress
from mien.lab.scenario import Scenario

Size = Literal["small", "medium", "large"]
"""How large: minutes on two cores, up to an hour, or for training on GPUs."""

SIZES: Final[tuple[Size, ...]] = ("small", "medium", "large")
LAB_FILE: Final = "lab.json"


@dataclass(frozen=True, kw_only=True)
class ReleasePart:
    """One store of a release."""

    name: str
    """Of its folder."""
    scenario: Scenario
    seed: int
    """Of its people, rooms, performances and pixels."""

    @property
    def frames(self) -> int:
        """How many pictures it holds."""
        return sum(clip.frames for clip in self.scenario.clips(self.seed))


@dataclass(frozen=True, kw_only=True)
class Release:
    """A corpus with a name."""

    name: str
    """Such as "lab-1"."""
    size: Size
    pixels: int
    """Side of the crops."""
    parts: tuple[ReleasePart, ...]
    """Its stores; those named "...-held-out" show people, lights and cameras of the test pool."""

    @property
    def frames(self) -> int:
        """How many pictures all parts hold."""
        return sum(part.frames for part in self.parts)

    def part(self, name: str) -> ReleasePart:
        """The part of that name.

        Raises:
            MienError: there is none.
        """
        for part in self.parts:
            if part.name == name:
                return part
        known = ", ".join(part.name for part in self.parts)
        raise MienError(f"{self.name} has no part {name!r}", remedy=f"choose one of {known}")


@dataclass(frozen=True, kw_only=True)
class MadeRelease:
    """How far a call of `make_release` came."""

    path: Path
    finished: bool
    """False where `max_seconds` ran out; the same call goes on from there."""
    frames: int
    """Frames rendered so far, earlier calls included."""
    planned: int
    contents: dict[str, Contents]
    """What each finished part holds."""


def make_release(
    release: Release,
    out: Path | str,
    *,
    only: tuple[str, ...] = (),
    jobs: int = 2,
    progress: Progress | None = None,
    max_seconds: float | None = None,
) -> MadeRelease:
    """Render a release into a folder of stores, going on where an earlier call stopped.

    Args:
        release: what to render.
        out: folder of the stores; `lab.json` in it says what was made.
        only: names of the parts wanted; empty for all.
        jobs: processes; as of `make`.
        progress: told how many frames of the parts wanted are done.
        max_seconds: stop after about this long, keeping what is done.

    Raises:
        MienError: there is no such part, or a folder holds something else.
    """
    out = Path(out)
    until = None if max_seconds is None else time.monotonic() + max_seconds
    parts = [release.part(name) for name in only] if only else list(release.parts)
    said = _said(out / LAB_FILE, release)
    planned, done = sum(part.frames for part in parts), 0
    found: dict[str, Contents] = {}
    for part in parts:
        made = make(
            part.scenario,
            out / part.name,
            size=release.pixels,
            seed=part.seed,
            jobs=jobs,
            progress=_shifted(progress, done, planned),
            max_seconds=None if until is None else max(until - time.monotonic(), 0.0),
        )
        done += made.frames
        if not made.finished:
            break
        found[part.name] = _contents(made.path)
        said["parts"][part.name] = vars(found[part.name])
        atomic.write_text(out / LAB_FILE, json.dumps(said, indent=1) + "\n")
    finished = len(found) == len(parts)
    return MadeRelease(path=out, finished=finished, frames=done, planned=planned, contents=found)


def _shifted(progress: Progress | None, done: int, planned: int) -> Callable[[int, int], None]:
    def tell(frames: int, _: int) -> None:
        if progress is not None:
            progress(done + frames, planned)

    return tell


def _contents(path: Path) -> Contents:
    store = Store(path)
    try:
        return contents(store)
    finally:
        store.close()


def _said(path: Path, release: Release) -> dict[str, Any]:
    """What `lab.json` says so far, of this release and no other."""
    facts = {"release": release.name, "size": release.size, "pixels": release.pixels}
    if not path.exists():
        return {**facts, "parts": {}}
    said = json.loads(path.read_text("utf-8"))
    if {name: said.get(name) for name in facts} != facts:
        raise MienError("is of another release", remedy="choose another folder", path=path)
    return said
