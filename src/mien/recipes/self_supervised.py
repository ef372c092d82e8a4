"""Learning without labels, and two bounds: one encoder, one budget, one set of views.

MobileNetV2 at 64 pixels from ImageNet's weights, and 64 faces a step through the encoder that
learns: 64 frames where a method takes one view of each, 32 images where it takes two. Slow encoders
see as many again (MoCo, BYOL) or a few (CLP), without a gradient. Sized for minutes on two cores:
from random weights so short a run hardly begins to see, and pairs with swapped heads teach nothing
at all (docs/log.md). All numbers are our choices.
"""

from dataclasses import replace

from mien.data.neighbours import ClipNeighbours
from mien.methods.byol import BYOL
from mien.methods.moco import MoCo
from mien.methods.simclr import SimCLR
from mien.methods.supcon import SupCon
from mien.methods.time_contrast import TimeContrast
from mien.models.mobilenet_v2 import MobileNetV2
from mien.recipes.run import DataPlan, Optimiser, Run

NET = MobileNetV2(size=64, norm="batch")
"""What every row begins with. Live batch norm: with frozen statistics it learns less."""
RATE = 3e-4
"""Of the encoder; at 1e-3, `sslfer-e` read units worse on validation people."""
FACES = 64
"""Faces a step through the encoder that learns."""
MEMORY = 512
"""Faces in a memory: 32 steps' worth for CLP, 8 for MoCo."""
MOMENTUM = 0.99
"""Of slow encoders: 0.999 would hardly have moved by the end of so short a run."""


def simclr() -> Run:
    """SimCLR: two views of one face attract, the batch's other faces repel."""
    return Run(
        name="simclr",
        method=SimCLR(),
        backbone=NET,
        data=DataPlan(),
        optimiser=Optimiser(lr_image=RATE, lr_head=1e-3),
        steps=600,
        batch=FACES // 2,
    )


def moco_v2() -> Run:
    """MoCo v2: two views of one face attract, a memory of earlier faces repels."""
    method = MoCo(memory=MEMORY, momentum=MOMENTUM)
    return replace(simclr(), name="moco-v2", method=method, batch=FACES)


def byol() -> Run:
    """BYOL: one view predicts what a slow network says of the other; nothing repels."""
    return replace(simclr(), name="byol", method=BYOL(momentum=MOMENTUM))


def supcon() -> Run:
    """SupCon by expression: an oracle that knows the labels, as a bound."""
    return replace(simclr(), name="supcon", method=SupCon())


def time_contrast() -> Run:
    """Time contrast: frames at most 2.4 s apart (at 25 a second) attract, all others repel."""
    run = simclr()
    data = replace(run.data, sampler=ClipNeighbours(frames=2, nearest=1, reach=60))
    return replace(run, name="time-contrast", method=TimeContrast(), data=data, batch=FACES)
