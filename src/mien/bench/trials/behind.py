"""The runs behind a piece: what is trained, in order, and whether a finished one is still that."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mien.bench.papers.paper import PartName, Row
from mien.bench.trials.plan import Plan, before
from mien.engine.folder import is_finished, read_run
from mien.errors import MienError
from mien.recipes import record
from mien.recipes.run import Run


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One run to be trained, where it lies, and what it learns from."""

    run: Run
    folder: Path
    part: PartName
    store: Path


def encoder(plan: Plan, recipe: str, part: PartName, seed: int) -> list[Stage]:
    """A recipe's run, last, after those that it starts from."""
    run = plan.run(recipe, part, seed)
    first = before(run)
    earlier: list[Stage] = []
    if first is not None:  # stage 1 learns from interview, whatever comes after
        earlier = encoder(plan, first, "interview", seed)
        run = plan.run(recipe, part, seed, start=earlier[-1].folder)
    store = plan.store(recipe, part, seed)
    mine = Stage(run=run, folder=plan.folder(recipe, part, seed), part=part, store=store)
    return [*earlier, mine]


def readers(plan: Plan, row: Row, seed: int) -> dict[str, list[Stage]]:
    """What each of a row's readers takes, by its key; the reader last."""
    start = plan.folder(row.recipe, row.part, seed)
    found = {}
    for each in row.readers:
        if each.start == "own":
            found[each.key] = encoder(plan, each.recipe, each.part, seed)
        else:
            run = plan.run(each.recipe, each.part, seed, start=start)
            folder = plan.reader_folder(row, each, seed)
            store = plan.lab / each.part
            found[each.key] = [Stage(run=run, folder=folder, part=each.part, store=store)]
    return found


def behind(plan: Plan, row: Row, seed: int) -> dict[str, str]:
    """The digest of every run that a piece rests on, by the name of its folder."""
    stages = [*encoder(plan, row.recipe, row.part, seed)]
    for each in readers(plan, row, seed).values():
        stages += each
    return {stage.folder.name: digest(stage.run) for stage in stages}


def digest(run: Run) -> str:
    """What decides a run, in 16 hexadecimal digits; a start counts by the name of its folder."""
    init = None if run.init is None else Path(run.init).name
    text = json.dumps(record.encode(replace(run, init=init)), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def finished(stage: Stage) -> bool:
    """Whether a stage's folder holds its finished run.

    Raises:
        MienError: the folder holds a finished run of another recipe.
    """
    if not is_finished(stage.folder):
        return False
    if digest(read_run(stage.folder)) != digest(stage.run):
        raise MienError(
            "the folder holds a finished run of another recipe",
            remedy="the recipe has changed since: name another folder with --work, or delete it",
            path=stage.folder,
        )
    return True


def is_of(facts: Mapping[str, Any], runs: Mapping[str, str], form: int) -> bool:
    """Whether a piece rests on these runs and was asked all that is asked now."""
    return facts.get("form") == form and facts.get("runs") == runs
