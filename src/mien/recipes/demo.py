"""The demo's comparison: the same few labelled subjects, with and without CLEF's stages.

MobileNetV2 from ImageNet weights and a frozen MiniLM, sized for two CPU cores. All three runs take
as many steps on the same batches; each has the best of the head's learning rates that were tried
for it (1e-3, 4e-3 and 1e-2, on another draw of the lab).
"""

from dataclasses import replace

from mien.methods.clef_stage2 import ClefFinetune
from mien.methods.labels import Weights
from mien.methods.supervised import Supervised
from mien.models.minilm import MiniLM
from mien.models.mobilenet_v2 import MobileNetV2
from mien.recipes.clef import clef_no_stage1, clef_pretrain
from mien.recipes.run import Run

LABEL_SUBJECTS = 4
"""Subjects with labels in the demo; stage 1 sees the activities of all training subjects."""
WEIGHTS = Weights(au=1.0, expression=1.0, intensity=0.5)
"""Tasks of all three runs; intensity is our extension."""


def demo_pretrain() -> Run:
    """CLEF stage 1 on every training subject of the demo's lab."""
    return replace(
        clef_pretrain(), name="demo-pretrain", backbone=_backbone(), epochs=None, steps=500
    )


def demo_clef() -> Run:
    """CLEF stage 2 from `demo-pretrain`, with few labelled subjects."""
    return replace(demo_clef_no_stage1(), name="demo-clef", init="runs/demo-pretrain")


def demo_clef_no_stage1() -> Run:
    """CLEF stage 2 from ImageNet weights, with few labelled subjects."""
    method = ClefFinetune(text=MiniLM(), scale=20.0, weights=WEIGHTS)
    return replace(_few(clef_no_stage1()), name="demo-clef-no-stage1", method=method)


def demo_image_only() -> Run:
    """Labels alone from ImageNet weights, with few labelled subjects."""
    run = _few(clef_no_stage1())
    return replace(
        run,
        name="demo-image-only",
        method=Supervised(weights=WEIGHTS),
        optimiser=replace(run.optimiser, lr_head=1e-2),
    )


def _few(run: Run) -> Run:
    return replace(
        run,
        backbone=_backbone(),
        data=replace(run.data, label_subjects=LABEL_SUBJECTS),
        epochs=None,
        steps=350,
        batch=32,
    )


def _backbone() -> MobileNetV2:
    return MobileNetV2(size=64)
