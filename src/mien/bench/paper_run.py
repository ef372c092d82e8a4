"""Running a plan: row by row and seed by seed, each piece kept, any number of stops.

Runs resume through their own checkpoints. Several processes may work on one folder.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

from mien import atomic
from mien.bench.claims import claimed
from mien.bench.demo_plan import Tell
from mien.bench.difficulty_plan import OutOfTime
from mien.bench.paper import PartName, Row
from mien.bench.paper_piece import write_piece
from mien.bench.paper_plan import Clock, Plan, before
from mien.bench.paper_questions import questions
from mien.bench.paper_readings import Readings, readings
from mien.bench.paper_unseen import unseen_facts, unseen_readings
from mien.bench.shrink import NET
from mien.engine.folder import is_finished
from mien.engine.pseudo import Grouping, pseudo_activities
from mien.engine.train import train
from mien.errors import MienError
from mien.lab.release import make_release
from mien.recipes.run import Run

MARK: Final = "budget.json"
"""In a bench's folder: whose budget it holds."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a call came."""

    finished: bool
    """False where the time limit stopped it; the same call goes on."""
    done: int
    """Pieces there."""
    planned: int


def run_plan(
    plan: Plan,
    *,
    jobs: int = 2,
    max_seconds: float | None = None,
    device: str | None = None,
    tell: Tell = print,
) -> Progress:
    """Make every piece of a plan that is not there.

    Args:
        plan: what, and where.
        jobs: processes that render.
        max_seconds: stop after about this long, keeping what is done.
        device: where to compute; CUDA if there is any, else the CPU.
        tell: told what happens, line by line.

    Raises:
        MienError: an asset is missing, or a folder holds something else, such as another budget's.
    """
    until = None if max_seconds is None else monotonic() + max_seconds
    clock = Clock(until=until, tell=tell)
    mark(plan)
    try:
        while waiting := [(row, seed) for row, seed in plan.goals if not _there(plan, row, seed)]:
            took = [
                _take(plan, row, seed, clock=clock, jobs=jobs, device=device)
                for row, seed in waiting
            ]
            if not any(took):  # other processes hold all that is left
                clock.left()
                sleep(1.0)
    except OutOfTime:
        pass
    done = sum(_there(plan, row, seed) for row, seed in plan.goals)
    planned = len(plan.goals)
    return Progress(finished=done == planned, done=done, planned=planned)


def mark(plan: Plan) -> None:
    """Write down whose budget a folder holds: what is there would pass for another budget's.

    Raises:
        MienError: the folder holds another budget's.
    """
    path, mine = plan.work / MARK, plan.budget.name
    with claimed(plan.work / "locks" / "budget"):
        if not path.exists():
            atomic.write_text(path, json.dumps({"budget": mine}) + "\n")
        found = json.loads(path.read_text("utf-8"))["budget"]
    if found != mine:
        raise MienError(
            f"the folder holds a bench of the {found} budget, not of {mine}",
            remedy="name another folder with --work",
            path=plan.work,
        )


def _there(plan: Plan, row: Row, seed: int) -> bool:
    return plan.piece(row, seed).exists()


def _take(plan: Plan, row: Row, seed: int, *, clock: Clock, jobs: int, device: str | None) -> bool:
    path = plan.piece(row, seed)
    lock = plan.work / "locks" / f"{plan.paper.name}-{row.name}-seed{seed}"
    with claimed(lock, wait=False) as mine:
        if not mine or path.exists():
            return mine
        began = monotonic()
        _render(plan, clock, jobs)
        _Trainer(plan, clock, device).piece(row, seed, path, began)
    return True


def _render(plan: Plan, clock: Clock, jobs: int) -> None:
    parts: tuple[PartName, ...] = ("interview", "talking", "wild")
    with claimed(plan.work / "locks" / "lab"):
        if all((plan.lab / part / "store.json").exists() for part in parts):
            return
        with clock.step("render"):
            made = make_release(
                plan.budget.release, plan.lab, only=parts, jobs=jobs, max_seconds=clock.left()
            )
        if not made.finished:
            raise OutOfTime


@dataclass(frozen=True)
class _Trainer:
    """Trains what a piece needs, and writes it."""

    plan: Plan
    clock: Clock
    device: str | None

    def piece(self, row: Row, seed: int, path: Path, began: float) -> None:
        """Train the row and its readers, ask everything, write it down."""
        plan = self.plan
        encoder = self.recipe(row.recipe, row.part, seed)
        found: dict[str, Readings] = {}
        facts: dict[str, Any] = {"row": row.name, "seed": seed, "recipe": row.recipe}
        if row.own:
            found |= readings(plan, row.own, encoder, row.part, device=self.device)
        for reader in row.readers:
            if reader.start == "own":
                folder = self.recipe(reader.recipe, reader.part, seed)
            else:
                folder = plan.reader_folder(row, reader, seed)
                self.train(plan.run(reader.recipe, reader.part, seed, start=encoder), folder,
                           reader.part)  # fmt: skip
            found |= readings(plan, reader.key, folder, reader.part, device=self.device)
        if row.unseen:
            found |= unseen_readings(plan, encoder, seed, device=self.device)
            facts["unseen"] = unseen_facts(encoder)
        self.clock.left()
        with self.clock.step(f"{row.name}, seed {seed}: questions"):
            asked = questions(plan, encoder, seed, device=self.device)
        facts["questions"] = asked.figures
        facts["seconds"] = monotonic() - began
        write_piece(path, facts, found | asked.readings)

    def recipe(self, recipe: str, part: PartName, seed: int) -> Path:
        """Folder of the finished run of a recipe, and of what it starts from."""
        plan = self.plan
        folder = plan.folder(recipe, part, seed)
        if is_finished(folder):
            return folder
        run = plan.run(recipe, part, seed)
        first = before(run)
        if first is not None:  # stage 1 learns from interview, whatever comes after
            run = plan.run(recipe, part, seed, start=self.recipe(first, "interview", seed))
        self.train(run, folder, part, store=self.store(recipe, part, run))
        return folder

    def store(self, recipe: str, part: PartName, run: Run) -> Path:
        """What a recipe learns from; clusters of its training people's clips are made here."""
        plan = self.plan
        path = plan.store(recipe, part, run.seed)
        if recipe in plan.paper.clustered:
            how = Grouping(plan=run.data, seed=run.seed)
            if plan.budget.tiny:
                how = replace(how, backbone=NET, clusters=2)
            with claimed(plan.work / "locks" / f"clustered-{path.name}"):
                if not path.exists():
                    with self.clock.step(f"group the clips of {part}, seed {run.seed}"):
                        pseudo_activities(plan.lab / part, path, grouping=how)
        return path

    def train(self, run: Run, folder: Path, part: PartName, *, store: Path | None = None) -> None:
        """Train to the end, or raise where time is out."""
        with claimed(self.plan.work / "locks" / folder.name):
            if is_finished(folder):
                return
            with self.clock.step(f"train {folder.name}, {run.steps} steps of {run.batch}"):
                outcome = train(
                    run, folder, store=store or self.plan.lab / part,
                    max_seconds=self.clock.left(), progress=False, device=self.device,
                )  # fmt: skip
        if outcome.reason in {"SIGINT", "SIGTERM"}:
            raise KeyboardInterrupt
        if outcome.status != "finished":
            raise OutOfTime
