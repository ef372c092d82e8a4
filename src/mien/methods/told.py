"""What teachers say of a face as columns, and the loss of a pupil that is to say the same.

Distillation (Hinton, Vinyals and Dean, 2015, arXiv 1503.02531) on stored probabilities, at
temperature 1: teachers look once, at the undisturbed picture and its mirror image.
"""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from mien.losses.gather import masked_mean
from mien.losses.similarity import at_least_single
from mien.methods.labels import TASKS, Task, activation


def columns(labels: Mapping[Task, int]) -> dict[Task, slice]:
    """Where each task's predictions stand in a row of what is told, in the order of `TASKS`."""
    found: dict[Task, slice] = {}
    start = 0
    for task in TASKS:
        if task in labels:
            found[task] = slice(start, start + labels[task])
            start += labels[task]
    return found


def told_loss(
    scores: Mapping[Task, Tensor], told: Float[Tensor, "batch told"]
) -> dict[Task, Tensor]:
    """Each task's loss against what is told; NaN is not told.

    Units and expressions: cross-entropy with the teacher's probabilities. Intensity and affect:
    smooth L1.

    Args:
        scores: raw scores of the pupil.
        told: predictions, not scores, in `columns`.
    """
    places = columns({task: values.shape[1] for task, values in scores.items()})
    losses: dict[Task, Tensor] = {}
    for task, place in places.items():
        mine, theirs = at_least_single(scores[task]), at_least_single(told[:, place])
        known = ~theirs.isnan()
        target = torch.where(known, theirs, 0.0)
        if task == "au":
            each = functional.binary_cross_entropy_with_logits(mine, target, reduction="none")
        elif task == "expression":
            each = -target * mine.log_softmax(1) * target.shape[1]
        else:
            each = functional.smooth_l1_loss(activation(task)(mine), target, reduction="none")
        losses[task] = masked_mean(each, known)
    return losses
