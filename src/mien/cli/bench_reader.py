"""`mien bench reader`: frames a second, memory, cold start and the parts of reading."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from mien.cli.command import Command
from mien.cli.recorded import Table, finish


@dataclass(frozen=True, kw_only=True)
class Reader(Command):
    """Film a person of the lab and time reading the clip, end to end and part by part.

    Example: mien bench reader --out docs/results
    """

    out: Path | None = None
    """Also write reader.json and reader.md, or reader-RUNNER, to this folder."""
    bundle: Path | None = None
    """The model; the one that comes with mien by default."""
    width: int = 1280
    """Of the clip, px."""
    height: int = 720
    """Of the clip, px."""
    seconds: float = 12.0
    """That are filmed; clips repeat them."""
    loops: int = 5
    """Times the film stands in the clip that is timed."""
    long_loops: int = 60
    """Times it stands in the clip whose memory is watched."""
    repeats: int = 5
    """Of everything but the long clip."""
    runner: Literal["auto", "onnxruntime", "litert", "opencv"] = "auto"
    """What runs the landmark networks."""

    def run(self) -> int:
        """Measure, print, and write the record."""
        import tempfile

        from mien.bench.speed.reader import ReaderBench, measure
        from mien.predict.shipped import default_bundle

        bundle = default_bundle() if self.bundle is None else self.bundle
        with tempfile.TemporaryDirectory(prefix="mien-bench-") as folder:
            found: ReaderBench = measure(
                Path(folder), bundle, width=self.width, height=self.height, seconds=self.seconds,
                loops=self.loops, long_loops=self.long_loops, repeats=self.repeats,
                runner=self.runner,
            )  # fmt: skip
        share = found.rate.median / found.floor
        rows = [
            _row("frames/s, one face, one process", found.rate, ".1f"),
            _row("cores busy on the way", found.cores_used, ".2f"),
            _row("one photo by a new process, s", found.cold, ".2f"),
        ]
        memory = [f"{one:.0f}" for one in (found.memory_mb[0], found.memory_mb[-1], found.peak_mb)]
        parts = [_row(name, spread, ".2f") for name, spread in found.parts.items()]
        spread = ("median", "lowest to highest")
        tables: list[Table] = [
            (f"{found.size[0]} x {found.size[1]} px, {found.frames} frames", ("", *spread), rows),
            ("Memory over the long clip, MB", ("after a tenth", "at the end", "peak"), [memory]),
            ("Milliseconds of one core for a frame", ("part", *spread), parts),
        ]
        figures = {**asdict(found), "floor": found.floor, "share_of_floor": share}
        figures |= {"memory_drift": found.drift, "peak_memory_mb": found.peak_mb}
        notes = [
            f"Landmarks by {found.runner}; the clip is rendered, one person who talks.",
            f"Decoding, landmarks and net alone could do {found.floor:.0f} frames/s on all cores.",
            f"The whole reaches {share:.0%} of that.",
            f"Memory stays within {found.drift:.1%} of what it is after a tenth of the long clip.",
        ]
        finish(
            self, "reader", title="Reader speed and memory", out=self.out, figures=figures,
            tables=tables, notes=notes, record=_record(self.runner),
        )  # fmt: skip
        return 0


def _record(runner: str) -> str:
    """Name of the record: a runner that was asked for has one of its own."""
    return "reader" if runner == "auto" else f"reader-{runner}"


def _row(name: str, spread: object, digits: str) -> tuple[str, str, str]:
    values = vars(spread)
    ends = f"{values['lowest']:{digits}} to {values['highest']:{digits}}"
    return name, f"{values['median']:{digits}}", ends
