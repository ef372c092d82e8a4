"""Image-only supervision: an encoder and a linear layer per task.

The baseline that text-driven methods are judged by, from the same initial weights (row r1 of
CLEF's ablation is this method on CLIP's image tower).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from torch import Tensor, nn

from mien.data.batch import Batch
from mien.data.views import View
from mien.methods.adversary import identity_head, opposed
from mien.methods.augment import LABELLED
from mien.methods.groups import parameter_groups
from mien.methods.labels import LabelledMethod, LabelLoss, check_method
from mien.methods.method import PredictingModule, Step
from mien.methods.pixels import first_view
from mien.methods.reader import ExportedReader, Reader
from mien.methods.scorers import by_task, linear_scorers, score
from mien.models.backbone import Backbone, ImageEncoder


@dataclass(frozen=True, kw_only=True)
class Supervised(LabelledMethod):
    """Labels teach the encoder and a linear layer on top of it; no text, no contrast."""

    view: View = LABELLED
    """How an image is altered before the encoder sees it."""

    def __post_init__(self) -> None:
        check_method(self)

    def build(self, backbone: Backbone, *, seed: int) -> "SupervisedModule":
        """Encoder and linear layers drawn from `seed`."""
        return SupervisedModule(self, backbone.build(seed=seed), seed=seed + 1)

    def blank(self) -> "Supervised":
        """The config itself: it reads no weights."""
        return replace(self)


class SupervisedModule(PredictingModule):
    """Image-only supervision at work."""

    def __init__(self, method: Supervised, encoder: ImageEncoder, *, seed: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.scorers = linear_scorers(encoder.width, method.labels, seed=seed)
        self.losses = LabelLoss(weights=method.weights, imbalance=method.imbalance)
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
        """The encoder as `image`, the linear layers as `head`."""
        return parameter_groups(self)

    def reader(self) -> Reader:
        """The encoder and its linear layers."""
        return Reader(self.encoder, by_task(self.scorers))

    @property
    def output_names(self) -> tuple[str, ...]:
        """The tasks that are read."""
        return tuple(by_task(self.scorers))

    def export_module(self) -> ExportedReader:
        """The reader on raw pixels."""
        return ExportedReader(self.reader())
