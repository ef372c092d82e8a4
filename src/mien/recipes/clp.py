"""CLP (Li and Shan, TIP 2023) and the rows it is judged by: which part contributes what.

The paper's backbone, data and hyperparameters are not known to us. All rows share the net, the
training rows and the budget of `mien.recipes.self_supervised`; `clp-probe` and `clp-finetune` read
units off any of them (`--init runs/clp-full`), as `clp-imagenet`, `clp-random` and `clp-supervised`
do without.
"""

from dataclasses import replace

from mien.data.windows import ClipWindows
from mien.methods.adversary import Adversary
from mien.methods.clp import CLP
from mien.methods.labels import Weights
from mien.methods.probe import Probe
from mien.methods.supervised import Supervised
from mien.recipes.run import Optimiser, Run
from mien.recipes.self_supervised import FACES, MEMORY, MOMENTUM, NET, moco_v2, simclr

UNITS = Weights(au=1.0, expression=0.0)
"""Units alone, as in the paper."""
_FULL = CLP(memory=MEMORY, momentum=MOMENTUM, weight=0.1)
"""λ is .1 because validation people of lab-1 read better with it than with 1 (docs/clp.md)."""
_ALONE = replace(_FULL, weight=1.0)
"""Where only one of the two losses is on, nothing is weighed."""


def clp_full() -> Run:
    """CLP: TCL-A and CIR-v1."""
    run = simclr()
    data = replace(run.data, sampler=ClipWindows(frames=_FULL.frames))
    return replace(run, name="clp-full", method=_FULL, data=data, batch=FACES)


def clp_full_b() -> Run:
    """CLP with a chain in time: TCL-B and CIR-v1."""
    return _row("clp-full-b", replace(_FULL, temporal="chain", margin=0.03))


def clp_full_v2() -> Run:
    """CLP with contrast of what is reconstructed: TCL-A and CIR-v2."""
    return _row("clp-full-v2", replace(_FULL, reconstruction="infonce"))


def clp_tcl_a() -> Run:
    """Contrast in time alone: triplets."""
    return _row("clp-tcl-a", replace(_ALONE, reconstruction="off"))


def clp_tcl_b() -> Run:
    """Contrast in time alone: a ranking chain."""
    method = replace(_ALONE, temporal="chain", margin=0.03, reconstruction="off")
    return _row("clp-tcl-b", method)


def clp_cir_v1() -> Run:
    """Reconstruction across people alone: regression; nothing opposes collapse."""
    return _row("clp-cir-v1", replace(_ALONE, temporal="off"))


def clp_cir_v2() -> Run:
    """Reconstruction across people alone: contrast."""
    return _row("clp-cir-v2", replace(_ALONE, temporal="off", reconstruction="infonce"))


def clp_nomask() -> Run:
    """CLP whose reconstruction may use the same person's faces."""
    return _row("clp-nomask", replace(_FULL, mask=False))


def clp_notransform() -> Run:
    """CLP whose target is the frame as it is."""
    return _row("clp-notransform", replace(_FULL, transform=None))


def clp_nomomentum() -> Run:
    """CLP whose targets come from the encoder itself."""
    return _row("clp-nomomentum", replace(_FULL, momentum=0.0))


def clp_scaled() -> Run:
    """CLP whose margin grows with the difference in time."""
    return _row("clp-scaled", replace(_FULL, margin_grows=True))


def clp_simclr() -> Run:
    """Instance pairs on the same clips: SimCLR."""
    return replace(simclr(), name="clp-simclr")


def clp_moco() -> Run:
    """Instance pairs on the same clips: MoCo v2."""
    return replace(moco_v2(), name="clp-moco")


def clp_probe() -> Run:
    """A linear layer on a row's frozen encoder, units alone."""
    return replace(clp_imagenet(), name="clp-probe", init="runs/clp-full")


def clp_finetune() -> Run:
    """Labels teach a row's encoder, units alone."""
    return replace(clp_supervised(), name="clp-finetune", init="runs/clp-full")


def clp_supervised() -> Run:
    """Labels alone, from the same weights as all rows: what CLP is to come near."""
    return replace(
        simclr(),
        name="clp-supervised",
        method=Supervised(weights=UNITS),
        optimiser=Optimiser(lr_image=1e-3, lr_head=3e-3),
        batch=FACES,
    )


def clp_adversary() -> Run:
    """Labels, and a head that names the subject and is prevented from it (FMAE-IAT's part).

    Its weight is .03: with 1 the encoder outruns the head and unlearns the units, too
    (docs/baselines.md).
    """
    method = Supervised(weights=UNITS, adversary=Adversary(weight=0.03))
    return replace(clp_supervised(), name="clp-adversary", method=method)


def clp_imagenet() -> Run:
    """A linear layer on the weights that all rows begin with: the floor."""
    return replace(
        clp_supervised(),
        name="clp-imagenet",
        method=Probe(weights=UNITS),
        optimiser=Optimiser(lr_head=1e-2, weight_decay=0.0),
    )


def clp_random() -> Run:
    """A linear layer on random weights of the same net: below the floor."""
    return replace(clp_imagenet(), name="clp-random", backbone=replace(NET, weights=None))


def sweeps() -> tuple[Run, ...]:
    """`clp-full` with one number changed at a time: margin, memory, τ, λ, frames of a clip.

    The batch stays at 64 faces, save for clips of 6 frames, where it is 60.
    """
    found = [
        _row(f"clp-{name.replace('_', '-')}-{value:g}", replace(_FULL, **{name: value}))
        for name, values in (
            ("margin", (0.03, 0.2)),
            ("memory", (128, 2048)),
            ("temperature", (0.07, 0.2)),
            ("weight", (0.03, 0.3, 1.0)),
        )
        for value in values
    ]
    for frames in (3, 6, 8):
        run = _row(f"clp-frames-{frames}", replace(_FULL, frames=frames))
        data = replace(run.data, sampler=ClipWindows(frames=frames))
        found.append(replace(run, data=data, batch=FACES // frames * frames))
    return tuple(found)


def _row(name: str, method: CLP) -> Run:
    return replace(clp_full(), name=name, method=method)
