"""`mien bench difficulty`: how hard lab-1 is."""

from dataclasses import dataclass
from pathlib import Path

from mien.cli.command import Command


@dataclass(frozen=True, kw_only=True)
class Difficulty(Command):
    """Measure how hard lab-1 is: identity, activity, and what encoders and labels add.

    Renders interview, wild and talking of lab-1's small size, probes frozen encoders and
    fine-tunes one. Stopped by Ctrl-C or --max-seconds, the same command goes on where it was.
    Needs the assets: mien assets fetch demo.

    Example: mien bench difficulty --out docs/results
    """

    out: Path | None = None
    """Also write difficulty.json and difficulty.md to this folder."""
    work: Path = Path("difficulty")
    """Folder of the rendered lab and of every finished piece."""
    seeds: int = 3
    """Seeds of splits, weights and batches."""
    jobs: int = 2
    """Processes that render."""
    max_seconds: float | None = None
    """Stop after about this long and keep what is done."""

    def run(self) -> int:
        """Measure, print, and write the record."""
        from mien.bench.difficulty.measure import difficulty
        from mien.bench.difficulty.plan import Plan
        from mien.bench.difficulty.record import notes, record, tables
        from mien.cli.recorded import print_table

        plan = Plan(work=self.work, seeds=self.seeds)
        made = difficulty(plan, jobs=self.jobs, max_seconds=self.max_seconds)
        if not made.finished:
            print("stopped; run the same command again to go on")
            return 1
        for table in tables(plan, made.figures):
            print_table(*table)
        for note in notes(plan, made.figures):
            print(f"- {note}")
        if self.out is not None:
            seeds = "" if self.seeds == 3 else f" --seeds {self.seeds}"
            command = f"mien bench difficulty --out {self.out}{seeds}"
            print(record(plan, made.figures, self.out, command=command))
        return 0
