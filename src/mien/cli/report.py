"""`mien report`: a reading as one page that opens from disk."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from mien.cli.command import Command


@dataclass(frozen=True, kw_only=True)
class Report(Command):
    """Turn what `mien predict` wrote into one HTML page: timelines, events, pairs, pose, quality.

    The page needs no network and no other file. It holds pictures of faces at the apexes of units
    where the photos and clips are still there; --no-pictures leaves them out.

    Example: mien report reading --out report.html --no-pictures
    """

    reading: Annotated[Path, tyro.conf.Positional]
    """Folder or Parquet, CSV or JSONL file that `mien predict` wrote, in layout mien."""
    out: Path
    """The page, .html; an existing page is replaced."""
    pictures: bool = True
    """Pictures of faces at apexes, cut from the sources if they have not changed."""
    most: int = 24
    """Pictures at most."""
    keep: float = 0.8
    """Share of a unit's threshold that an event must keep: where onset and offset lie."""
    rise: float | None = None
    """Count only events whose odds reach so many times those of the face's own level in the clip,
    such as 3; by default the threshold alone counts."""
    events: Path | None = None
    """Also write every event of every face to this CSV file; it must not exist."""

    def run(self) -> int:
        """Write the page and name it."""
        from mien import atomic
        from mien.predict.illustrate import write_report

        if self.out.suffix.lower() not in {".html", ".htm"} or self.out.is_dir():
            atomic.refuse_existing(self.out)
        if self.events is not None:
            atomic.refuse_existing(self.events)
        written = write_report(
            self.reading,
            self.out,
            pictures=self.pictures,
            most=self.most,
            keep=self.keep,
            rise=self.rise,
            events=self.events,
        )
        print(written if self.events is None else f"{written}\n{self.events}")
        return 0
