"""SSLFER's fine-tuning: the whole encoder and a head of three layers learn from labels.

Shu et al., BMVC 2022 (arXiv 2210.03853): categories by the balanced softmax, valence and arousal by
1 − CCC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from torch import nn

from mien.data.views import View
from mien.errors import MienError
from mien.methods.adversary import identity_head
from mien.methods.labels import AffectLoss, LabelledMethod, LabelLoss, Task, check_method
from mien.methods.scored import Scored
from mien.methods.sslfer_views import LABELLED
from mien.models.backbone import Backbone
from mien.models.seeded import seeded


@dataclass(frozen=True, kw_only=True)
class FineTune(LabelledMethod):
    """Labels teach the encoder and a head of three layers for each task.

    The head halves the width twice: 2048-1024-512-C for the paper's encoder.

    Raises:
        MienError: the dropout is not in 0 to below 1; as `check_method`.
    """

    dropout: float = 0.5
    """Share of features left out before each of the head's layers."""
    affect: AffectLoss = field(default_factory=lambda: AffectLoss(smooth=False))
    """Loss of valence and arousal: one minus the CCC of each."""
    view: View = LABELLED
    """How an image is altered before the encoder sees it."""

    def __post_init__(self) -> None:
        check_method(self)
        if not 0 <= self.dropout < 1:
            raise MienError(f"a dropout of {self.dropout}", remedy="give 0 or more, below 1")

    def build(self, backbone: Backbone, *, seed: int) -> Scored:
        """Encoder and heads drawn from `seed`."""
        encoder = backbone.build(seed=seed)
        return Scored(
            encoder,
            _heads(encoder.width, self.labels, dropout=self.dropout, seed=seed + 1),
            losses=LabelLoss(weights=self.weights, imbalance=self.imbalance, affect=self.affect),
            adversary=identity_head(self.adversary, encoder.width, seed=seed + 2),
        )

    def blank(self) -> "FineTune":
        """The config itself: it reads no weights."""
        return replace(self)


def _heads(width: int, labels: Mapping[Task, int], *, dropout: float, seed: int) -> nn.ModuleDict:
    with seeded(seed):
        return nn.ModuleDict({task: _head(width, n, dropout) for task, n in labels.items()})


def _head(width: int, labels: int, dropout: float) -> nn.Sequential:
    """Dropout before each layer, ReLU before the first two, none before the last (as released)."""
    half, quarter = max(1, width // 2), max(1, width // 4)
    return nn.Sequential(
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(width, half),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(half, quarter),
        nn.Dropout(dropout),
        nn.Linear(quarter, labels),
    )
