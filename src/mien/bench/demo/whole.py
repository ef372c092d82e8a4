"""The whole path in one call: render a lab, train CLEF and its rivals, score, read, report.

Every step leaves its output whole or not at all and is skipped when it is there already, so a
demo that was stopped goes on when it is called again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any, Final

from mien import atomic
from mien.bench.clock import Tell
from mien.bench.demo.plan import Diary, Plan
from mien.bench.demo.report import write_report
from mien.engine.evaluate import METRICS, evaluate
from mien.engine.export import export
from mien.engine.train import train
from mien.lab.corpus.make import make
from mien.recipes import demo as recipes
from mien.recipes.run import Run

ROWS: Final[dict[str, Callable[[], Run]]] = {
    "clef": recipes.demo_clef,
    "clef-no-stage1": recipes.demo_clef_no_stage1,
    "image-only": recipes.demo_image_only,
}
"""What is compared: name in `results.json` and recipe."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a demo left."""

    finished: bool
    """False where the time limit stopped it; the same call goes on."""
    rows: list[dict[str, Any]]
    """The content of `results.json`."""
    report: Path
    """The page."""


def demo(plan: Plan, *, max_seconds: float | None = None, tell: Tell = print) -> Made:
    """Make everything a plan asks for, going on where an earlier call stopped.

    Args:
        plan: how large, and where.
        max_seconds: stop after about this long, keeping what is done.
        tell: told what happens, line by line.

    Raises:
        MienError: an asset is missing, or the folder holds something else.
    """
    until = None if max_seconds is None else monotonic() + max_seconds
    diary = Diary(plan.out / "diary.json", tell)
    report = plan.out / "report.html"
    if not (render(plan, diary, until) and train_all(plan, diary, until)):
        return Made(finished=False, rows=[], report=report)
    with diary.step("export", "clef, seed 0, as an ONNX bundle, parity checked"):
        if not plan.bundle.exists():
            export(plan.run_folder("clef", 0), plan.bundle, licence="Apache-2.0")
    rows = results(plan)
    atomic.write_text(plan.out / "results.json", json.dumps(rows, indent=1) + "\n")
    write_report(plan, rows, {name: metrics_of(plan, name, 0) for name in ROWS}, diary)
    return Made(finished=True, rows=rows, report=report)


def render(plan: Plan, diary: Diary, until: float | None) -> bool:
    """Render the lab; False where time ran out."""
    scenario = plan.scenario
    frames = sum(clip.frames for clip in scenario.clips(plan.lab_seed))
    with diary.step("render", f"{plan.subjects} people, 8 activities, {frames} frames"):
        return make(
            scenario,
            plan.store,
            size=plan.size,
            seed=plan.lab_seed,
            max_seconds=_left(until),
        ).finished


def train_all(plan: Plan, diary: Diary, until: float | None) -> bool:
    """Train and score every run of every seed; False where time ran out."""
    for seed in range(plan.seeds):
        before = _seeded(recipes.demo_pretrain(), seed)
        folder = plan.run_folder("pretrain", seed)
        if not _train(before, folder, plan, diary, until):
            return False
        for name, recipe in ROWS.items():
            run = _seeded(recipe(), seed)
            if run.init is not None:
                run = replace(run, init=str(folder))
            if not _train(run, plan.run_folder(name, seed), plan, diary, until):
                return False
            _score(name, seed, plan, diary)
    return True


def results(plan: Plan) -> list[dict[str, Any]]:
    """The rows of `results.json`: name, seed, au_f1, au_auc, expression_uar."""
    rows = []
    for seed in range(plan.seeds):
        for name in ROWS:
            headline = metrics_of(plan, name, seed)["headline"]
            scores = {key: headline.get(key) for key in ("au_f1", "au_auc", "expression_uar")}
            rows.append({"name": name, "seed": seed, **scores})
    return rows


def metrics_of(plan: Plan, name: str, seed: int) -> dict[str, Any]:
    """The metrics of one scored run."""
    path = plan.run_folder(name, seed) / "evaluation" / METRICS
    return json.loads(path.read_text())


def _train(run: Run, folder: Path, plan: Plan, diary: Diary, until: float | None) -> bool:
    with diary.step(f"train {folder.name}", f"{run.name}, {run.steps} steps of {run.batch}"):
        outcome = train(run, folder, store=plan.store, max_seconds=_left(until))
    if outcome.reason in {"SIGINT", "SIGTERM"}:
        raise KeyboardInterrupt
    return outcome.status == "finished"


def _score(name: str, seed: int, plan: Plan, diary: Diary) -> None:
    folder = plan.run_folder(name, seed)
    with diary.step(f"score {folder.name}", "on subjects that no run has seen"):
        if not (folder / "evaluation" / METRICS).exists():
            evaluate(folder, plan.store)


def _seeded(run: Run, seed: int) -> Run:
    return replace(run, seed=seed)


def _left(until: float | None) -> float | None:
    return None if until is None else max(until - monotonic(), 0.0)
