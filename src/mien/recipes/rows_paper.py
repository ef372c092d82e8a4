"""CLEF's ablation table from the paper's own towers: CLIP's and FaRL's, of a local folder.

mien fetches neither: put them where `CLIP` and `FARL` say, or name another place, for example
`--backbone.model DIR --method.text.model DIR`. ViT-B/16 at 224 px wants a GPU. Hyperparameters are
our choices, the paper's being unknown to us. Rows 7 to 13 are assumed to start from CLIP.
"""

from dataclasses import replace

from mien.data.samplers import ActivityBalanced
from mien.methods.clef_stage1 import ClefPretrain
from mien.methods.clef_stage2 import ClefFinetune
from mien.methods.supervised import Supervised
from mien.models.backbone import Backbone
from mien.models.clip_image import ClipImage
from mien.models.clip_text import ClipText
from mien.models.farl import FarlImage, FarlText
from mien.models.text import TextTower
from mien.recipes.run import DataPlan, Optimiser, Run

CLIP = "weights/clip-vit-base-patch16"
"""Folder of CLIP ViT-B/16 in transformers' format: config.json, model.safetensors and either
tokenizer.json or vocab.json with merges.txt."""
FARL = "weights/farl-base-patch16-ep64.pth"
"""FaRL's released checkpoint."""
IMAGES, BOTH = "runs/clef-pretrain-images-clip", "runs/clef-pretrain-clip"
"""Runs that rows 7, 9 and 11, and 8, 10, 12 and 13 start from."""


def clef_pretrain_images_clip() -> Run:
    """Stage 1 of rows 7, 9 and 11 from CLIP: PI."""
    run = clef_pretrain_clip()
    method = ClefPretrain(text=ClipText(model=CLIP), texts=False, joint=None)
    return replace(run, name="clef-pretrain-images-clip", method=method)


def clef_pretrain_clip() -> Run:
    """Stage 1 of rows 8, 10, 12 and 13 from CLIP: PI and PA."""
    return Run(
        name="clef-pretrain-clip",
        method=ClefPretrain(text=ClipText(model=CLIP), joint=None),
        backbone=ClipImage(model=CLIP),
        data=DataPlan(activities="bp4d", sampler=ActivityBalanced()),
        optimiser=_rates(),
        epochs=5,
        batch=64,
    )


def clef_r1_clip() -> Run:
    """Row 1 from CLIP: image head."""
    return _image_row(1)


def clef_r2_clip() -> Run:
    """Row 2 from CLIP: N."""
    return _text_row(2, names=True, descriptions=False)


def clef_r3_clip() -> Run:
    """Row 3 from CLIP: N and D."""
    return _text_row(3, names=True, descriptions=True)


def clef_r4_farl() -> Run:
    """Row 4 from FaRL: image head."""
    return replace(_image_row(4), name="clef-r4-farl", backbone=FarlImage(file=FARL))


def clef_r5_farl() -> Run:
    """Row 5 from FaRL: N."""
    return _farl_row(5, names=True, descriptions=False)


def clef_r6_farl() -> Run:
    """Row 6 from FaRL: N and D."""
    return _farl_row(6, names=True, descriptions=True)


def clef_r7_clip() -> Run:
    """Row 7: PI, image head."""
    return _image_row(7, init=IMAGES)


def clef_r8_clip() -> Run:
    """Row 8: PI and PA, image head."""
    return _image_row(8, init=BOTH)


def clef_r9_clip() -> Run:
    """Row 9: PI, N."""
    return _text_row(9, names=True, descriptions=False, init=IMAGES)


def clef_r10_clip() -> Run:
    """Row 10: PI and PA, N."""
    return _text_row(10, names=True, descriptions=False, init=BOTH)


def clef_r11_clip() -> Run:
    """Row 11: PI, N and D."""
    return _text_row(11, names=True, descriptions=True, init=IMAGES)


def clef_r12_clip() -> Run:
    """Row 12: PI and PA, D."""
    return _text_row(12, names=False, descriptions=True, init=BOTH)


def clef_r13_clip() -> Run:
    """Row 13: PI and PA, N and D; the whole of CLEF."""
    return _text_row(13, names=True, descriptions=True, init=BOTH)


def _text_row(number: int, *, names: bool, descriptions: bool, init: str | None = None) -> Run:
    return _tuned(
        f"clef-r{number}-clip",
        ClipImage(model=CLIP),
        ClipText(model=CLIP),
        names=names,
        descriptions=descriptions,
        init=init,
    )


def _farl_row(number: int, *, names: bool, descriptions: bool) -> Run:
    return _tuned(
        f"clef-r{number}-farl",
        FarlImage(file=FARL),
        FarlText(file=FARL),
        names=names,
        descriptions=descriptions,
        init=None,
    )


def _tuned(
    name: str,
    backbone: Backbone,
    text: TextTower,
    *,
    names: bool,
    descriptions: bool,
    init: str | None,
) -> Run:
    """Stage 2; after a stage 1 with texts its text encoder comes along (our choice)."""
    method = ClefFinetune(text=text, names=names, descriptions=descriptions, joint=None, scale=20.0)
    if init == BOTH:
        method = replace(method, inherit=("encoder", "text"))
    return Run(
        name=name,
        method=method,
        backbone=backbone,
        optimiser=_rates(),
        epochs=10,
        batch=64,
        init=init,
    )


def _image_row(number: int, *, init: str | None = None) -> Run:
    run = _text_row(number, names=True, descriptions=True)
    return replace(run, method=Supervised(), init=init)


def _rates() -> Optimiser:
    return Optimiser(lr_image=5e-6, lr_text=5e-6, lr_head=1e-3)
