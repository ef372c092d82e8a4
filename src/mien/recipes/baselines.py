"""What CLEF is judged by: the same encoder, labels alone."""

from dataclasses import replace

from mien.methods.probe import Probe
from mien.methods.supervised import Supervised
from mien.recipes.clef import clef_no_stage1
from mien.recipes.run import Optimiser, Run


def image_only() -> Run:
    """Labels teach the encoder and a linear layer, from the same weights as `clef-no-stage1`."""
    return replace(clef_no_stage1(), name="image-only", method=Supervised())


def linear_probe() -> Run:
    """A linear layer on the frozen encoder of stage 1: what its features say about labels."""
    return replace(
        image_only(),
        name="linear-probe",
        method=Probe(),
        optimiser=Optimiser(lr_head=1e-2, weight_decay=0.0),
        init="runs/clef-pretrain",
    )
