"""Cached gradients: a large contrastive batch in the memory of a small one, exactly.

GradCache (Gao et al., 2021, arXiv 2101.06983, section 3.2): embed each micro-batch without
a graph, take the loss's gradient at the embeddings, then embed again with a graph and chain.
Random layers see the same numbers both times. Batch statistics would differ, so a network
with live BatchNorm is refused (see `train.py`).
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import torch
from torch import Tensor

from mien.data.batch import Batch
from mien.methods.method import MethodModule, Step


def cached_backward(
    module: MethodModule,
    parts: Sequence[Batch],
    whole: Batch,
    *,
    computing: Callable[[], AbstractContextManager[object]],
) -> Step:
    """Back-propagate the objective on `whole`, holding one micro-batch's graph at a time.

    Gradients are added to the module's parameters; across ranks they still must be averaged.

    Args:
        module: the method; its `embed` must treat samples independently.
        parts: the micro-batches, in order; together they are `whole`.
        whole: this rank's batch, for the objective (its views are not used).
        computing: returns the precision context to compute in.
    """
    replays, pieces = [], []
    for part in parts:
        replays.append(_random_state())
        with torch.no_grad(), computing():
            pieces.append(module.embed(part))
    leaves = {name: _leaf([piece[name] for piece in pieces]) for name in pieces[0]}
    with computing():
        step = module.objective(leaves, _as_seen(whole, parts))
    step.loss.backward()
    after = _random_state()
    start = 0
    for part, piece, replay in zip(parts, pieces, replays, strict=True):
        count = len(next(iter(piece.values())))
        rows = slice(start, start + count)
        start += count
        _restore(replay)
        with computing():
            again = module.embed(part)
        _chain(
            again, {name: leaf.grad[rows] for name, leaf in leaves.items() if leaf.grad is not None}
        )
    _restore(after)
    return step


def _as_seen(whole: Batch, parts: Sequence[Batch]) -> Batch:
    """The whole batch with left and right as its parts' first views show them."""
    sided = [part.sided for part in parts if part.sided is not None]
    return replace(whole, sided=torch.cat(sided)) if len(sided) == len(parts) else whole


def _leaf(pieces: Sequence[Tensor]) -> Tensor:
    joined = torch.cat(list(pieces))
    return joined.requires_grad_() if joined.is_floating_point() else joined


def _chain(embeddings: dict[str, Tensor], grads: dict[str, Tensor]) -> None:
    names = [name for name in grads if embeddings[name].requires_grad]
    if names:
        torch.autograd.backward([embeddings[n] for n in names], [grads[n] for n in names])


def _random_state() -> list[Tensor]:
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
    return [torch.get_rng_state(), *cuda]


def _restore(state: list[Tensor]) -> None:
    torch.set_rng_state(state[0])
    if len(state) > 1:
        torch.cuda.set_rng_state_all(state[1:])
