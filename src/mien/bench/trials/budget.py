"""How much a bench may cost: which stores of lab-1, how many steps, seeds and rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from mien.bench.papers.paper import PartName, Which
from mien.errors import MienError
from mien.lab.corpus.release import Release, ReleasePart
from mien.lab.interview import Interview
from mien.lab.lab_1 import lab_1
from mien.lab.talking import Talking
from mien.lab.wild import Wild

BudgetName = Literal["smoke", "cpu", "gpu"]
PARTS: Final[tuple[PartName, ...]] = ("interview", "talking", "wild")


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What is rendered, trained and asked."""

    name: BudgetName
    release: Release
    """Where the stores come from."""
    rows: Which
    """Rows that are run unless others are named."""
    seeds: int
    """Seeds 0 to this less 1, unless others are named."""
    tiny: bool = False
    """Nets of seconds in place of the recipes' own: they need no assets, and say nothing."""
    learn_steps: int | None = None
    """Steps of runs that learn an encoder; None keeps the recipe's."""
    read_steps: int | None = None
    """Steps of runs that read faces; None keeps the recipe's."""
    batch: int | None = None
    """Faces a step; None keeps the recipe's."""
    pictures: int = 1000
    """Pictures of `wild` that a frozen encoder is asked about, at most."""
    few: tuple[int, ...] = (1, 4, 8)
    """Labelled people of the label-efficiency question, besides all."""
    longer: bool = False
    """Whether encoders learn for other numbers of steps than the budget of this name has."""

    @property
    def suffix(self) -> str:
        """What the names of its records end in."""
        name = "" if self.name == "cpu" else f"-{self.name}"
        return f"{name}-{self.learn_steps}-steps" if self.longer else name

    def lasting(self, steps: int | None) -> "Budget":
        """The same with so many steps for every encoder that learns; None changes nothing.

        Raises:
            MienError: there are none.
        """
        if steps is None or steps == self.learn_steps:
            return self
        if steps < 1:
            raise MienError(f"{steps} learning steps", remedy="give --learn-steps 1 or more")
        return replace(self, learn_steps=steps, longer=True)


def smoke() -> Budget:
    """Minutes on two cores, without assets: that it runs, not what it says."""
    scenes = (
        Interview(subjects=6, frames=2, seconds=4.0),
        Talking(people=8, clips_each=2, frames=16),
        Wild(people=24, pictures=2),
    )
    parts = tuple(ReleasePart(name=each.name, scenario=each, seed=0) for each in scenes)
    return Budget(
        name="smoke",
        release=Release(name="lab-smoke", size="small", pixels=40, parts=parts),
        rows="smoke",
        seeds=2,
        tiny=True,
        learn_steps=4,
        read_steps=4,
        batch=12,
        pictures=32,
        few=(1, 2),
    )


def cpu() -> Budget:
    """Hours on two cores: lab-1's small size, principal rows, three seeds."""
    return Budget(
        name="cpu", release=lab_1("small"), rows="principal", seeds=3, learn_steps=400,
        read_steps=300,
    )  # fmt: skip


def gpu() -> Budget:
    """Commands of at most ten minutes each: lab-1's medium size, every row, three seeds."""
    return Budget(
        name="gpu", release=lab_1("medium"), rows="all", seeds=3, learn_steps=4000,
        read_steps=1000, batch=128, pictures=4000,
    )  # fmt: skip


BUDGETS: Final[Mapping[BudgetName, Budget]] = {"smoke": smoke(), "cpu": cpu(), "gpu": gpu()}
