"""`mien bench heap`: what keeping freed memory brings a training step on a CPU."""

from dataclasses import dataclass
from pathlib import Path

from mien.cli.command import Command
from mien.cli.recorded import Table, finish


@dataclass(frozen=True, kw_only=True)
class Heap(Command):
    """Time training steps with the C library's allocator as it is, and told to keep what is freed.

    MobileNetV2 on noise, one thread, a process for each timing, the two in turn.

    Example: mien bench heap --out docs/results
    """

    out: Path | None = None
    """Also write heap.json and heap.md to this folder."""
    sizes: tuple[int, ...] = (64, 112)
    """Sides of the images, pixels."""
    batch: int = 64
    """Images of a step."""
    steps: int = 12
    """Steps counted in each process."""
    pairs: int = 7
    """Pairs of timings."""

    def run(self) -> int:
        """Measure, print, and write the record."""
        from mien.bench.record import peak_memory
        from mien.bench.speed.heap import measure

        found = [
            measure(size=size, batch=self.batch, steps=self.steps, pairs=self.pairs)
            for size in self.sizes
        ]
        header = (
            *("pixels", "given back, images/s", "kept, images/s", "kept / given back"),
            *("lowest to highest", "peak memory, MB"),
        )
        rows = [
            (
                f"{one.size}", f"{one.given_back:.0f}", f"{one.kept:.0f}", f"{one.ratio:.2f}",
                f"{one.lowest:.2f} to {one.highest:.2f}",
                f"{one.memory_given_back_mb:.0f}, {one.memory_kept_mb:.0f}",
            )
            for one in found
        ]  # fmt: skip
        tables: list[Table] = [("Training steps of MobileNetV2, one thread", header, rows)]
        figures: dict[str, object] = {
            "sizes": [dict(vars(one)) for one in found],
            "peak_memory_mb": peak_memory(),
        }
        notes = [f"Images a second of CPU time; medians of {self.pairs} pairs of processes."]
        finish(
            self,
            "heap",
            title="Keeping freed memory",
            out=self.out,
            figures=figures,
            tables=tables,
            notes=notes,
        )
        return 0
