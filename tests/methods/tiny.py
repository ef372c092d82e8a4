"""Tiny towers, tiny batches, and a list of every method in every mode."""

from dataclasses import replace

import torch
from torch.nn import functional

from mien import facs
from mien.data.batch import Batch
from mien.methods.across import Across
from mien.methods.adversary import Adversary
from mien.methods.byol import BYOL
from mien.methods.clef_stage1 import ClefPretrain
from mien.methods.clef_stage2 import ClefFinetune
from mien.methods.clp import CLP
from mien.methods.finetune import FineTune
from mien.methods.labels import AffectLoss, Imbalance, LabelledMethod, Weights
from mien.methods.mask_fn import MaskFN
from mien.methods.method import Method, MethodModule
from mien.methods.moco import MoCo
from mien.methods.ours import Ours
from mien.methods.probe import Probe
from mien.methods.prompting import Prompting
from mien.methods.simclr import SimCLR
from mien.methods.sslfer import SslFer
from mien.methods.supcon import SupCon
from mien.methods.supervised import Supervised
from mien.methods.text_reader import TextReader
from mien.methods.time_contrast import TimeContrast
from mien.models.small64 import Small64
from mien.models.tiny_text import TinyText

SIZE = 32
BACKBONE = Small64(size=SIZE, channels=(8, 8, 8, 16, 16))
WIDE = Small64(size=SIZE, channels=(8, 8, 8, 8, 24))
BACKBONES = {"narrow": BACKBONE, "wide": WIDE}
TEXT = TinyText(dim=16, depth=1, heads=2, tokens=64)
FROZEN = replace(TEXT, trainable=False)
TEXTS = {"trained": TEXT, "frozen": FROZEN}

AUS = (1, 4, 12)
EXPRESSIONS = ("neutral", "happiness", "anger")
EVERYTHING = Weights(au=1.0, expression=0.5, intensity=0.25, affect=2.0)
RARE = Imbalance(balance=True, positive_weights=(1.0, 2.0, 3.0), expression_counts=(9.0, 5.0, 1.0))
HIDING = Adversary(weight=0.3, subjects=6)
ACROSS = Across(memory=6, momentum=0.9, dim=16)
BOTH_TEMPLATES = Prompting(templates=facs.NAME_TEMPLATES, use="ensemble")
LABELS = {"aus": AUS, "expressions": EXPRESSIONS, "weights": EVERYTHING}


def pretrain(**options) -> ClefPretrain:
    return ClefPretrain(**{"text": TEXT, "joint": 16, **options})


def finetune(**options) -> ClefFinetune:
    return ClefFinetune(**{"text": TEXT, "joint": 16, **LABELS, **options})


def clp(**options) -> CLP:
    """Clips of three frames, four of which fill two thirds of the memory."""
    return CLP(**{"frames": 3, "memory": 6, "momentum": 0.9, "dim": 16, **options})


def self_supervised() -> dict[str, Method]:
    heads = {"hidden": 16, "dim": 8}
    return {
        "clp": clp(),
        "clp chain infonce": clp(temporal="chain", reconstruction="infonce"),
        "clp one pair": clp(
            pairs="one", margin_grows=True, mask=False, transform=None, variance=0.5, momentum=0.0
        ),
        "clp time": clp(reconstruction="off", dim=None),
        "clp across": clp(temporal="off"),
        "simclr": SimCLR(**heads),
        "simclr chunked": SimCLR(**heads, norm=False, chunk=5),
        "moco": MoCo(**heads, memory=16, momentum=0.9),
        "byol": BYOL(**heads, momentum=0.9),
        "supcon": SupCon(**heads, expressions=EXPRESSIONS),
        "time contrast": TimeContrast(**heads),
        "sslfer": SslFer(dim=8),
        "sslfer M": SslFer(dim=8, mask=MaskFN(descriptor=BACKBONE)),
        "sslfer M as released": SslFer(
            dim=8,
            hidden=8,
            mask=MaskFN(descriptor=BACKBONE, exclude_own_clip=False, skip_faceless=False),
        ),
        "ours": Ours(dim=8, across=ACROSS, adversary=HIDING),
        "ours, own negatives": Ours(dim=8, same=3.0, across=replace(ACROSS, form="cosine")),
        "ours, no own negatives": Ours(dim=8, hidden=8, same=0.0),
    }


def every_method() -> dict[str, Method]:
    return self_supervised() | {
        "clef-1": pretrain(learn_temperature=True),
        "clef-1 PI": pretrain(texts=False),
        "clef-1 PA": pretrain(images=False, text_to_image=True),
        "clef-1 all options": pretrain(
            own_view=False,
            same_subject="ignored",
            symmetric=True,
            text_to_image=True,
            activities="bp4d+bp4d-plus",
            merge="state",
        ),
        "clef-1 across": pretrain(same_subject="negative", learn_temperature=True),
        "clef-1 instance": pretrain(pairing="instance"),
        "clef-2 I": finetune(names=False, descriptions=False),
        "clef-2 N": finetune(descriptions=False, au_bias="unit"),
        "clef-2 D": finetune(names=False),
        "clef-2 ND": finetune(),
        "clef-2 ND pair": finetune(au_form="pair", shuffle=False, imbalance=RARE),
        "clef-2 AU only": finetune(expressions=()),
        "clef-2 unprojected": finetune(joint=None),
        "clef-2 words": finetune(intensity_form="words"),
        "clef-2 ensemble": finetune(prompting=BOTH_TEMPLATES),
        "clef-2 context": finetune(prompting=Prompting(context=3), text=FROZEN),
        "supervised": Supervised(**LABELS, imbalance=RARE),
        "supervised, hiding people": Supervised(**LABELS, adversary=HIDING),
        "clef-2 ND, hiding people": finetune(adversary=HIDING),
        "clef-2 I, hiding people": finetune(names=False, descriptions=False, adversary=HIDING),
        "text reader": TextReader(**LABELS, text=FROZEN, joint=16),
        "text reader, labels alone": TextReader(**LABELS, text=FROZEN, joint=16, statements=0.0),
        "text reader, hiding people": TextReader(**LABELS, text=FROZEN, joint=16, adversary=HIDING),
        "probe": Probe(**LABELS),
        # Dropout would differ between two readings of one batch; test_finetune has it.
        "fine-tune": FineTune(**LABELS, dropout=0.0, imbalance=RARE),
        "fine-tune, hiding people": FineTune(**LABELS, dropout=0.0, adversary=HIDING),
        "fine-tune as released": FineTune(
            **LABELS, dropout=0.0, affect=AffectLoss(smooth=False, mixed=True)
        ),
        "plain probe": Probe(**LABELS, standardise=False),
    }


def labelled_methods() -> dict[str, Method]:
    return {k: m for k, m in every_method().items() if isinstance(m, LabelledMethod)}


def warm(module: MethodModule, batch: Batch) -> MethodModule:
    """The module once its memory, if it has one, is full; no weight has moved."""
    for step in range(2):
        module(batch)
        module.after_step(step)
    return module


def batch(
    count: int = 12, *, seed: int = 0, views: int = 2, dtype=torch.float32, labels=torch.float32
) -> Batch:
    """Noise images, half of them brighter, and labels that partly follow from that."""
    generator = torch.Generator().manual_seed(seed)
    bright = torch.arange(count) % 2
    pixels = torch.rand(count, views, 3, SIZE, SIZE, generator=generator)
    pixels = (pixels * 0.6 + 0.4 * bright[:, None, None, None, None]).to(dtype)
    images = (pixels[:, 0] * 255).to(torch.uint8)
    occurrence = torch.randint(0, 2, (count, 3), generator=generator).float()
    occurrence[:, 0] = bright
    hidden = torch.rand(count, 3, generator=generator) < 0.2
    intensity = torch.rand(count, 3, generator=generator) * 5
    affect = torch.rand(count, 2, generator=generator) * 2 - 1
    affect[:2] = float("nan")
    activity = torch.randint(0, 4, (count,), generator=generator) * 2 + bright
    activity[1] = -1
    expression = torch.randint(0, 3, (count,), generator=generator)
    expression[2] = -1
    patches = torch.randint(0, 256, (count, 2, 3, SIZE, SIZE), generator=generator)
    return Batch(
        images=images,
        views=pixels,
        subject=torch.arange(count) // 3,
        clip=torch.arange(count),
        activity=activity,
        occurrence=occurrence.masked_fill(hidden, float("nan")).to(labels),
        intensity=intensity.masked_fill(hidden, float("nan")).to(labels),
        expression=expression,
        affect=affect.to(labels),
        index=torch.arange(count),
        seed=seed,
        patches=patches.to(torch.uint8),
        faced=torch.arange(count) % 5 != 2,
    )


def unit(rows: torch.Tensor) -> torch.Tensor:
    """Rows at length 1, by torch's own function."""
    return functional.normalize(rows, dim=-1)
