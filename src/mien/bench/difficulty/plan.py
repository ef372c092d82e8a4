"""What the measurement of difficulty is made of, and where its finished pieces lie."""

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float32

from mien import atomic
from mien.bench.clock import Clock, Tell
from mien.data.store import Store
from mien.data.views import resize
from mien.lab.corpus.release import Release, ReleasePart
from mien.lab.lab_1 import lab_1
from mien.lab.wild import Wild
from mien.models.backbone import Backbone
from mien.models.mobilenet_v2 import MobileNetV2
from mien.models.small64 import Small64

PARTS: Final = ("interview", "wild", "talking")
AUS: Final = (1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24, 25, 26)
"""Units read: BP4D's twelve, and what lips and jaw do."""
FEW: Final[Mapping[str, int]] = MappingProxyType({"interview": 4, "wild": 100, "talking": 6})
"""How many people have labels where labels are few."""
IMAGENET: Final = "imagenet"
SMALL: Final = "small"
KNOWN: Final = "wild-known"
"""A store of `wild` with fewer people and many pictures of each, as long as nobody's place, light
or camera comes twice: whether a person can be told at all needs more than one picture to learn."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How the difficulty of a release is measured."""

    work: Path
    """Folder of everything it makes."""
    release: Release = field(default_factory=lambda: lab_1("small"))
    seeds: int = 3
    """Of splits, weights and batches."""
    backbone: Backbone = field(default_factory=lambda: MobileNetV2(size=64, norm="batch"))
    """The encoder, with the weights that it is fine-tuned from."""
    random: Backbone = field(default_factory=lambda: MobileNetV2(size=64, weights=None))
    """The same encoder with random weights."""
    small: Backbone = field(default_factory=Small64)
    """A second encoder with random weights, of another kind: only asked about identity."""
    known: tuple[int, int] = (50, 40)
    """People of `KNOWN`, and pictures of each."""
    few: Mapping[str, int] = field(default_factory=lambda: FEW)
    """How many people have labels where labels are few, by part."""
    few_steps: int = 150
    """Optimiser steps of fine-tuning where labels are few."""
    steps: int = 350
    """Optimiser steps of fine-tuning with all labels."""
    batch: int = 32

    def nets(self) -> dict[str, tuple[Backbone, int]]:
        """Frozen encoders by name, each with its seed."""
        drawn = {f"random-{seed}": (self.random, seed) for seed in range(self.seeds)}
        small = {f"{SMALL}-{seed}": (self.small, seed) for seed in range(self.seeds)}
        return {IMAGENET: (self.backbone, 0), **drawn, **small}

    @property
    def known_part(self) -> ReleasePart:
        """`KNOWN`: the release's `wild` but for its numbers."""
        part = self.release.part("wild")
        assert isinstance(part.scenario, Wild)
        people, pictures = self.known
        scenario = replace(part.scenario, people=people, pictures=pictures)
        return ReleasePart(name=KNOWN, scenario=scenario, seed=part.seed)

    def open_store(self, part: str) -> closing[Store]:
        """The rendered store of a part, closed after use."""
        return closing(Store(self.work / "lab" / part))


class Pieces:
    """Finished pieces of work, as JSON files; a piece that is there is not made again."""

    def __init__(self, plan: Plan, tell: Tell, until: float | None) -> None:
        self.plan, self.clock = plan, Clock(until=until, tell=tell)

    def make(self, name: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The piece of that name, made now unless it is there.

        Raises:
            OutOfTime: it is not there, and the time is over.
        """
        path = self.plan.work / "pieces" / f"{name}.json"
        if path.exists():
            return json.loads(path.read_text("utf-8"))
        with self.clock.step(name):
            made = json.loads(json.dumps(work()))
            atomic.write_text(path, json.dumps(made, indent=1) + "\n")
        return made


def frozen_features(plan: Plan, part: str, net: str) -> Float32[np.ndarray, "row dim"]:
    """What a frozen encoder makes of every picture of a part; kept once computed."""
    path = plan.work / "features" / f"{part}-{net}.npy"
    if path.exists():
        return np.load(path, allow_pickle=False)
    backbone, seed = plan.nets()[net]
    encoder = backbone.build(seed=seed).eval()
    found = []
    with plan.open_store(part) as store, torch.no_grad():
        for start in range(0, len(store), 64):
            images = torch.from_numpy(store.images(range(start, min(start + 64, len(store)))))
            found.append(encoder(resize(images.permute(0, 3, 1, 2), backbone.size)).numpy())
    features = np.concatenate(found).astype(np.float32)
    with atomic.file(path) as temporary, temporary.open("wb") as file:
        np.save(file, features, allow_pickle=False)
    return features
