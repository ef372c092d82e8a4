"""`mien bench face-swap`: how fast SSLFER's edits of frames are, and what they look like."""

from dataclasses import dataclass
from pathlib import Path

from mien.cli.command import Command
from mien.cli.recorded import Table, finish


@dataclass(frozen=True, kw_only=True)
class FaceSwap(Command):
    """Time FaceSwap and SSLFER's other edits on rendered faces, on one thread.

    Example: mien bench face-swap --out docs/results --picture docs/pictures/face-swap.jpg
    """

    out: Path | None = None
    """Also write face-swap.json and face-swap.md to this folder."""
    picture: Path | None = None
    """Also write a sheet of edited faces to this file, at the last of `sizes`."""
    sizes: tuple[int, ...] = (64, 112)
    """Sides of the faces, pixels."""
    people: int = 6
    """People rendered, eight clips of each."""
    frames: int = 8
    """Frames of each clip."""
    count: int = 200
    """Edits of each timing."""
    repeats: int = 7
    """Timings of each edit."""

    def run(self) -> int:
        """Measure, print, and write the record and the sheet."""
        from mien.bench.record import peak_memory
        from mien.bench.speed.face_swap import ASKED, lab_faces, measure, sheet, write_picture

        tables: list[Table] = []
        found: list[dict[str, object]] = []
        rendered = [
            lab_faces(size=size, people=self.people, frames=self.frames) for size in self.sizes
        ]
        for size, faces in zip(self.sizes, rendered, strict=True):
            speeds = measure(faces, count=self.count, repeats=self.repeats)
            rows = [
                (one.name, f"{one.per_second:.0f}", f"{one.lowest:.0f} to {one.highest:.0f}")
                for one in speeds
            ]
            tables.append(
                (f"{size} px", ("edit", "a second of one core", "lowest to highest"), rows)
            )
            found.append({"size": size, "edits": [dict(vars(one)) for one in speeds]})
        finish(
            self,
            "face-swap",
            title="Speed of SSLFER's edits",
            out=self.out,
            figures={"sizes": found, "asked": ASKED, "peak_memory_mb": peak_memory()},
            tables=tables,
            notes=[
                f"CPU time, one thread; medians of {self.repeats} timings of {self.count} edits.",
                f"Asked for: {ASKED} swaps a second of one core at 112 px.",
            ],
        )
        if self.picture is not None:
            write_picture(self.picture, sheet(rendered[-1], rows=self.people))
            print(self.picture)
        return 0
