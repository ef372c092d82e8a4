"""Runs small enough for a test: 32-pixel nets, byte texts, a few steps."""

from dataclasses import replace

from mien.data.samplers import ActivityBalanced
from mien.methods.clef_stage1 import ClefPretrain
from mien.methods.clef_stage2 import ClefFinetune
from mien.methods.probe import Probe
from mien.methods.supervised import Supervised
from mien.models.small64 import Small64
from mien.models.tiny_text import TinyText
from mien.recipes.run import DataPlan, Optimiser, Run

BACKBONE = Small64(size=32, channels=(8, 8, 16, 16, 24))
TEXT = TinyText(dim=16, depth=1, heads=2)
PLAN = DataPlan(folds=3, validation=0.2)
# A key's bias has no gradient but rounding (softmax does not see it), which Adam would blow up.
ADAM = Optimiser(lr_text=1e-3, epsilon=1e-4)


def pretrain(**changes) -> Run:
    """CLEF stage 1."""
    run = Run(
        name="pretrain",
        method=ClefPretrain(text=TEXT, joint=16),
        backbone=BACKBONE,
        data=replace(PLAN, activities="bp4d", sampler=ActivityBalanced()),
        optimiser=ADAM,
        steps=6,
        batch=8,
        log_every=1,
    )
    return replace(run, **changes)


def finetune(**changes) -> Run:
    """CLEF stage 2."""
    run = Run(
        name="finetune",
        method=ClefFinetune(text=TEXT, joint=16),
        backbone=BACKBONE,
        data=PLAN,
        optimiser=ADAM,
        steps=6,
        batch=8,
        log_every=1,
    )
    return replace(run, **changes)


def supervised(**changes) -> Run:
    """Image only."""
    return replace(finetune(name="image-only", method=Supervised()), **changes)


def probe(**changes) -> Run:
    """A linear probe on random features."""
    return replace(finetune(name="probe", method=Probe()), **changes)
