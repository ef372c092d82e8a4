"""How much is rendered and trained for the shipped model, and where everything lies."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from mien.lab.edged import Edged
from mien.lab.lab_1 import HELD_OUT
from mien.lab.plain import PlainRenderer
from mien.lab.renderer import CPU, Renderer
from mien.lab.scenario import Scenario
from mien.lab.talking import Talking
from mien.lab.units import Units
from mien.lab.wild import Wild
from mien.recipes import shipped
from mien.recipes.run import Run

Option = Literal["pixels", "geometry", "distilled"]
Size = Literal["tiny", "small", "medium", "large"]
MARGIN: Final = 8
"""Pixels by which stored crops are larger than the reader's input."""

SHOWN: Final[dict[Size, tuple[Scenario, ...]]] = {
    "tiny": (
        Units(people=24, pictures=2, hardness=0.5),
        Wild(people=24, pictures=1),
        Talking(people=3, clips_each=1, frames=4),
    ),
    "small": (
        Units(people=3000, pictures=2, hardness=0.5),
        Wild(people=3000, pictures=2, hardness=0.7),
        Talking(people=125, clips_each=1, frames=16),
    ),
    "medium": (
        Units(people=21_000, pictures=2, hardness=0.5),
        Wild(people=20_000, pictures=2, hardness=0.6),
        Talking(people=900, clips_each=1, frames=16),
    ),
    "large": (
        Units(people=80_000, pictures=2, hardness=0.5),
        Wild(people=80_000, pictures=2, hardness=0.6),
        Talking(people=4000, clips_each=1, frames=16),
    ),
}
"""Whom the model is trained on: the training pool, at seed 0. Units drawn apart for action units,
prototypes of expressions with valence and arousal, and frames of speech; under the milder
conditions by which readers carried over best to photographs (docs/log.md)."""

STEPS: Final[dict[Size, int]] = {"tiny": 6, "small": 1500, "medium": 5000, "large": 60_000}

_TINY_HELD: Final[tuple[Scenario, ...]] = (Units(people=12, pictures=2), Wild(people=12))


def _held(size: Size) -> tuple[Scenario, ...]:
    """The photographs among lab-1's held-out parts: other people, lights and cameras."""
    if size == "tiny":
        chosen = _TINY_HELD
    else:
        parts = HELD_OUT["small" if size == "small" else "medium"]
        chosen = tuple(each for each in parts if isinstance(each, Units | Wild))
    return tuple(replace(each, pool="test") for each in chosen)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One store to render before stores are joined."""

    scenario: Scenario
    seed: int
    renderer: Renderer


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is made."""

    work: Path
    """Folder of stores, runs and bundles; the same plan goes on there, another is refused."""
    option: Option = "geometry"
    """What the model reads, and by whom it is taught."""
    size: Size = "medium"
    """How much is rendered and trained: tiny to try the path; small takes half an hour on two busy
    cores, medium about an hour; large, by estimate, more than a day."""
    pixels: int = 96
    """Side of the reader's input."""
    steps: int | None = None
    """Of each run; by default the size's."""
    seed: int = 0
    """Of the training run; the pupil's other teacher has the next one."""
    begin: Path | None = None
    """Finished run whose encoder training begins with; by default ImageNet's weights."""
    jobs: int = 2
    """Processes that render and measure."""

    @property
    def side(self) -> int:
        """Side of the stored crops."""
        return self.pixels + MARGIN

    def parts(self, name: str) -> tuple[Part, ...]:
        """What the store of a name is joined from."""
        if name == "train":
            return tuple(
                Part(scenario=each, seed=0, renderer=Edged(inner=CPU)) for each in SHOWN[self.size]
            )
        look = CPU if name == "held-out" else PlainRenderer()
        return tuple(Part(scenario=each, seed=1, renderer=look) for each in _held(self.size))

    @property
    def stores(self) -> tuple[str, ...]:
        """Names of the stores: trained on, tested on, and the latter in the second look."""
        return ("train", "held-out", "second-look")

    def store(self, name: str) -> Path:
        """Where a store lies."""
        return self.work / f"{name}-{self.side}"

    @property
    def reads_geometry(self) -> bool:
        """Whether tables of landmarks are needed."""
        return self.option != "pixels"

    def runs(self) -> tuple[Run, ...]:
        """The runs to train, in order; the last one is the model."""
        if self.option == "pixels":
            return (self._sized(shipped.shipped_pixels(), self.seed),)
        if self.option == "geometry":
            return (self._sized(shipped.shipped_geometry(), self.seed),)
        return (
            self._sized(shipped.shipped_pixels(), self.seed),
            self._sized(shipped.shipped_geometry(), self.seed),
            self._sized(shipped.shipped_geometry(), self.seed + 1),
            self._sized(shipped.shipped_distilled(), self.seed),
        )

    def folder(self, run: Run) -> Path:
        """Where a run lies."""
        return self.work / "runs" / f"{run.name}-seed{run.seed}"

    @property
    def bundle(self) -> Path:
        """Where the finished bundle will lie."""
        return self.work / f"bundle-{self.option}"

    def _sized(self, run: Run, seed: int) -> Run:
        steps = STEPS[self.size] if self.steps is None else self.steps
        backbone = replace(run.backbone, size=self.pixels)
        tiny = {"batch": 16, "log_every": 1} if self.size == "tiny" else {}
        data = replace(run.data, folds=4) if self.size == "tiny" else run.data
        init = None if self.begin is None else str(self.begin)
        return replace(run, steps=steps, seed=seed, init=init, backbone=backbone, data=data, **tiny)
