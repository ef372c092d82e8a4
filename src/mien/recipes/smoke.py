"""Runs of seconds that need no assets: to see that a machine, a store or a change works.

A 32-pixel residual net and a byte-level text tower, both from random weights. They learn
something, not much.
"""

from dataclasses import replace

from mien.data.component_mask import ComponentMask
from mien.data.cutmix import CutMix
from mien.data.edits import Edits
from mien.data.face_swap import FaceSwap
from mien.data.samplers import ActivityBalanced
from mien.data.tuples import Tuples
from mien.data.windows import ClipWindows
from mien.methods.clef_stage1 import ClefPretrain
from mien.methods.clef_stage2 import ClefFinetune
from mien.methods.clp import CLP
from mien.methods.mask_fn import MaskFN
from mien.methods.probe import Probe
from mien.methods.sslfer import SslFer
from mien.methods.supervised import Supervised
from mien.models.small64 import Small64
from mien.models.tiny_text import TinyText
from mien.recipes.run import DataPlan, Optimiser, Run


def smoke_pretrain() -> Run:
    """CLEF stage 1 in seconds."""
    return Run(
        name="smoke-pretrain",
        method=ClefPretrain(text=_text(), joint=32),
        backbone=Small64(size=32, channels=(8, 16, 16, 24, 32)),
        data=DataPlan(activities="bp4d", sampler=ActivityBalanced()),
        optimiser=Optimiser(lr_text=1e-3),
        steps=20,
        batch=16,
        log_every=1,
    )


def smoke_finetune() -> Run:
    """CLEF stage 2 in seconds, from `smoke-pretrain`."""
    return replace(smoke_no_stage1(), name="smoke-finetune", init="runs/smoke-pretrain")


def smoke_no_stage1() -> Run:
    """CLEF stage 2 in seconds, from random weights."""
    return replace(
        smoke_pretrain(),
        name="smoke-no-stage1",
        method=ClefFinetune(text=_text(), joint=32),
        data=DataPlan(),
    )


def smoke_image_only() -> Run:
    """Labels alone, in seconds."""
    return replace(smoke_no_stage1(), name="smoke-image-only", method=Supervised())


def smoke_clp() -> Run:
    """CLP in seconds, on clips of three frames; its memory is full after two steps."""
    return replace(
        smoke_pretrain(),
        name="smoke-clp",
        method=CLP(frames=3, memory=8, momentum=0.9, dim=32),
        data=DataPlan(sampler=ClipWindows(frames=3)),
        batch=12,
    )


def smoke_sslfer() -> Run:
    """SSLFER with all its strategies, in seconds."""
    descriptor = Small64(size=64, channels=(8, 8, 8, 16, 16))
    return replace(
        smoke_pretrain(),
        name="smoke-sslfer",
        method=SslFer(mask=MaskFN(descriptor=descriptor), dim=32),
        data=DataPlan(
            sampler=Tuples(rate=25.0, frames_per_second=2.0),
            edits=Edits(swap=FaceSwap(), cutmix=CutMix(), component=ComponentMask(), patches=True),
        ),
    )


def smoke_probe() -> Run:
    """A linear probe in seconds, on `smoke-pretrain`."""
    return replace(
        smoke_no_stage1(), name="smoke-probe", method=Probe(), init="runs/smoke-pretrain"
    )


def _text() -> TinyText:
    return TinyText(dim=32, depth=1, heads=2)
