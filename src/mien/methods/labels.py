"""What a face is read for, and the loss of every kind of label."""

from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mien import facs
from mien.data.batch import Batch
from mien.data.views import ViewDraw, draw
from mien.errors import MienError
from mien.losses.concordance import concordance_loss
from mien.losses.intensity import masked_intensity_loss
from mien.losses.multilabel import masked_binary_loss
from mien.losses.softmax import masked_softmax_loss
from mien.methods.adversary import Adversary
from mien.methods.method import Method, Step
from mien.methods.prompts import check_labels

Task = Literal["au", "intensity", "expression", "affect"]

TASKS: tuple[Task, ...] = ("au", "intensity", "expression", "affect")
"""Everything that is read, in the order of an exported model's outputs."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Factors of the tasks' losses in their sum; a task weighing 0 is not read at all."""

    au: float = 1.0
    """Occurrence of action units."""
    expression: float = 1.0
    """Expression class."""
    intensity: float = 0.0
    """Intensity of action units, 0 to 5 (our extension; no paper)."""
    affect: float = 0.0
    """Valence and arousal (our extension)."""

    def of(self, task: Task) -> float:
        """The weight of one task."""
        return {
            "au": self.au,
            "intensity": self.intensity,
            "expression": self.expression,
            "affect": self.affect,
        }[task]


@dataclass(frozen=True, kw_only=True)
class Imbalance:
    """What is done about labels that are rare; by default nothing."""

    balance: bool = False
    """Weigh each unit's positives and negatives equally within every global batch."""
    positive_weights: tuple[float, ...] = ()
    """A factor on the positive term of each unit; empty for 1."""
    expression_counts: tuple[float, ...] = ()
    """Training images per expression, for the balanced softmax; empty for the plain one."""
    count_expressions: bool = False
    """Take `expression_counts` from the run's training rows."""


@dataclass(frozen=True, kw_only=True)
class AffectLoss:
    """The loss of valence and arousal: 1 − CCC, and what is done to it."""

    smooth: bool = True
    """Add smooth L1, so that batches with hardly any spread teach, too (our choice)."""
    mixed: bool = False
    """One CCC of both dimensions together, as in SSLFER's released code, in place of one each."""
    integers: bool = False
    """Cut labels to whole numbers first, as in SSLFER's released code: most become 0."""

    def __call__(
        self, values: Float[Tensor, "batch 2"], affect: Float[Tensor, "batch 2"]
    ) -> Float[Tensor, ""]:
        """The loss of valence and arousal in −1..1; unknown ones are NaN."""
        target = affect.trunc() if self.integers else affect
        near = masked_intensity_loss(values, target) if self.smooth else 0.0
        if self.mixed:
            values, target = values.flatten()[:, None], target.flatten()[:, None]
        return near + concordance_loss(values, target)


@dataclass(frozen=True, kw_only=True)
class LabelledMethod(Method, ABC):
    """A method that learns from labels; the order of its labels is the order of its outputs."""

    aus: tuple[int, ...] = facs.DEMO_AUS
    """Units read: the columns of `Batch.occurrence` and of every unit output."""
    expressions: tuple[str, ...] = facs.EXPRESSIONS_7
    """Expressions read: the meaning of `Batch.expression`."""
    weights: Weights = field(default_factory=Weights)
    """How the tasks' losses are summed."""
    imbalance: Imbalance = field(default_factory=Imbalance)
    """What is done about rare labels."""
    adversary: Adversary = field(default_factory=Adversary)
    """Whether features are to hide who is shown; off by default."""

    @property
    def views(self) -> int:
        """One view of each image."""
        return 1

    @property
    def tables(self) -> dict[str, str]:
        """Tables beside the store that batches must carry, by name, and what they must mean."""
        return {}

    def draw(self, rows: int, *, generator: torch.Generator) -> ViewDraw:
        """A view of every image, each by itself."""
        return draw(self.view, self.views, batch=rows, generator=generator)

    @property
    def labels(self) -> dict[Task, int]:
        """The tasks that are read and the number of outputs of each, in the order of `TASKS`."""
        sizes: dict[Task, int] = {
            "au": len(self.aus),
            "intensity": len(self.aus),
            "expression": len(self.expressions),
            "affect": 2,
        }
        return {task: sizes[task] for task in TASKS if sizes[task] and self.weights.of(task)}


def check_method(method: LabelledMethod, *, described: bool = False) -> None:
    """Refuse a config whose labels or weights cannot be meant.

    Raises:
        MienError: names what is wrong.
    """
    check_labels(method.aus, method.expressions, described=described)
    if min(method.weights.of(task) for task in TASKS) < 0:
        raise MienError("a task weighs less than 0", remedy="give weights of 0 or more")
    if not method.labels:
        raise MienError("nothing is to be read", remedy="list labels and give their task a weight")
    if method.imbalance.count_expressions and method.imbalance.expression_counts:
        raise MienError(
            "expressions are counted and their counts given",
            remedy="give expression_counts or set count_expressions, not both",
        )
    for name, values, labels in (
        ("positive_weights", method.imbalance.positive_weights, method.aus),
        ("expression_counts", method.imbalance.expression_counts, method.expressions),
    ):
        if values and len(values) != len(labels):
            raise MienError(
                f"{name} has {len(values)} entries for {len(labels)} labels",
                remedy="give one entry per label, or none",
            )


class Intensity(nn.Module):
    """5·sigmoid: a score becomes an intensity, 0–5."""

    def forward(self, scores: Tensor) -> Tensor:
        """Intensities of raw scores."""
        return 5 * scores.sigmoid()


def activation(task: Task) -> nn.Module:
    """What turns a task's raw scores into its predictions."""
    return {
        "au": nn.Sigmoid(),
        "intensity": Intensity(),
        "expression": nn.Softmax(dim=-1),
        "affect": nn.Tanh(),
    }[task]


class LabelLoss(nn.Module):
    """The weighted sum of the tasks' losses.

    Units: `masked_binary_loss`. Expressions: `masked_softmax_loss`. Intensities: smooth L1.
    Affect: `AffectLoss`.
    """

    positive_weights: Tensor | None
    counts: Tensor | None

    def __init__(
        self, *, weights: Weights, imbalance: Imbalance, affect: AffectLoss | None = None
    ) -> None:
        super().__init__()
        self.weights = weights
        self.affect = affect or AffectLoss()
        self.balance = imbalance.balance
        positive, counts = imbalance.positive_weights, imbalance.expression_counts
        for name, values in (("positive_weights", positive), ("counts", counts)):
            buffer = torch.tensor(values) if values else None
            self.register_buffer(name, buffer, persistent=False)

    def forward(self, scores: Mapping[Task, Tensor], batch: Batch) -> Step:
        """The step of raw scores per task; every task's own loss is in the logs."""
        losses: dict[Task, Tensor] = {
            task: self._loss(task, values, batch) for task, values in scores.items()
        }
        total = torch.stack([self.weights.of(task) * loss for task, loss in losses.items()]).sum()
        logs = {f"loss/{task}": loss.detach() for task, loss in losses.items()}
        return Step(loss=total, logs=logs)

    def _loss(self, task: Task, scores: Tensor, batch: Batch) -> Tensor:
        if task == "au":
            return masked_binary_loss(
                scores,
                batch.occurrence,
                positive_weight=self.positive_weights,
                balance=self.balance,
            )
        if task == "expression":
            return masked_softmax_loss(scores, batch.expression, counts=self.counts)
        values = activation(task)(scores)
        if task == "intensity":
            return masked_intensity_loss(values, batch.intensity)
        return self.affect(values, batch.affect)
