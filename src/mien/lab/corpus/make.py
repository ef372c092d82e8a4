"""Rendering a scenario to a store: many processes, any number of stops, the same bytes."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any, Final

import mien
from mien import atomic
from mien.data.facts import read_facts
from mien.data.merge import merge
from mien.errors import MienError
from mien.lab import limits
from mien.lab.corpus.parts import QUALITY, Part, Progress, group, render_parts
from mien.lab.renderer import CPU, Renderer
from mien.lab.scenario import Scenario

PLAN_FILE: Final = "plan.json"


@dataclass(frozen=True, kw_only=True)
class Made:
    """How far a call of `make` came."""

    path: Path
    """The store, once `finished`."""
    finished: bool
    """False where `max_seconds` ran out; the same call goes on from there."""
    frames: int
    """Frames rendered so far, earlier calls included."""
    planned: int


def make(
    scenario: Scenario,
    out: Path | str,
    *,
    size: int = 112,
    seed: int = 0,
    jobs: int = 2,
    renderer: Renderer = CPU,
    progress: Progress | None = None,
    max_seconds: float | None = None,
) -> Made:
    """Render every frame of a scenario's plan into a store.

    Work in progress lies in a hidden folder beside `out`, in parts; finished parts survive a
    stop of any kind, and the same call takes them up. The store's bytes do not depend on `jobs`
    or on stops. A store that is there already, made by the same call, is left alone.

    With `jobs` above 1 new processes import the calling script: it needs the usual
    `if __name__ == "__main__":`.

    Args:
        scenario: what to render.
        out: folder of the store.
        size: side of the crops in pixels, 16 or more.
        seed: of the corpus.
        jobs: processes; 1 renders in this one.
        renderer: makes the pictures.
        progress: told how many frames are done.
        max_seconds: stop after about this long, keeping what is done.

    Raises:
        MienError: `size` is too small, or `out` exists and is something else, was begun with
            other settings, or is being made by another process.
        KeyboardInterrupt: Ctrl-C; finished parts are kept.
    """
    limits.sides(size=size)
    until = None if max_seconds is None else time.monotonic() + max_seconds
    out = Path(out)
    plan = scenario.clips(seed)
    planned = sum(clip.frames for clip in plan)
    facts = creation_facts(scenario, seed=seed, size=size, renderer=renderer)
    if out.exists():
        _check_same(out, facts)
        return Made(path=out, finished=True, frames=planned, planned=planned)
    folder = out.parent / f".{out.name}.making"
    with _claimed(folder, facts):
        parts = [
            Part(
                scenario=scenario,
                clips=clips,
                size=size,
                path=folder / f"part-{index:06d}",
                renderer=renderer,
            )
            for index, clips in enumerate(group(plan))
        ]
        render_parts(parts, jobs=jobs, progress=progress, until=until)
        frames = sum(part.frames for part in parts if part.path.exists())
        if frames < planned:
            return Made(path=out, finished=False, frames=frames, planned=planned)
        merge([part.path for part in parts], out, name=scenario.name, created=facts)
        shutil.rmtree(folder)
    return Made(path=out, finished=True, frames=frames, planned=planned)


def creation_facts(
    scenario: Scenario, *, seed: int, size: int, renderer: Renderer = CPU
) -> dict[str, Any]:
    """What `store.json` says of how a store was made: all that its content depends on.

    The renderer is named where it is not `CPU`.
    """
    kind = type(scenario)
    facts: dict[str, Any] = {
        "by": f"mien {mien.__version__}",
        "scenario": f"{kind.__module__}:{kind.__qualname__}",
        "fields": asdict(scenario),
        "seed": seed,
        "size": size,
        "quality": QUALITY,
    }
    if renderer != CPU:
        maker = type(renderer)
        facts["renderer"] = f"{maker.__module__}:{maker.__qualname__}"
        facts["renderer_fields"] = asdict(renderer) if is_dataclass(renderer) else {}
    return json.loads(json.dumps(facts))


@contextmanager
def _claimed(folder: Path, facts: Mapping[str, Any]) -> Iterator[None]:
    """Hold the folder of a store in the making; nobody else works in it meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise MienError(
                "another process is making this store", remedy="wait for it", path=folder
            ) from error
        plan = folder / PLAN_FILE
        if not plan.exists():
            atomic.write_text(plan, json.dumps(facts, indent=2, sort_keys=True) + "\n")
        elif json.loads(plan.read_text("utf-8")) != facts:
            raise MienError(
                "was begun with other settings",
                remedy="use the same settings to go on, or remove this folder to begin anew",
                path=folder,
            )
        for leftover in folder.glob(".*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield
    finally:
        os.close(handle)


def _check_same(out: Path, facts: Mapping[str, Any]) -> None:
    remedy = "choose another folder, or remove this one"
    if read_facts(out).created != facts:
        raise MienError("was made with other settings", remedy=remedy, path=out)
