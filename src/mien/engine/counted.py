"""What methods ask of the training rows before they begin: class counts, a mean and a deviation."""

from dataclasses import replace
from typing import Final

import numpy as np
import torch

from mien.data.loader import Labelled
from mien.methods.labels import LabelledMethod
from mien.methods.method import MethodModule
from mien.methods.side import Side
from mien.recipes.run import Run

_ROWS: Final = 20_000
"""Rows that mean and deviation of a table are taken from, evenly spread."""


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


def acquaint(module: MethodModule, train: Labelled) -> None:
    """Give a module that reads geometry its mean and deviation over the training rows."""
    side, table = getattr(module, "side", None), train.tables.get("geometry")
    if isinstance(side, Side) and table is not None:
        every = max(1, len(table) // _ROWS)
        some = np.asarray(table[::every], np.float32)
        side.standardise(torch.from_numpy(some).to(side.mean.device))
