"""`mien lab`: people with exact labels, rendered, drawn, described and filmed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from tyro.conf import OmitArgPrefixes, OmitSubcommandPrefixes, subcommand

from mien.cli.command import Command
from mien.cli.progress import counter
from mien.errors import MienError
from mien.lab.interview import Interview
from mien.lab.talking import Talking
from mien.lab.units import Units
from mien.lab.wild import Wild

Scenes = OmitSubcommandPrefixes[
    OmitArgPrefixes[
        Annotated[Interview, subcommand("interview")]
        | Annotated[Wild, subcommand("wild")]
        | Annotated[Talking, subcommand("talking")]
        | Annotated[Units, subcommand("units")]
    ]
]
"""One of the scenarios, with its fields as options."""


@dataclass(frozen=True, kw_only=True)
class Make(Command):
    """Render a scenario to a store: images, exact labels, landmarks.

    Stopped by Ctrl-C or --max-seconds, the same command goes on where it was. The store's bytes
    depend on scenario, seed and size only.

    Example: mien lab make --out lab interview --subjects 24
    """

    scenario: Scenes
    out: Path
    """Folder of the store."""
    size: int = 112
    """Side of the crops, pixels."""
    seed: int = 0
    """Of the corpus: people, rooms, performances, pixels."""
    jobs: int = 2
    """Processes."""
    max_seconds: float | None = None
    """Stop after about this long and keep what is done."""

    def run(self) -> int:
        """Render, with a bar."""
        from mien.lab.corpus.make import make

        planned = sum(clip.frames for clip in self.scenario.clips(self.seed))
        with counter("rendering", planned) as tell:
            made = make(
                self.scenario,
                self.out,
                size=self.size,
                seed=self.seed,
                jobs=self.jobs,
                progress=tell,
                max_seconds=self.max_seconds,
            )
        if not made.finished:
            print(f"stopped at {made.frames} of {made.planned} frames; run it again to go on")
            return 1
        print(f"{made.path}: {made.frames} frames")
        return 0


@dataclass(frozen=True, kw_only=True)
class Preview(Command):
    """Draw contact sheets of the lab: people, every unit at three intensities, scenarios.

    Example: mien lab preview --out sheets
    """

    out: Path
    """Folder for the PNG files."""
    seed: int = 0
    """Of the people drawn."""
    size: int = 112
    """Side of each picture, pixels."""

    def run(self) -> int:
        """Draw and name the files."""
        from mien.lab.shows.preview import preview

        for path in preview(self.out, seed=self.seed, size=self.size):
            print(path)
        return 0


@dataclass(frozen=True, kw_only=True)
class Describe(Command):
    """Measure a scenario's labels without rendering: prevalence, expressions, information.

    Example: mien lab describe interview --subjects 41
    """

    scenario: Scenes
    seed: int = 0
    """Of the corpus."""

    def run(self) -> int:
        """Print the figures."""
        from mien.lab.shows.describe import describe

        print(describe(self.scenario, seed=self.seed).markdown())
        return 0


@dataclass(frozen=True, kw_only=True)
class Clip(Command):
    """Film one clip of a scenario as a video, with the truth of every frame beside it.

    Example: mien lab clip --out clip.mp4 interview --subjects 4
    """

    scenario: Scenes
    out: Path
    """The video, .mp4, .mov or .mkv. The truth goes beside it as .parquet."""
    number: int = 0
    """Which clip of the scenario's plan, from 0."""
    seed: int = 0
    """Of the corpus."""
    width: int = 640
    """Pixels, even."""
    height: int = 480
    """Pixels, even."""
    seconds: Annotated[float | None, tyro.conf.arg(metavar="SECONDS")] = 8.0
    """Length; None films the whole clip."""
    start: float = 0.0
    """Second of the clip to begin at."""

    def run(self) -> int:
        """Film and name the files."""
        from mien.lab.shows.clip_video import write_clip

        plan = self.scenario.clips(self.seed)
        if not 0 <= self.number < len(plan):
            raise MienError(
                f"there is no clip {self.number}", remedy=f"choose 0 to {len(plan) - 1}"
            )
        files = write_clip(
            self.scenario,
            plan[self.number],
            self.out,
            width=self.width,
            height=self.height,
            seconds=self.seconds,
            start=self.start,
        )
        print(f"{files.video}: {files.frames} frames; truth in {files.truth}")
        return 0
