"""Labels at work: an encoder and a scorer for each task learn from them, and read."""

from collections.abc import Mapping

from torch import Tensor, nn

from mien.data.batch import Batch
from mien.methods.adversary import IdentityHead, opposed
from mien.methods.groups import parameter_groups
from mien.methods.labels import LabelLoss
from mien.methods.method import PredictingModule, Step
from mien.methods.pixels import first_view
from mien.methods.reader import ExportedReader, Reader
from mien.methods.scorers import by_task, score
from mien.models.backbone import ImageEncoder


class Scored(PredictingModule):
    """What `Supervised` and `FineTune` train.

    Args:
        encoder: learns with everything else.
        scorers: from features to raw scores, by task.
        losses: of the scores.
        adversary: whom shown people are hidden from; None hides nobody.
    """

    def __init__(
        self,
        encoder: ImageEncoder,
        scorers: nn.ModuleDict,
        *,
        losses: LabelLoss,
        adversary: IdentityHead | None,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.scorers = scorers
        self.losses = losses
        self.adversary = adversary

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
        """The encoder as `image`, the scorers as `head`."""
        return parameter_groups(self)

    def reader(self) -> Reader:
        """The encoder and its scorers."""
        return Reader(self.encoder, by_task(self.scorers))

    @property
    def output_names(self) -> tuple[str, ...]:
        """The tasks that are read."""
        return tuple(by_task(self.scorers))

    def export_module(self) -> ExportedReader:
        """The reader on raw pixels."""
        return ExportedReader(self.reader())
