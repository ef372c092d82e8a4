"""`mien data pseudo`: activities for stores that name none."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from mien.cli.command import Command
from mien.cli.recorded import print_table


@dataclass(frozen=True, kw_only=True)
class Pseudo(Command):
    """Write a store whose activities are clusters of clips, for CLEF's stage 1 without texts.

    Pictures are shared with the old store. Only clips of training people get an activity, by the
    plan that the options give, or by that of the run whose encoder is used.

    Example: mien data pseudo lab --out lab-pseudo
    """

    store: Annotated[Path, tyro.conf.Positional]
    """The store."""
    out: Path
    """Folder of the new store; it must not exist."""
    clusters: int = 8
    """How many."""
    frames: int = 4
    """Frames of a clip that are looked at."""
    centre: Literal["person", "nothing"] = "person"
    """Take the mean of the person's clips off each clip, or nothing."""
    run_folder: Annotated[Path | None, tyro.conf.arg(name="run")] = None
    """A finished run whose encoder is used; by default ImageNet's MobileNetV2."""
    seed: int = 0
    """Seed of k-means."""
    folds: int = 3
    """Parts into which people are dealt; not with --run."""
    fold: int = 0
    """Which part is tested on; not with --run."""
    split_seed: int = 0
    """Seed by which people are dealt; not with --run."""

    def run(self) -> int:
        """Group, write, and say who is in which group."""
        from mien import atomic

        atomic.refuse_existing(self.out)
        from mien.engine.pseudo import Grouping, pseudo_activities
        from mien.recipes.run import DataPlan

        grouped = pseudo_activities(
            self.store,
            self.out,
            grouping=Grouping(
                clusters=self.clusters,
                frames=self.frames,
                centre=self.centre,
                plan=DataPlan(folds=self.folds, fold=self.fold, split_seed=self.split_seed),
                seed=self.seed,
            ),
            run_folder=self.run_folder,
        )
        rows = [
            [name, str(clips), str(people)]
            for name, clips, people in zip(
                grouped.names, grouped.clips, grouped.people, strict=True
            )
        ]
        print_table(str(grouped.store), ("activity", "clips", "people"), rows)
        print(f"{grouped.left_out} clips have none")
        return 0
