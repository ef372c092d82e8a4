"""`mien bench serve`: how many photos a second the service reads, and what too many do to it."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mien.cli.command import Command
from mien.cli.recorded import Table, finish

if TYPE_CHECKING:
    from mien.bench.speed.service import Stretch


@dataclass(frozen=True, kw_only=True)
class ServeLoad(Command):
    """Put load on `mien serve`: as many photos as it can read, 70 % of that, and five times that.

    The load is made by this process on the same machine, so it takes some of what it measures.

    Example: mien bench serve --out docs/results
    """

    bundle: Path | None = None
    """The model; the shipped model by default."""
    photo: Path | None = None
    """What is posted; by default one face of the lab, 640 x 480, JPEG."""
    out: Path | None = None
    """Also write serve.json and serve.md to this folder."""
    clients: int = 64
    """Of the first part; each sends the next photo when the last is answered."""
    seconds: float = 60.0
    """Of each part."""

    def run(self) -> int:
        """Measure, print, and write the record."""
        from mien.bench.speed.service import measure

        found = measure(self.bundle, photo=self.photo, clients=self.clients, seconds=self.seconds)
        rows = [_row(one) for one in found.stretches]
        tables: list[Table] = [("POST /read", _HEADER, rows)]
        figures: dict[str, object] = {
            "stretches": [
                dict(zip(_HEADER, row, strict=True))
                | {"statuses": dict(one.load.statuses), "load_cpu_seconds": one.load_seconds}
                for row, one in zip(rows, found.stretches, strict=True)
            ],
            "recovery_seconds": None if math.isnan(found.recovery) else found.recovery,
            "idle_mb": found.idle_mb,
            "photo_bytes": found.photo_bytes,
            "peak_memory_mb": found.peak_mb,
        }
        size = f"{found.photo_bytes / 1000:.0f} kB"
        notes = [
            f"{self.clients} clients, then open loops; {self.seconds:g} s each; a photo of {size}.",
            "Times are from when a photo was due.",
            _own(found.stretches[-1]),
            _calm(found.recovery),
            "CPU time and memory are those of the service and its decoding children together.",
            f"Memory before the first photo: {found.idle_mb:.0f} MB.",
        ]
        finish(
            self, "serve", title="The service under load", out=self.out, figures=figures,
            tables=tables, notes=notes,
        )  # fmt: skip
        return 0


_HEADER = (
    *("load", "read/s", "p50, ms", "p99, ms", "refused", "p99 of refusing, ms"),
    *("other answers", "CPU ms a photo read"),
)


def _row(one: "Stretch") -> tuple[str, ...]:
    from mien.bench.speed.service_load import quantile

    load = one.load
    others = sum(load.statuses.values()) - len(load.read) - len(load.refused)
    return (
        one.name,
        f"{load.read_a_second:.1f}",
        _ms(quantile(load.read, 0.5)),
        _ms(quantile(load.read, 0.99)),
        f"{len(load.refused)}",
        _ms(quantile(load.refused, 0.99)),
        f"{others}",
        _ms(one.cpu_seconds / len(load.read) if load.read else float("nan")),
    )


def _own(one: "Stretch") -> str:
    """What the load took for itself."""
    from mien.bench.speed.service_load import quantile

    late, share = 1000 * quantile(one.load.late, 0.99), one.load_seconds / one.load.seconds
    return (
        f"The overload takes {share:.0%} of a core to send and sends 99 of 100 photos within "
        f"{late:.0f} ms of when they are due; both are part of what is measured."
    )


def _calm(seconds: float) -> str:
    """When ten photos in a row were read quickly again, if they were at all."""
    ten = "ten photos in a row took below 250 ms"
    if math.isnan(seconds):
        return f"There was no moment in the minute after the overload from which {ten}."
    return f"{seconds:.2f} s after the overload {ten}."


def _ms(seconds: float) -> str:
    return "" if math.isnan(seconds) else f"{1000 * seconds:.0f}"
