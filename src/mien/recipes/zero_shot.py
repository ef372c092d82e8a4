"""Runs whose expressions are read unseen by `mien zero-shot`: told some, or told units alone.

After CLEF's stage 1 and, to compare, after SimCLR on the same faces; data, net and budget are those
of the rows at home. Their labels are kept from stage 2, not their words from stage 1: the
texts of activities name the emotions aimed at, unseen ones included, as we take the paper to do.
"""

from dataclasses import replace

from mien.methods.clef_stage2 import ClefFinetune
from mien.methods.labels import Weights
from mien.metrics.unseen import CLASS_SPLITS
from mien.recipes.rows_lab import SIMCLR, clef_r13_lab
from mien.recipes.run import Run


def clef_seen_a_lab() -> Run:
    """Four expressions seen, by CLEF in both stages; surprise, fear and disgust are left."""
    return _seen("a")


def clef_seen_a_simclr_lab() -> Run:
    """Four expressions seen, by stage 2 after SimCLR; surprise, fear and disgust are left."""
    return _from_simclr(_seen("a"))


def clef_units_lab() -> Run:
    """Units alone, by CLEF in both stages; all expressions are left."""
    run = clef_r13_lab()
    method = _method(run, Weights(au=1.0, expression=0.0), ())
    return replace(run, name="clef-units-lab", method=method)


def clef_units_simclr_lab() -> Run:
    """Units alone, by stage 2 after SimCLR; all expressions are left."""
    return _from_simclr(clef_units_lab())


def seen_study() -> tuple[Run, ...]:
    """Every committed split of the expressions, after either start."""
    runs = [_seen(name) for name in CLASS_SPLITS]
    return tuple(each for run in runs for each in (run, _from_simclr(run)))


def _seen(split: str) -> Run:
    """Expressions alone: labels of units would tell what unseen ones look like."""
    run = clef_r13_lab()
    weights = Weights(au=0.0, expression=1.0)
    method = _method(run, weights, CLASS_SPLITS[split].seen)
    return replace(run, name=f"clef-seen-{split}-lab", method=method)


def _method(run: Run, weights: Weights, expressions: tuple[str, ...]) -> ClefFinetune:
    assert isinstance(run.method, ClefFinetune)
    return replace(run.method, weights=weights, expressions=expressions)


def _from_simclr(run: Run) -> Run:
    method = replace(run.method, inherit=("encoder",))
    name = run.name.replace("-lab", "-simclr-lab")
    return replace(run, name=name, method=method, init=SIMCLR)
