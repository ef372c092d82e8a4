"""`mien bench losses`: NT-Xent all at once and in pieces, beside five plain lines."""

from dataclasses import dataclass
from pathlib import Path

from mien.cli.command import Command
from mien.cli.recorded import Table, finish


@dataclass(frozen=True, kw_only=True)
class Losses(Command):
    """Time NT-Xent and its memory: all at once, in pieces, and as five plain lines.

    Forward and backward on one thread, a process for each timing, the forms in turn.

    Example: mien bench losses --out docs/results
    """

    out: Path | None = None
    """Also write losses.json and losses.md to this folder."""
    batches: tuple[int, ...] = (512, 4096)
    """Images of a batch; twice as many views are compared."""
    dim: int = 128
    """Width of the features."""
    chunk: int = 512
    """Views compared at a time in pieces."""
    steps: int = 5
    """Steps counted in each process."""
    pairs: int = 5
    """Rounds of processes."""

    def run(self) -> int:
        """Measure, print, and write the record."""
        from mien.bench.record import peak_memory
        from mien.bench.speed.losses import measure

        header = (
            "form",
            "ms a step",
            "MB above nothing",
            "time / five lines",
            "memory / five lines",
        )
        tables: list[Table] = []
        found = {}
        for batch in self.batches:
            costs = measure(
                batch=batch, dim=self.dim, chunk=self.chunk, steps=self.steps, pairs=self.pairs
            )
            found[str(batch)] = [dict(vars(cost)) for cost in costs]
            rows = [
                (cost.kind, f"{cost.milliseconds:.1f}", f"{cost.megabytes:.0f}",
                 f"{cost.time_ratio:.2f}", f"{cost.memory_ratio:.2f}")
                for cost in costs
            ]  # fmt: skip
            tables.append((f"A batch of {batch} images", header, rows))
        notes = [f"Milliseconds of CPU time; medians of {self.pairs} rounds of processes."]
        finish(
            self,
            "losses",
            title="NT-Xent in time and memory",
            out=self.out,
            figures={"batches": found, "peak_memory_mb": peak_memory()},
            tables=tables,
            notes=notes,
        )
        return 0
