"""What a run is busy with: module, optimiser, selection; how it begins, is kept, and ends."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from mien.engine import checkpoint, folder, optimise
from mien.engine.backward import parallelise, refuse_live_batch_norm
from mien.engine.checkpoint import State
from mien.engine.log import tell
from mien.engine.ranks import Ranks, agree, share_weights
from mien.engine.selection import Selection
from mien.errors import MienError
from mien.methods.initialise import initialise
from mien.methods.method import MethodModule
from mien.recipes.run import Run


@dataclass
class Work:
    """A run in progress, on one rank."""

    module: MethodModule
    """The method."""
    parallel: nn.Module
    """What to call for a step in one piece."""
    optimiser: torch.optim.Optimizer
    """AdamW over the module's parameters."""
    selection: Selection
    """The epoch chosen so far; filled on rank 0 only."""
    step: int
    """Optimiser steps taken."""


def begin(run: Run, out: Path, ranks: Ranks) -> Work:
    """Build the run's module, or restore it from the newest whole checkpoint.

    Raises:
        MienError: no checkpoint is whole; weights are missing; the module cannot be exact here.
    """
    # Rank 0 first: it puts damaged checkpoints aside, so that all ranks find the same.
    state = checkpoint.load(out, say=tell) if ranks.main else None
    agree([False], ranks)
    if not ranks.main:
        state = checkpoint.load(out, tidy=False)
    if state is None:
        module = run.method.build(run.backbone, seed=run.seed)
        if run.init is not None:
            initialise(module, run.init, parts=run.method.inherit)
    else:
        module = run.method.blank().build(run.backbone.blank(), seed=run.seed)
        load_weights(module, state, out)
    refuse_live_batch_norm(module, run, ranks)
    module.to(ranks.device)
    share_weights(module, ranks)
    optimiser = optimise.build(run.optimiser, module)
    selection, step = Selection(), 0
    if state is not None:
        optimise.restore(optimiser, module, state.optimiser)
        record = state.scalars["selection"]
        assert isinstance(record, dict)
        selection, step = Selection.restored(record, state.chosen), state.step
    if run.compile:
        module.encoder.compile()
    return Work(
        module=module,
        parallel=parallelise(module, run, ranks),
        optimiser=optimiser,
        selection=selection,
        step=step,
    )


def keep(out: Path, work: Work, ranks: Ranks) -> None:
    """Save a checkpoint (rank 0).

    Raises:
        MienError: the disk is full or read-only; earlier checkpoints are intact.
    """
    if ranks.main:
        checkpoint.save(out, _state(work, with_optimiser=True))


def finish(out: Path, work: Work, ranks: Ranks) -> None:
    """Write the final weights (rank 0), which makes the run finished.

    Raises:
        MienError: as `keep`.
    """
    if ranks.main:
        checkpoint.save_at(out / folder.FINAL, _state(work, with_optimiser=False))
    agree([False], ranks)


def load_weights(module: nn.Module, state: State, out: Path) -> None:
    """Put a checkpoint's weights into a module.

    Raises:
        MienError: names or shapes differ.
    """
    try:
        module.load_state_dict(dict(state.model))
    except RuntimeError as error:
        raise MienError(
            f"the weights do not fit the recipe: {error}",
            remedy="use the version of mien that trained this run",
            path=out,
        ) from error


def _state(work: Work, *, with_optimiser: bool) -> State:
    return State(
        step=work.step,
        model=work.module.state_dict(),
        optimiser=optimise.tensors(work.optimiser, work.module) if with_optimiser else {},
        scalars={"selection": work.selection.record()},
        chosen=work.selection.weights,
    )
