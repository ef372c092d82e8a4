"""`mien bench clef | clp | sslfer | ours | all | zero-shot | ...`: tables on the lab, verdicts."""

import inspect
import shlex
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Literal

from mien.cli.command import Command
from mien.errors import MienError


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is run, how large, and where."""

    budget: Literal["smoke", "cpu", "gpu"] = "cpu"
    """smoke: minutes, tiny nets, says nothing. cpu: hours. gpu: for `--commands`."""
    work: Path = Path("bench")
    """Folder of the rendered lab, the runs and every finished piece; papers share it."""
    out: Path | None = None
    """Also write the record, a page and a figure to this folder."""
    rows: tuple[str, ...] = ()
    """Rows wanted; by default the budget's."""
    seeds: tuple[int, ...] = ()
    """Seeds wanted; by default the budget's."""
    learn_steps: int | None = None
    """Steps of runs that learn an encoder, in place of the budget's; wants a `--work` of its own,
    and its records are named after it."""
    jobs: int = 2
    """Processes that render."""
    max_seconds: float | None = None
    """Stop after about this long and keep what is done."""
    device: str | None = None
    """Where to compute; CUDA if there is any, else the CPU."""
    commands: bool = False
    """Only print a command for every row and seed, to be run apart."""


@dataclass(frozen=True, kw_only=True)
class Papers(Command):
    """Train the rows of a paper's table at several seeds, ask them everything, judge its claims.

    Renders its stores of lab-1 itself. Stopped by Ctrl-C or --max-seconds, the same command goes
    on where it was, in the middle of a run if need be; several may work on one folder at once.
    The cpu and gpu budgets need assets: mien assets fetch demo.

    Example: mien bench clp --budget cpu --out docs/results
    """

    name: str
    """clef, clp, sslfer, ours, all, zero-shot, or NAME-studies."""
    options: Options

    def run(self) -> int:
        """Run the rows, print their tables, and write the records."""
        from mien.bench.papers.catalogue import PAPERS, table_named
        from mien.bench.trials.budget import BUDGETS
        from mien.bench.trials.commands import commands
        from mien.bench.trials.plan import plan_of
        from mien.bench.verdicts.together import record_all

        asked = self.options
        names = list(PAPERS) if self.name == "all" else [self.name]
        budget = BUDGETS[asked.budget].lasting(asked.learn_steps)
        plans = [
            plan_of(table_named(name), budget, asked.work, rows=asked.rows, seeds=asked.seeds)
            for name in names
        ]
        if asked.commands:
            print("\n".join(commands(plans, folder=asked.work)))
            return 0
        until = None if asked.max_seconds is None else monotonic() + asked.max_seconds
        if not all(self._paper(plan, until) for plan in plans):
            print("stopped; run the same command again to go on")
            return 1
        if asked.out is not None and asked.budget != "smoke":
            from mien.bench.verdicts.claims import write_claims

            print(write_claims(asked.out))
        if self.name == "all" and asked.out is not None:
            print(record_all(plans, asked.out, command=typed(self.name, asked)))
        return 0

    def _paper(self, plan: object, until: float | None) -> bool:
        from mien.bench.trials.plan import Plan
        from mien.bench.trials.run import run_plan
        from mien.bench.verdicts.compare import judge
        from mien.bench.verdicts.record import every_table, notes, pieces_of, record
        from mien.cli.recorded import print_table

        assert isinstance(plan, Plan)
        asked = self.options
        left = None if until is None else until - monotonic()
        made = run_plan(plan, jobs=asked.jobs, max_seconds=left, device=asked.device)
        print(f"{plan.paper.name}: {made.done} of {made.planned} rows and seeds done")
        if not made.finished:
            return False
        pieces = pieces_of(plan)
        found = judge(plan.paper.claims, pieces)
        for table in every_table(plan.paper, pieces, found):
            print_table(*table)
        for note in notes(plan, pieces, found):
            print(f"- {note}")
        if asked.out is not None:
            print(record(plan, asked.out, command=typed(plan.paper.name, asked)))
        return True


def typed(name: str, options: Options) -> str:
    """The command as one would type it: what decides the result, and where it goes."""
    words = ["mien", "bench", name]
    for each in fields(options):
        value = getattr(options, each.name)
        if value != each.default and each.name not in {"max_seconds", "jobs", "work"}:
            values = value if isinstance(value, tuple) else (value,)
            words += [f"--{each.name.replace('_', '-')}", *map(str, values)]
    return shlex.join(words)


def everything(words: list[str]) -> Papers:
    """Read the options of `bench all`.

    Raises:
        MienError: rows are named, which would be rows of several papers.
    """
    found = _parse("all", words)
    if found.options.rows:
        raise MienError(
            "bench all runs every paper's rows, and --rows names some of one",
            remedy="name the paper: mien bench clp --rows ...",
        )
    return found


def _parse(name: str, words: list[str]) -> Papers:
    import tyro

    about = (inspect.getdoc(Papers) or "").replace("mien bench clp", f"mien bench {name}")
    options = tyro.cli(Options, args=words, prog=f"mien bench {name}", description=about)
    return Papers(name=name, options=options)


clef = partial(_parse, "clef")
clp = partial(_parse, "clp")
sslfer = partial(_parse, "sslfer")
ours = partial(_parse, "ours")
zero_shot = partial(_parse, "zero-shot")
clef_studies = partial(_parse, "clef-studies")
clp_studies = partial(_parse, "clp-studies")
sslfer_studies = partial(_parse, "sslfer-studies")
