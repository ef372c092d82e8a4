"""The demo's comparison: the same few labelled subjects, with and without CLEF's stages.

MobileNetV2 from ImageNet weights and a frozen MiniLM, sized for two CPU cores.
"""

from dataclasses import replace

from mien.models.mobilenet_v2 import MobileNetV2
from mien.recipes.baselines import image_only
from mien.recipes.clef import clef_no_stage1, clef_pretrain
from mien.recipes.run import Run

LABEL_SUBJECTS = 4
"""Subjects with labels in the demo; stage 1 sees the activities of all training subjects."""


def demo_pretrain() -> Run:
    """CLEF stage 1 on every training subject of the demo's lab."""
    return replace(
        clef_pretrain(), name="demo-pretrain", backbone=_backbone(), epochs=None, steps=150
    )


def demo_clef() -> Run:
    """CLEF stage 2 from `demo-pretrain`, with few labelled subjects."""
    return replace(demo_clef_no_stage1(), name="demo-clef", init="runs/demo-pretrain")


def demo_clef_no_stage1() -> Run:
    """CLEF stage 2 from ImageNet weights, with few labelled subjects."""
    return _few(clef_no_stage1(), "demo-clef-no-stage1")


def demo_image_only() -> Run:
    """Labels alone from ImageNet weights, with few labelled subjects."""
    return _few(image_only(), "demo-image-only")


def _few(run: Run, name: str) -> Run:
    return replace(
        run,
        name=name,
        backbone=_backbone(),
        data=replace(run.data, label_subjects=LABEL_SUBJECTS),
        epochs=None,
        steps=150,
        batch=32,
    )


def _backbone() -> MobileNetV2:
    return MobileNetV2(size=112)
