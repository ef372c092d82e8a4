"""SSLFER's fine-tuning: the whole encoder and a head of three layers learn from labels.

Shu et al., BMVC 2022 (arXiv 2210.03853): categories by the balanced softmax, valence and arousal by
1 − CCC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from torch import Tensor, nn

from mien.data.batch import Batch
from mien.data.views import View
from mien.errors import MienError
from mien.methods.adversary import identity_head, opposed
from mien.methods.groups import parameter_groups
from mien.methods.labels import AffectLoss, LabelledMethod, LabelLoss, Task, check_method
from mien.methods.method import PredictingModule, Step
from mien.methods.pixels import first_view
from mien.methods.reader import ExportedReader, Reader
from mien.methods.scorers import by_task, score
from mien.methods.sslfer_views import LABELLED
from mien.models.backbone import Backbone, ImageEncoder
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

    def build(self, backbone: Backbone, *, seed: int) -> "FineTuneModule":
        """Encoder and heads drawn from `seed`."""
        return FineTuneModule(self, backbone.build(seed=seed), seed=seed + 1)

    def blank(self) -> "FineTune":
        """The config itself: it reads no weights."""
        return replace(self)


class FineTuneModule(PredictingModule):
    """Fine-tuning at work."""

    def __init__(self, method: FineTune, encoder: ImageEncoder, *, seed: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.scorers = _heads(encoder.width, method.labels, dropout=method.dropout, seed=seed)
        self.losses = LabelLoss(
            weights=method.weights, imbalance=method.imbalance, affect=method.affect
        )
        self.adversary = identity_head(method.adversary, encoder.width, seed=seed + 1)

    def embed(self, batch: Batch) -> dict[str, Tensor]:
        """`features` (batch, dim) of the first view."""
        return {"features": self.encoder(first_view(batch))}

    def objective(self, embeddings: Mapping[str, Tensor], batch: Batch) -> Step:
        """The weighted sum of the tasks' losses, and the adversary's."""
        features = embeddings["features"]
        step = self.losses(score(self.scorers, features), batch)
        return opposed(step, self.adversary, features, batch)

    def after_step(self, step: int) -> None:
        """Nothing follows a step."""

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """The encoder as `image`, the heads as `head`."""
        return parameter_groups(self)

    def reader(self) -> Reader:
        """The encoder and its heads."""
        return Reader(self.encoder, by_task(self.scorers))

    @property
    def output_names(self) -> tuple[str, ...]:
        """The tasks that are read."""
        return tuple(by_task(self.scorers))

    def export_module(self) -> ExportedReader:
        """The reader on raw pixels."""
        return ExportedReader(self.reader())


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
