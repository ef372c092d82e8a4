"""Linear layers from features to raw scores, one per task."""

from collections.abc import Mapping

from jaxtyping import Float
from torch import Tensor, nn

from mien.methods.labels import TASKS, Task
from mien.models.seeded import seeded


def linear_scorers(width: int, labels: Mapping[Task, int], *, seed: int) -> nn.ModuleDict:
    """A linear layer per task from `width` features, drawn from `seed`."""
    with seeded(seed):
        return nn.ModuleDict({task: nn.Linear(width, count) for task, count in labels.items()})


def by_task(scorers: nn.ModuleDict) -> dict[Task, nn.Module]:
    """The scorers in the order of `TASKS`."""
    return {task: scorers[task] for task in TASKS if task in scorers}


def score(scorers: nn.ModuleDict, features: Float[Tensor, "batch dim"]) -> dict[Task, Tensor]:
    """Raw scores of every task that has a scorer."""
    return {task: scorer(features) for task, scorer in by_task(scorers).items()}
