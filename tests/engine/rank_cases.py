"""Runs whose weights two ranks and one process must share, by name."""

from dataclasses import replace

from engine import tiny
from mien.data.cutmix import CutMix
from mien.data.edits import Edits
from mien.data.tuples import Tuples
from mien.data.windows import ClipWindows
from mien.methods.across import Across
from mien.methods.adversary import Adversary
from mien.methods.byol import BYOL
from mien.methods.clp import CLP
from mien.methods.mask_fn import MaskFN
from mien.methods.moco import MoCo
from mien.methods.ours import Ours
from mien.methods.sslfer import SslFer
from mien.methods.supervised import Supervised
from mien.models.vit import ViT

# A smooth net: at a ReLU's kink rounding alone can change a gradient visibly.
_SMOOTH = ViT(model="mini", size=32)

# Frames of the tiny store lie 0.24 s apart: so do hard negatives at this rate.
_TUPLES = replace(tiny.PLAN, sampler=Tuples(rate=50.0), edits=Edits(cutmix=CutMix(), patches=True))
_SSLFER = SslFer(dim=8, mask=MaskFN(descriptor=tiny.BACKBONE, skip_faceless=False))

_OURS = Ours(
    dim=8,
    across=Across(memory=6, momentum=0.5, dim=16),
    adversary=Adversary(weight=0.5, subjects=8),
)

_CLIPS = replace(tiny.PLAN, sampler=ClipWindows(frames=3))
_CLP = CLP(frames=3, memory=6, momentum=0.5, dim=16)

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
    "ours": tiny.supervised(steps=3, backbone=_SMOOTH, method=_OURS, data=_TUPLES),
    "clp": tiny.supervised(steps=3, backbone=_SMOOTH, method=_CLP, data=_CLIPS, batch=12),
    "clp-cached": tiny.supervised(
        steps=3, backbone=_SMOOTH, method=_CLP, data=_CLIPS, batch=12, accumulation=2
    ),
    "moco": tiny.supervised(steps=3, backbone=_SMOOTH, method=MoCo(memory=12, momentum=0.5)),
    "byol": tiny.supervised(steps=3, backbone=_SMOOTH, method=BYOL(momentum=0.5), accumulation=2),
    "hiding": tiny.supervised(
        steps=3, backbone=_SMOOTH, method=Supervised(adversary=Adversary(weight=0.5))
    ),
    "probe": tiny.probe(steps=3, backbone=_SMOOTH),
}

RESUMED = {
    "resumed": tiny.pretrain(),
    "resumed-clp": tiny.supervised(steps=4, backbone=_SMOOTH, method=_CLP, data=_CLIPS, batch=12),
}
