"""`mien demo`: the whole path on this machine."""

from dataclasses import dataclass
from pathlib import Path

from mien.cli.command import Command


@dataclass(frozen=True, kw_only=True)
class Demo(Command):
    """Render a lab, train CLEF and two rivals, score held-out people, read a photo and a clip.

    Leaves report.html, results.json, the lab, the runs and an ONNX bundle. Stopped by Ctrl-C or
    --max-seconds, the same command goes on where it was. Needs the assets: mien assets fetch demo.

    Example: mien demo --out demo --seeds 3
    """

    out: Path = Path("demo")
    """Folder of everything it makes."""
    seeds: int = 1
    """Seeds of every run; 3 for a comparison of methods."""
    max_seconds: float | None = None
    """Stop after about this long and keep what is done."""
    results: Path | None = None
    """Also write the table with date, commit and machine to this folder (docs/results)."""

    def run(self) -> int:
        """Make the demo and name its report."""
        from mien.bench.demo.plan import Plan
        from mien.bench.demo.record import record
        from mien.bench.demo.whole import demo
        from mien.report.demo import SCORES

        plan = Plan(out=self.out, seeds=self.seeds)
        made = demo(plan, max_seconds=self.max_seconds)
        if not made.finished:
            print("stopped; run the same command again to go on")
            return 1
        for row in made.rows:
            scores = "  ".join(f"{key} {row[key]:.3f}" for key in SCORES)
            print(f"{row['name']:<16} seed {row['seed']}  {scores}")
        if self.results is not None:
            print(record(plan, made, self.results))
        print(f"report: {made.report}")
        return 0
