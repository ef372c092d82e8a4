"""`mien lab make lab-1`: a corpus with a name, as a folder of stores."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mien.cli.command import Command
from mien.cli.progress import counter


@dataclass(frozen=True, kw_only=True)
class MakeRelease(Command):
    """Render lab-1, a corpus with a name, into a folder of stores, and say whether it is as frozen.

    Each store is one part: interview, wild, talking and units to train on, and the same held out,
    with people, skins, lights and cameras of their own. Stopped by Ctrl-C or --max-seconds, the
    same command goes on where it was.

    Example: mien lab make lab-1 --size small --out lab-1
    """

    size: Literal["small", "medium", "large"] = "small"
    """small: minutes on two cores; medium: 112 px, up to an hour; large: 160 px, for GPUs."""
    out: Path = Path("lab-1")
    """Folder of the stores."""
    only: tuple[str, ...] = ()
    """Names of the parts wanted; all of them by default."""
    jobs: int = 2
    """Processes."""
    max_seconds: float | None = None
    """Stop after about this long and keep what is done."""

    def run(self) -> int:
        """Render, with a bar; then a line for each part."""
        from mien.lab.corpus.frozen import verdicts
        from mien.lab.corpus.release import make_release
        from mien.lab.lab_1 import lab_1

        release = lab_1(self.size)
        parts = [release.part(name) for name in self.only] or release.parts
        with counter("rendering", sum(part.frames for part in parts)) as tell:
            made = make_release(
                release,
                self.out,
                only=self.only,
                jobs=self.jobs,
                progress=tell,
                max_seconds=self.max_seconds,
            )
        for name, verdict in verdicts(release, made.contents).items():
            print(f"{self.out / name}: {made.contents[name].frames} frames, {verdict}")
        if not made.finished:
            print(f"stopped at {made.frames} of {made.planned} frames; run it again to go on")
            return 1
        return 0
