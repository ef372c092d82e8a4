"""How large the judgement by real faces is, on which looks it trains, and where its things lie."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from mien.lab.edged import Edged
from mien.lab.plain import PlainRenderer
from mien.lab.renderer import CPU, Renderer
from mien.lab.units import Units
from mien.recipes.lab_probe import lab_probe
from mien.recipes.run import Run

Look = Literal["lab", "plain"]
LOOKS: Final[dict[Look, Renderer]] = {"lab": CPU, "plain": PlainRenderer()}
"""The lab's own renderer, and a deliberately different one of the same people and pictures."""
PICTURES: Final = 2
"""Of each person."""
HARDNESS: Final = 0.5
"""Of the conditions."""
SIZES: Final = (96,)
"""The recipe's own."""
SEEDS: Final = 3
MARGIN: Final = 8
"""Pixels by which stored crops are larger than the reader's input."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is rendered and trained."""

    work: Path
    """Folder of stores and runs; the same plan goes on there."""
    people: int = 4500
    """People of each store, `PICTURES` of each."""
    steps: int | None = None
    """Steps of each run; by default the recipe's."""
    seeds: int = SEEDS
    """Runs of each look and size."""
    looks: tuple[Look, ...] = ("lab",)
    """What is trained on."""
    sizes: tuple[int, ...] = SIZES
    """Sides of the readers' inputs, pixels; a store and runs for each."""
    jobs: int = 2
    """Processes that render."""
    lab_seed: int = 0
    """Of people and pictures."""

    @property
    def scenario(self) -> Units:
        """Whom to render, doing what."""
        return Units(people=self.people, pictures=PICTURES, hardness=HARDNESS)

    def renderer(self, look: Look) -> Renderer:
        """A look's renderer; half of its crops reach beyond the photograph, as real ones do."""
        return Edged(inner=LOOKS[look])

    def recipe(self, size: int, seed: int) -> Run:
        """The recipe at a size of pictures, with a seed."""
        run = lab_probe()
        run = replace(run, seed=seed, backbone=replace(run.backbone, size=size))
        return run if self.steps is None else replace(run, steps=self.steps)

    def store(self, look: Look, size: int) -> Path:
        """Where a look's store for readers of a size lies."""
        return self.work / f"{look}-{size}"

    def run_folder(self, look: Look, size: int, seed: int) -> Path:
        """Where a run lies."""
        return self.work / "runs" / f"{look}-{size}-seed{seed}"
