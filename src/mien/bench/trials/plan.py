"""Where a bench's things lie, and the exact run behind each row, seed and store."""

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from mien.bench.papers.paper import Paper, PartName, Reader, Row
from mien.bench.trials.budget import Budget
from mien.bench.trials.shrink import fitted, shrunk
from mien.data.store import Store
from mien.methods.labels import LabelledMethod
from mien.recipes import named
from mien.recipes.run import DataPlan, Run

FOLDS: Final = 3
"""Of people who are read: seed s is tested on fold s modulo 3, so that three seeds test all."""
CLIP_FOLDS: Final = 8
"""Of people of `talking`: one in eight is left out."""
RUNS: Final = "runs/"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One paper at one budget."""

    paper: Paper
    budget: Budget
    work: Path
    """Folder of everything that is made; papers may share it."""
    rows: tuple[Row, ...]
    seeds: tuple[int, ...]

    @property
    def lab(self) -> Path:
        """The rendered stores."""
        return self.work / "lab"

    @property
    def goals(self) -> list[tuple[Row, int]]:
        """Every row at every seed, seed by seed: a bench that is cut has all rows at few seeds."""
        return [(row, seed) for seed in self.seeds for row in self.rows]

    def piece(self, row: Row, seed: int) -> Path:
        """What one row at one seed comes to, as JSON; its predictions lie beside as .npz."""
        return self.work / "pieces" / self.paper.name / f"{row.name}-seed{seed}.json"

    def open_store(self, part: PartName) -> closing[Store]:
        """A rendered store, closed after use."""
        return closing(Store(self.lab / part))

    def run(self, recipe: str, part: PartName, seed: int, *, start: Path | None = None) -> Run:
        """A recipe as this bench runs it: on its people, at its budget, with that seed."""
        run, budget = named(recipe), self.budget
        learned = isinstance(run.method, LabelledMethod)
        share = 1.0 if learned or self.paper.faces is None else run.batch / self.paper.faces
        steps = budget.read_steps if learned else budget.learn_steps
        if steps is not None:
            run = replace(run, epochs=None, steps=max(1, round(steps / share)))
        if budget.tiny:
            run = shrunk(run)
        if budget.batch is not None:
            run = fitted(run, max(2, round(budget.batch * share)))
        init = str(start) if start is not None else run.init
        return replace(run, data=_people(run.data, part, seed), seed=seed, init=init)

    def folder(self, recipe: str, part: PartName, seed: int) -> Path:
        """Where a run lies that starts as its recipe says."""
        return self.work / "runs" / f"{recipe}-{part}-seed{seed}"

    def store(self, recipe: str, part: PartName, seed: int) -> Path:
        """What a recipe learns from: a rendered store, or the same with clusters of clips."""
        if recipe in self.paper.clustered:
            return self.work / "clustered" / f"{part}-seed{seed}"
        return self.lab / part

    def reader_folder(self, row: Row, reader: Reader, seed: int) -> Path:
        """Where a run lies that begins with a row's encoder."""
        return self.work / "runs" / f"{row.name}-then-{reader.key}-seed{seed}"


def before(run: Run) -> str | None:
    """The recipe whose run a recipe starts from."""
    return None if run.init is None else run.init.removeprefix(RUNS)


def plan_of(
    paper: Paper,
    budget: Budget,
    work: Path,
    *,
    rows: tuple[str, ...] = (),
    seeds: tuple[int, ...] = (),
) -> Plan:
    """The plan of a paper.

    Args:
        paper: which.
        budget: how much.
        work: where.
        rows: names of the rows wanted; empty for the budget's.
        seeds: seeds wanted; empty for the budget's.

    Raises:
        MienError: there is no such row.
    """
    chosen = tuple(paper.row(name) for name in rows) if rows else paper.of(budget.rows)
    return Plan(
        paper=paper, budget=budget, work=work, rows=chosen,
        seeds=seeds or tuple(range(budget.seeds)),
    )  # fmt: skip


def _people(data: DataPlan, part: PartName, seed: int) -> DataPlan:
    """Who is trained on; the same for all runs of a seed on a store."""
    if part == "talking":
        return replace(data, folds=CLIP_FOLDS, fold=seed % CLIP_FOLDS, validation=0.0)
    validation = 0.2 if part == "interview" else 0.0
    return replace(
        data, folds=FOLDS, fold=seed % FOLDS, split_seed=seed // FOLDS, validation=validation
    )
