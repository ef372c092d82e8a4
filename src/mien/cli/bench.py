"""`mien bench`: how fast the house's machinery is on this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mien.cli.command import Command
from mien.cli.recorded import Table, finish

if TYPE_CHECKING:
    from mien.bench.speed.loader import LoaderBench
    from mien.bench.speed.render import RenderBench


@dataclass(frozen=True, kw_only=True)
class Loader(Command):
    """Time the loader and the views beside bare JPEG decoding, in turn, on one thread each.

    Speeds are images a second of CPU time. Every ratio is to a decoding just before, so that it
    holds on a busy machine too.

    Example: mien bench loader --out docs/results
    """

    out: Path | None = None
    """Also write loader.json and loader.md to this folder."""
    sizes: tuple[int, ...] = (112, 224)
    """Sides of the made-up images, pixels."""
    images: int = 2048
    """Images read for each timing."""
    repeats: int = 7
    """Pairs of timings."""

    def run(self) -> int:
        """Measure, print, and write the record."""
        from mien.bench.record import peak_memory
        from mien.bench.speed.loader import measure

        found = [measure(size=s, images=self.images, repeats=self.repeats) for s in self.sizes]
        header = ("what", "images/s", "ratio to bare decode", "lowest to highest")
        figures = {
            "sizes": [_figures(one) for one in found],
            "repeats": self.repeats,
            "peak_memory_mb": peak_memory(),
        }
        notes = [
            f"Images a second of CPU time, one thread; medians of {self.repeats} pairs.",
            "Views are made at full strength from pixels in memory.",
            "Rows are chosen among 100,000 whose tables are built; 200,000 a second are promised.",
        ]
        finish(
            self,
            "loader",
            title="Loader speed",
            out=self.out,
            figures=figures,
            tables=[_table(one, header) for one in found],
            notes=notes,
        )
        return 0


@dataclass(frozen=True, kw_only=True)
class Render(Command):
    """Time the lab's renderer: one process part by part, and several processes end to end.

    Speeds of one process are images a second of CPU time with compiled code warmed up; every
    repeat films other people.

    Example: mien bench render --out docs/results
    """

    out: Path | None = None
    """Also write render.json and render.md to this folder."""
    sizes: tuple[int, ...] = (64, 112, 224)
    """Sides of the crops, pixels."""
    people: int = 6
    """People of each repeat, a clip of each."""
    frames: int = 24
    """Frames kept of each clip."""
    repeats: int = 5
    """How often each is measured, after a first time that does not count."""
    jobs: int = 2
    """Processes of the end-to-end measurement, made at the middle size; 0 leaves it out."""

    def run(self) -> int:
        """Measure, print, and write the record."""
        from mien.bench.record import peak_memory
        from mien.bench.speed.render import measure

        found = [
            measure(size=size, people=self.people, frames=self.frames, repeats=self.repeats)
            for size in self.sizes
        ]
        header = ("part", "images/s of one core", "share of the time", "lowest to highest")
        tables = [_table(one, header) for one in found]
        figures: dict[str, object] = {
            "sizes": [_figures(one) for one in found],
            "repeats": self.repeats,
        }
        if self.jobs > 0:
            figures["make"], table = self._whole(self.sizes[len(self.sizes) // 2])
            tables.append(table)
        figures["peak_memory_mb"] = peak_memory()
        notes = [
            f"Medians of {self.repeats} repeats, other people in each; images/s of CPU time.",
            "Interview shots; rendering is all from the head's shape to the spoilt picture.",
            "A whole store includes starting its processes; the clock sees other work as well.",
        ]
        finish(
            self,
            "render",
            title="Renderer speed",
            out=self.out,
            figures=figures,
            tables=tables,
            notes=notes,
        )
        return 0

    def _whole(self, size: int) -> tuple[dict[str, object], Table]:
        """A store made end to end: figures, and their table."""
        from mien.bench.speed.render import measure_make

        whole = measure_make(size=size, jobs=self.jobs, repeats=self.repeats)
        cells = (
            f"{whole.images_per_second:.1f}",
            f"{whole.lowest:.1f} to {whole.highest:.1f}",
            f"{whole.images_per_cpu_second:.1f}",
        )
        return vars(whole), (
            f"A whole store by {whole.jobs} processes, {size} px, {whole.images} images",
            ("images/s by the clock", "lowest to highest", "images/s of CPU time"),
            [cells],
        )


def _figures(one: "LoaderBench | RenderBench") -> dict[str, object]:
    return {"size": one.size, "images": one.images, "rows": one.rows()}


def _table(one: "LoaderBench | RenderBench", header: Sequence[str]) -> Table:
    return f"{one.size} px, {one.images} images", header, [_cells(row) for row in one.rows()]


def _cells(row: dict[str, float | str]) -> tuple[str, ...]:
    spread = f"{row['lowest']:.3f} to {row['highest']:.3f}" if "lowest" in row else ""
    return str(row["name"]), f"{row['images_per_second']:.1f}", f"{row['ratio']:.3f}", spread
