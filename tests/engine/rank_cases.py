"""Runs whose weights two ranks and one process must share, by name."""

from dataclasses import replace

from engine import tiny
from mien.data.cutmix import CutMix
from mien.data.edits import Edits
from mien.data.tuples import Tuples
from mien.methods.mask_fn import MaskFN
from mien.methods.sslfer import SslFer
from mien.models.vit import ViT

# A smooth net: at a ReLU's kink rounding alone can change a gradient visibly.
_SMOOTH = ViT(model="mini", size=32)

# Frames of the tiny store lie 0.24 s apart: so do hard negatives at this rate.
_TUPLES = replace(tiny.PLAN, sampler=Tuples(rate=50.0), edits=Edits(cutmix=CutMix(), patches=True))
_SSLFER = SslFer(dim=8, mask=MaskFN(descriptor=tiny.BACKBONE, skip_faceless=False))

CASES = {
    "pretrain": tiny.pretrain(steps=3, backbone=_SMOOTH),
    "pretrain-cached": tiny.pretrain(steps=3, backbone=_SMOOTH, accumulation=2),
    "finetune": tiny.finetune(steps=3, backbone=_SMOOTH),
    "finetune-cached": tiny.finetune(steps=3, backbone=_SMOOTH, accumulation=4),
    "supervised": tiny.supervised(steps=3, backbone=_SMOOTH),
    "sslfer": tiny.supervised(steps=3, backbone=_SMOOTH, method=_SSLFER, data=_TUPLES),
    "sslfer-cached": tiny.supervised(
        steps=3, backbone=_SMOOTH, method=_SSLFER, data=_TUPLES, accumulation=2
    ),
    "probe": tiny.probe(steps=3, backbone=_SMOOTH),
}
