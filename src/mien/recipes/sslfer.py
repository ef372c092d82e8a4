"""SSLFER (Shu et al., BMVC 2022): the paper's rows, from SimCLR to everything at once.

T is TimeAug, H HardNeg, S FaceSwap, M MaskFN. All rows share the net, the training rows and the
budget of `mien.recipes.self_supervised` (its `moco-v2` and `byol` are the paper's other rows): as
many steps of as many frames, whether a clip gives two of them or four. The temperature, the head,
the views and the strategies are the paper's; net, size, batch and rate are ours.

`sslfer-categories` and `sslfer-affect` fine-tune any of them (`--init runs/sslfer-g`);
`sslfer-categories-imagenet` and `sslfer-affect-imagenet` do without.
"""

from dataclasses import replace

from mien.data.component_mask import ComponentMask
from mien.data.cutmix import CutMix
from mien.data.edits import Edits
from mien.data.face_swap import FaceSwap
from mien.data.tuples import Tuples
from mien.methods.finetune import FineTune
from mien.methods.labels import Imbalance, Weights
from mien.methods.mask_fn import MaskFN
from mien.methods.sslfer import SslFer
from mien.recipes.run import DataPlan, Optimiser, Run
from mien.recipes.self_supervised import FACES, simclr

HOLD = 10 / 300
"""Share of the run in which the rate stays at its peak: ten of the paper's 300 epochs."""


def sslfer_simclr() -> Run:
    """SSLFER with all switches off: two views of one frame attract."""
    run = simclr()
    return replace(
        run,
        name="sslfer-simclr",
        method=SslFer(),
        data=DataPlan(
            sampler=Tuples(time=False, negatives="none"), edits=Edits(component=ComponentMask())
        ),
        optimiser=replace(run.optimiser, hold=HOLD),
        batch=FACES,
    )


def sslfer_a() -> Run:
    """SSLFER's row a: T."""
    return _row("a", Tuples(negatives="none"))


def sslfer_b() -> Run:
    """SSLFER's row b: T and H."""
    return _row("b", Tuples())


def sslfer_c() -> Run:
    """SSLFER's row c: T, H and CutMix."""
    return _row("c", Tuples(), cutmix=True)


def sslfer_d() -> Run:
    """SSLFER's row d: T, S and M."""
    return _row("d", Tuples(negatives="none"), swap=True, mask=True)


def sslfer_e() -> Run:
    """SSLFER's row e: T, H and S."""
    return _row("e", Tuples(), swap=True)


def sslfer_f() -> Run:
    """SSLFER's row f: T, H and M."""
    return _row("f", Tuples(), mask=True)


def sslfer_g() -> Run:
    """SSLFER's row g: T, H, S and M."""
    return _row("g", Tuples(), swap=True, mask=True)


def sslfer_categories() -> Run:
    """Expressions by the balanced softmax, from a row's encoder."""
    return replace(sslfer_categories_imagenet(), name="sslfer-categories", init="runs/sslfer-g")


def sslfer_affect() -> Run:
    """Valence and arousal by one minus CCC, from a row's encoder."""
    return replace(sslfer_affect_imagenet(), name="sslfer-affect", init="runs/sslfer-g")


def sslfer_categories_imagenet() -> Run:
    """Expressions by the balanced softmax, from ImageNet's weights, as the paper's first row."""
    method = FineTune(
        weights=Weights(au=0.0, expression=1.0), imbalance=Imbalance(count_expressions=True)
    )
    return replace(
        simclr(),
        name="sslfer-categories-imagenet",
        method=method,
        optimiser=Optimiser(lr_image=1e-3, lr_head=1e-3),
        batch=FACES,
    )


def sslfer_affect_imagenet() -> Run:
    """Valence and arousal by one minus CCC, from ImageNet's weights."""
    method = FineTune(weights=Weights(au=0.0, expression=0.0, affect=1.0))
    return replace(sslfer_categories_imagenet(), name="sslfer-affect-imagenet", method=method)


def _row(
    letter: str,
    sampler: Tuples,
    *,
    swap: bool = False,
    cutmix: bool = False,
    mask: bool = False,
) -> Run:
    run = sslfer_simclr()
    edits = replace(
        run.data.edits,
        swap=FaceSwap() if swap else None,
        cutmix=CutMix() if cutmix else None,
        patches=mask,
    )
    return replace(
        run,
        name=f"sslfer-{letter}",
        method=SslFer(mask=MaskFN() if mask else None),
        data=replace(run.data, sampler=sampler, edits=edits),
    )
