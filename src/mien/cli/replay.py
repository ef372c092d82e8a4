"""`mien replay`: a reading as a video of a rendered head, to be shown in place of the person."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import tyro

from mien import atomic
from mien.cli.command import Command
from mien.errors import MienError


@dataclass(frozen=True, kw_only=True)
class Replay(Command):
    """Render what a reading says a face did, on a head that is nobody's.

    Times are kept; frames without a score are grey cards that say why. The video can be shown in
    place of the person; STEM.about.json says what it still tells about them.

    Example: mien replay reading --out replay.mp4 --seed 3
    """

    reading: Annotated[Path, tyro.conf.Positional]
    """What `mien predict` wrote."""
    out: Path
    """The video to write, .mp4, .mov or .mkv; neither it nor STEM.about.json may exist."""
    source: str | None = None
    """Which clip of the reading, by its name; needed where there are several."""
    face: int | None = None
    """Number of the face; by default the largest of each frame."""
    seed: int = 0
    """Who is rendered."""
    width: int = 480
    """Pixels, even."""
    height: int = 480
    """Pixels, even."""
    smooth: float = 0.06
    """Standard deviation in seconds of the smoothing over time; 0 is none."""

    def run(self) -> int:
        """Render, with a bar, and say what the video tells."""
        if find_spec("numba") is None:
            raise MienError(
                "the lab's renderer needs numba, which is not installed",
                remedy="in the checkout, pip install -c constraints.txt '.[replay]'",
            )
        from mien.cli.progress import counter
        from mien.lab.shows.encode import SUFFIXES
        from mien.lab.shows.replay import TELLS, write_replay
        from mien.study import tables
        from mien.study.follow import follow
        from mien.study.pairing import find_clip
        from mien.study.summary import about_file

        atomic.refuse_ending(self.out, SUFFIXES, what="a replay")
        atomic.refuse_existing(self.out, about_file(self.out))
        readings = tables.load(self.reading)
        clips = [source for source in tables.sources(readings) if len(source.times)]
        names = [clip.name for clip in clips]
        at = 0 if len(clips) == 1 and self.source is None else None
        if self.source is not None:
            at = find_clip(self.source, names)
        if at is None:
            raise MienError(
                "the reading holds no clip of that name" if self.source else
                f"the reading holds {len(clips)} clips",
                remedy=f"name one with --source; there are: {', '.join(names) or 'none'}",
                path=self.reading,
            )  # fmt: skip
        seen = follow(readings, clips[at], face=self.face)
        with counter("rendering", 1) as tell:
            files = write_replay(
                seen, self.out, seed=self.seed, width=self.width, height=self.height,
                smooth=self.smooth, progress=tell,
            )  # fmt: skip
        gaps = ", ".join(f"{count} {reason}" for reason, count in files.gaps.items())
        print(f"{files.video}: {files.frames} frames" + (f" and gaps: {gaps}" if gaps else ""))
        print(TELLS)
        return 0
