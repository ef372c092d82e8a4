"""`mien train shipped`: the model that lies in the wheel, from nothing."""

from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Literal

from mien.cli.command import Command


@dataclass(frozen=True, kw_only=True)
class TrainShipped(Command):
    """Render, measure, train, calibrate and pack the shipped model; a stop of any kind resumes.

    Stopped by Ctrl-C or --max-seconds it exits with code 1; the same command goes on where it was.
    Needs: mien assets fetch shipped.

    Example: mien train shipped --work runs/shipped --max-seconds 3600
    """

    work: Path = Path("runs/shipped")
    """Folder of stores, runs and bundles; it keeps to one size, and to one model an option."""
    option: Literal["pixels", "geometry", "distilled"] = "geometry"
    """Pixels alone; or landmarks beside them; or a pupil of several such readers."""
    size: Literal["tiny", "small", "medium", "large"] = "medium"
    """tiny tries the path, small takes half an hour, medium an hour; large more than a day."""
    steps: int | None = None
    """Training steps; by default the size's."""
    pixels: int = 96
    """Side of the input; another one needs stores of its own."""
    seed: int = 0
    """Of weights and views."""
    begin: Path | None = None
    """Finished run of MobileNetV2 whose encoder training begins with, such as one of your own
    pre-training; by default ImageNet's weights."""
    bits: Literal[32, 16, 8] = 16
    """Of the packed network's numbers; all three are measured."""
    jobs: int = 2
    """Processes that render and measure landmarks."""
    max_seconds: float | None = None
    """Stop after about this long and keep what is done."""
    copy_to: Path | None = None
    """Also copy the finished bundle to this folder, which must not exist."""

    def run(self) -> int:
        """Make what is missing."""
        import shutil

        from mien import atomic
        from mien.engine.shipped_make import make_shipped
        from mien.engine.shipped_plan import Plan

        until = None if self.max_seconds is None else monotonic() + self.max_seconds
        plan = Plan(
            work=self.work,
            option=self.option,
            size=self.size,
            pixels=self.pixels,
            steps=self.steps,
            seed=self.seed,
            begin=self.begin,
            jobs=self.jobs,
        )
        made = make_shipped(plan, bits=self.bits, until=until, tell=_tell)
        if made is None:
            print("stopped; run the same command again to go on")
            return 1
        print(made)
        if self.copy_to is not None:
            with atomic.folder(self.copy_to) as temporary:
                shutil.copytree(made, temporary, dirs_exist_ok=True)
            print(self.copy_to)
        return 0


def _tell(line: str) -> None:
    print(line, flush=True)
