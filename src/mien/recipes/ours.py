"""Ours, no paper's: which sum of known parts reads units best and knows least of who is shown.

All rows share SSLFER's pairs of moments (`sslfer-a`: its views, temperature, covered components),
and the net, the training rows and the budget of `mien.recipes.self_supervised`; so they compare
with the rows of SSLFER, CLP and the baselines. `clp-probe` and `clp-finetune` read units off any of
them (`--init runs/ours-all`). Of their numbers only the encoder's rate, which all rows share, was
chosen by units (of validation people, one seed).
"""

from dataclasses import replace

from mien.data.face_swap import FaceSwap
from mien.data.tuples import Tuples
from mien.methods.across import Across
from mien.methods.adversary import Adversary
from mien.methods.ours import Ours, TimeMargin
from mien.recipes.run import Run
from mien.recipes.self_supervised import MEMORY, MOMENTUM
from mien.recipes.sslfer import sslfer_a

ADVERSARY = Adversary(weight=0.1, subjects=512)
"""FMAE-IAT's part, with places for the people of lab-1's medium size. The weight was chosen by
losses in training alone: at 1 the head's rose far above that of guessing (docs/ours.md)."""
ACROSS = Across(memory=MEMORY, momentum=MOMENTUM)
"""CLP's part in its contrasting form, with the memory and momentum of `clp-full`."""


def ours_swap() -> Run:
    """Ours, no paper's: moments near in time, the second in another person's head, attract."""
    return _row("swap", Ours())


def ours_swap_adversary() -> Run:
    """Ours, no paper's: swapped moments, and a head that names the subject and is prevented."""
    return _row("swap-adversary", Ours(adversary=ADVERSARY))


def ours_swap_cir() -> Run:
    """Ours, no paper's: swapped moments, each also rebuilt from other people's faces."""
    return _row("swap-cir", Ours(across=ACROSS))


def ours_all() -> Run:
    """Ours, no paper's: swapped moments, reconstruction across people, identity adversary."""
    return _row("all", Ours(across=ACROSS, adversary=ADVERSARY))


def ours_time_adversary() -> Run:
    """Ours, no paper's: moments near in time without any swap, and the identity adversary."""
    return _row("time-adversary", Ours(adversary=ADVERSARY), swap=False)


def ours_swap_hard() -> Run:
    """Ours, no paper's: swapped moments and hard negatives; the same person weighs fourfold."""
    return _row("swap-hard", Ours(same=4.0), sampler=Tuples())


def ours_swap_margin() -> Run:
    """Ours, no paper's: swapped moments and hard negatives, with a margin in time."""
    return _row("swap-margin", Ours(margin=TimeMargin()), sampler=Tuples())


def _row(name: str, method: Ours, *, swap: bool = True, sampler: Tuples | None = None) -> Run:
    run = sslfer_a()
    edits = replace(run.data.edits, swap=FaceSwap() if swap else None)
    data = replace(run.data, sampler=sampler or run.data.sampler, edits=edits)
    return replace(run, name=f"ours-{name}", method=method, data=data)
