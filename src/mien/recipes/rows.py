"""The rows of CLEF's ablation table that need no FaRL: which term contributes what.

PI and PA are stage 1's image-image and image-text terms, N and D stage 2's names and
descriptions. The numbers are the paper's; initial weights are ImageNet's where it has CLIP's.
Rows 7, 9 and 11 start from `clef-pretrain-images`, rows 8, 10, 12 and 13 from `clef-pretrain`.
"""

from dataclasses import replace

from mien.methods.clef_stage2 import ClefFinetune
from mien.models.minilm import MiniLM
from mien.recipes.baselines import image_only
from mien.recipes.clef import clef_finetune, clef_no_stage1
from mien.recipes.run import Run

_IMAGES, _BOTH = "runs/clef-pretrain-images", "runs/clef-pretrain"


def row_1() -> Run:
    """No stage 1, image head: supervised from the initial weights."""
    return replace(image_only(), name="row-1")


def row_2() -> Run:
    """No stage 1, N."""
    return _row(2, names=True, descriptions=False, init=None)


def row_3() -> Run:
    """No stage 1, N and D."""
    return _row(3, names=True, descriptions=True, init=None)


def row_7() -> Run:
    """PI, image head."""
    return replace(image_only(), name="row-7", init=_IMAGES)


def row_8() -> Run:
    """PI and PA, image head."""
    return replace(image_only(), name="row-8", init=_BOTH)


def row_9() -> Run:
    """PI, N."""
    return _row(9, names=True, descriptions=False, init=_IMAGES)


def row_10() -> Run:
    """PI and PA, N."""
    return _row(10, names=True, descriptions=False, init=_BOTH)


def row_11() -> Run:
    """PI, N and D."""
    return _row(11, names=True, descriptions=True, init=_IMAGES)


def row_12() -> Run:
    """PI and PA, D."""
    return _row(12, names=False, descriptions=True, init=_BOTH)


def row_13() -> Run:
    """PI and PA, N and D: the whole of CLEF."""
    return replace(clef_finetune(), name="row-13")


def _row(number: int, *, names: bool, descriptions: bool, init: str | None) -> Run:
    method = ClefFinetune(text=MiniLM(), names=names, descriptions=descriptions)
    return replace(clef_no_stage1(), name=f"row-{number}", method=method, init=init)
