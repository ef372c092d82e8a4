"""Runs whose weights two ranks and one process must share, by name."""

from engine import tiny
from mien.models.vit import ViT

# A smooth net: at a ReLU's kink rounding alone can change a gradient visibly.
_SMOOTH = ViT(model="mini", size=32)

CASES = {
    "pretrain": tiny.pretrain(steps=3, backbone=_SMOOTH),
    "pretrain-cached": tiny.pretrain(steps=3, backbone=_SMOOTH, accumulation=2),
    "finetune": tiny.finetune(steps=3, backbone=_SMOOTH),
    "finetune-cached": tiny.finetune(steps=3, backbone=_SMOOTH, accumulation=4),
    "supervised": tiny.supervised(steps=3, backbone=_SMOOTH),
    "probe": tiny.probe(steps=3, backbone=_SMOOTH),
}
