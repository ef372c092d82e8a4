"""Class counts of the training rows, for methods that ask for them."""

from dataclasses import replace

import numpy as np

from mien.data.loader import Labelled
from mien.methods.labels import LabelledMethod
from mien.recipes.run import Run


def counted(run: Run, train: Labelled) -> Run:
    """The run with its expressions counted, where its method wants that; else the run itself.

    The record of a run keeps the wish: the counts follow from the store and the split.
    """
    method = run.method
    if not isinstance(method, LabelledMethod) or not method.imbalance.count_expressions:
        return run
    expression = train.targets.expression
    counts = np.bincount(expression[expression >= 0], minlength=len(method.expressions))
    told = replace(
        method.imbalance,
        count_expressions=False,
        expression_counts=tuple(float(count) for count in counts),
    )
    return replace(run, method=replace(method, imbalance=told))
