"""Running a plan: row by row and seed by seed, each piece kept, any number of stops.

Runs resume through their own checkpoints. Several processes may work on one folder.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

from mien import atomic
from mien.bench.clock import Clock, OutOfTime, Tell
from mien.bench.papers.paper import PartName, Row
from mien.bench.trials.asked import questions
from mien.bench.trials.behind import Stage, behind, finished, is_of, readers
from mien.bench.trials.behind import encoder as stages
from mien.bench.trials.lock import claimed
from mien.bench.trials.piece import FORM, read_facts, write_piece
from mien.bench.trials.plan import Plan
from mien.bench.trials.readings import Readings, readings
from mien.bench.trials.shrink import NET
from mien.bench.trials.unseen import unseen_facts, unseen_readings
from mien.engine.pseudo import Grouping, pseudo_activities
from mien.engine.train import train
from mien.errors import MienError
from mien.lab.corpus.release import make_release

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
        while waiting := [(row, seed) for row, seed in plan.goals if not there(plan, row, seed)]:
            took = [
                _take(plan, row, seed, clock=clock, jobs=jobs, device=device)
                for row, seed in waiting
            ]
            if not any(took):  # other processes hold all that is left
                clock.left()
                sleep(1.0)
    except OutOfTime:
        pass
    done = sum(there(plan, row, seed) for row, seed in plan.goals)
    planned = len(plan.goals)
    return Progress(finished=done == planned, done=done, planned=planned)


def mark(plan: Plan) -> None:
    """Write down whose budget a folder holds: what is there would pass for another budget's.

    Raises:
        MienError: the folder holds another budget's, or the same with other steps of learning.
    """
    path, budget = plan.work / MARK, plan.budget
    mine = {"budget": budget.name}
    if budget.longer:
        mine["learn_steps"] = str(budget.learn_steps)
    with claimed(plan.work / "locks" / "budget"):
        if not path.exists():
            atomic.write_text(path, json.dumps(mine) + "\n")
        found = json.loads(path.read_text("utf-8"))
    if found != mine:
        raise MienError(
            f"the folder holds a bench of the budget {_words(found)}, not of {_words(mine)}",
            remedy="name another folder with --work",
            path=plan.work,
        )


def _words(budget: dict[str, str]) -> str:
    steps = budget.get("learn_steps")
    return budget["budget"] + (f" with {steps} steps of learning" if steps else "")


def there(plan: Plan, row: Row, seed: int) -> bool:
    """Whether a piece is there, of the runs that the recipes name now, and asked everything."""
    path = plan.piece(row, seed)
    return path.exists() and is_of(read_facts(path), behind(plan, row, seed), FORM)


def _take(plan: Plan, row: Row, seed: int, *, clock: Clock, jobs: int, device: str | None) -> bool:
    path = plan.piece(row, seed)
    lock = plan.work / "locks" / f"{plan.paper.name}-{row.name}-seed{seed}"
    with claimed(lock, wait=False) as mine:
        if not mine or there(plan, row, seed):
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
        encoder = self.trained(stages(plan, row.recipe, row.part, seed))
        found: dict[str, Readings] = {}
        facts: dict[str, Any] = {"row": row.name, "seed": seed, "recipe": row.recipe}
        facts |= {"form": FORM, "runs": behind(plan, row, seed)}
        if row.own:
            found |= readings(plan, row.own, encoder, row.part, device=self.device)
        taught = readers(plan, row, seed)
        for reader in row.readers:
            folder = self.trained(taught[reader.key])
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

    def trained(self, chain: list[Stage]) -> Path:
        """Folder of the last of some runs, all finished."""
        for stage in chain:
            if not finished(stage):
                self.clusters(stage)
                self.train(stage)
        return chain[-1].folder

    def clusters(self, stage: Stage) -> None:
        """Group the clips of a stage's training people, where it learns from clusters."""
        plan, run = self.plan, stage.run
        if stage.store == plan.lab / stage.part:
            return
        how = Grouping(plan=run.data, seed=run.seed)
        if plan.budget.tiny:
            how = replace(how, backbone=NET, clusters=2)
        with claimed(plan.work / "locks" / f"clustered-{stage.store.name}"):
            if not stage.store.exists():
                with self.clock.step(f"group the clips of {stage.part}, seed {run.seed}"):
                    pseudo_activities(plan.lab / stage.part, stage.store, grouping=how)

    def train(self, stage: Stage) -> None:
        """Train to the end, or raise where time is out."""
        folder, run = stage.folder, stage.run
        with claimed(self.plan.work / "locks" / folder.name):
            if finished(stage):
                return
            with self.clock.step(f"train {folder.name}, {run.steps} steps of {run.batch}"):
                outcome = train(
                    run, folder, store=stage.store, max_seconds=self.clock.left(), progress=False,
                    device=self.device,
                )  # fmt: skip
        if outcome.reason in {"SIGINT", "SIGTERM"}:
            raise KeyboardInterrupt
        if outcome.status != "finished":
            raise OutOfTime
