"""The shipped model's runs: pixels alone, pixels beside landmarks, and a pupil of both.

`mien train shipped` renders their store, trains one of them, calibrates and packs it. The numbers
are our choice for two cores: MobileNetV2 from ImageNet's weights at 96 pixels, whose figures on
held-out people of the lab were better than at 64 (see `lab_probe`), and views as strong as that
probe's.
"""

from dataclasses import replace

from mien.methods.text_reader import TextReader
from mien.models.mobilenet_v2 import MobileNetV2
from mien.recipes.lab_probe import STRONG
from mien.recipes.run import DataPlan, Optimiser, Run

FOLDS = 25
"""One in 25 people is not trained on but calibrated by."""


def shipped_pixels() -> Run:
    """The shipped model from pixels alone."""
    return Run(
        name="shipped-pixels",
        method=TextReader(view=STRONG),
        backbone=MobileNetV2(size=96, norm="batch"),
        data=DataPlan(folds=FOLDS, validation=0.02),
        optimiser=Optimiser(lr_image=1e-3, lr_head=3e-3),
        steps=5000,
        batch=64,
        log_every=50,
    )


def shipped_geometry() -> Run:
    """The shipped model from pixels, landmarks and blendshape scores."""
    run = shipped_pixels()
    assert isinstance(run.method, TextReader)
    return replace(run, name="shipped-geometry", method=replace(run.method, geometry=True))


def shipped_distilled() -> Run:
    """A pupil with all inputs, taught by finished readers of both kinds, and by the labels."""
    run = shipped_geometry()
    assert isinstance(run.method, TextReader)
    return replace(run, name="shipped-distilled", method=replace(run.method, distil=0.5))
