"""CLEF's ablation table at home: 13 rows on one net, one budget, faces of 64 px.

PI and PA are stage 1's image-image and image-text terms, N and D stage 2's names and
descriptions; the numbers are the paper's rows. It starts from CLIP (1 to 3, and we assume 7 to 13)
and from FaRL, a CLIP trained on faces (4 to 6). Here stand in for them: MobileNetV2 with ImageNet's
weights, and the same once SimCLR has taught it on the store's own faces (`clef-simclr-lab`).
"""

from dataclasses import replace

from mien.data.samplers import ActivityBalanced
from mien.methods.clef_stage1 import ClefPretrain
from mien.methods.clef_stage2 import ClefFinetune
from mien.methods.simclr import SimCLR
from mien.methods.supervised import Supervised
from mien.models.minilm import MiniLM
from mien.models.mobilenet_v2 import MobileNetV2
from mien.recipes.run import DataPlan, Optimiser, Run

NET = MobileNetV2(size=64, norm="batch")
"""With live statistics: with ImageNet's own, frozen, and a head at 1e-2 (the demo's setting), row 1
collapsed to one point on lab-1 within 200 steps."""
RATES = Optimiser(lr_image=1e-3, lr_head=3e-3)
"""Of all rows alike; those that `mien bench difficulty` fine-tunes the same net with."""
SIMCLR, IMAGES, BOTH = (
    "runs/clef-simclr-lab",
    "runs/clef-pretrain-images-lab",
    "runs/clef-pretrain-lab",
)
"""Runs that rows start from: 4 to 6; 7, 9 and 11; 8, 10, 12 and 13."""
CARRIED = ("encoder", "image_projection", "text_projection")
"""What rows with texts take from a stage 1 with texts: faces meet texts in the same space again.
Our choice; whether the paper's text encoder comes along is unknown to us."""


def clef_simclr_lab() -> Run:
    """SimCLR from ImageNet weights on the store's faces: the lab's stand-in for FaRL."""
    run = clef_pretrain_images_lab()
    data = replace(run.data, activities=None, sampler=DataPlan().sampler)
    return replace(run, name="clef-simclr-lab", method=SimCLR(), data=data)


def clef_pretrain_images_lab() -> Run:
    """Stage 1 of rows 7, 9 and 11: PI."""
    run = clef_pretrain_lab()
    method = ClefPretrain(text=MiniLM(), texts=False)
    return replace(run, name="clef-pretrain-images-lab", method=method)


def clef_pretrain_lab() -> Run:
    """Stage 1 of rows 8, 10, 12 and 13: PI and PA."""
    return Run(
        name="clef-pretrain-lab",
        method=ClefPretrain(text=MiniLM()),
        backbone=NET,
        data=DataPlan(activities="bp4d", sampler=ActivityBalanced()),
        optimiser=Optimiser(lr_image=3e-4),
        steps=300,
        batch=64,
    )


def clef_r1_lab() -> Run:
    """Row 1 from ImageNet weights: image head."""
    return _image_row(1, init=None)


def clef_r2_lab() -> Run:
    """Row 2 from ImageNet weights: N."""
    return _text_row(2, names=True, descriptions=False, init=None)


def clef_r3_lab() -> Run:
    """Row 3 from ImageNet weights: N and D."""
    return _text_row(3, names=True, descriptions=True, init=None)


def clef_r4_lab() -> Run:
    """Row 4 from SimCLR on the lab: image head."""
    return _image_row(4, init=SIMCLR)


def clef_r5_lab() -> Run:
    """Row 5 from SimCLR on the lab: N."""
    return _text_row(5, names=True, descriptions=False, init=SIMCLR)


def clef_r6_lab() -> Run:
    """Row 6 from SimCLR on the lab: N and D."""
    return _text_row(6, names=True, descriptions=True, init=SIMCLR)


def clef_r7_lab() -> Run:
    """Row 7: PI, image head."""
    return _image_row(7, init=IMAGES)


def clef_r8_lab() -> Run:
    """Row 8: PI and PA, image head."""
    return _image_row(8, init=BOTH)


def clef_r9_lab() -> Run:
    """Row 9: PI, N."""
    return _text_row(9, names=True, descriptions=False, init=IMAGES)


def clef_r10_lab() -> Run:
    """Row 10: PI and PA, N."""
    return _text_row(10, names=True, descriptions=False, init=BOTH)


def clef_r11_lab() -> Run:
    """Row 11: PI, N and D."""
    return _text_row(11, names=True, descriptions=True, init=IMAGES)


def clef_r12_lab() -> Run:
    """Row 12: PI and PA, D."""
    return _text_row(12, names=False, descriptions=True, init=BOTH)


def clef_r13_lab() -> Run:
    """Row 13: PI and PA, N and D; the whole of CLEF."""
    return _text_row(13, names=True, descriptions=True, init=BOTH)


def _text_row(number: int, *, names: bool, descriptions: bool, init: str | None) -> Run:
    method = ClefFinetune(text=MiniLM(), names=names, descriptions=descriptions, scale=20.0)
    if init == BOTH:
        method = replace(method, inherit=CARRIED)
    return Run(
        name=f"clef-r{number}-lab",
        method=method,
        backbone=NET,
        optimiser=RATES,
        steps=300,
        batch=32,
        init=init,
    )


def _image_row(number: int, *, init: str | None) -> Run:
    run = _text_row(number, names=True, descriptions=True, init=None)
    return replace(run, method=Supervised(), init=init)
