"""Linear probe: what a frozen encoder's features say about the labels."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from mien.data.batch import Batch
from mien.data.views import View
from mien.errors import MienError
from mien.methods.augment import LABELLED
from mien.methods.groups import parameter_groups
from mien.methods.labels import LabelledMethod, LabelLoss, check_method
from mien.methods.method import PredictingModule, Step
from mien.methods.pixels import first_view
from mien.methods.reader import ExportedReader, Reader
from mien.methods.scorers import by_task, linear_scorers
from mien.methods.standardise import Standardise
from mien.models.backbone import Backbone, ImageEncoder


@dataclass(frozen=True, kw_only=True)
class Probe(LabelledMethod):
    """A linear layer per task on the features of an encoder that does not learn."""

    view: View = LABELLED
    """How an image is altered before the encoder sees it."""
    standardise: bool = True
    """Standardise features first, without scale and shift, as is usual for probes
    (He et al., 2022, arXiv 2111.06377, appendix A.1); the probe stays linear."""

    def __post_init__(self) -> None:
        check_method(self)
        if self.adversary.weight:
            raise MienError(
                "a frozen encoder cannot learn to hide who is shown",
                remedy="leave the adversary out, or fine-tune (Supervised)",
            )

    def build(self, backbone: Backbone, *, seed: int) -> "ProbeModule":
        """Encoder and linear layers drawn from `seed`."""
        return ProbeModule(self, backbone.build(seed=seed), seed=seed + 1)

    def blank(self) -> "Probe":
        """The config itself: it reads no weights."""
        return replace(self)


class ProbeModule(PredictingModule):
    """The linear probe at work."""

    def __init__(self, method: Probe, encoder: ImageEncoder, *, seed: int) -> None:
        super().__init__()
        self.encoder = encoder.requires_grad_(requires_grad=False)
        self.standardise = Standardise(encoder.width) if method.standardise else nn.Identity()
        self.scorers = linear_scorers(encoder.width, method.labels, seed=seed)
        self.losses = LabelLoss(weights=method.weights, imbalance=method.imbalance)

    def embed(self, batch: Batch) -> dict[str, Tensor]:
        """`features` (batch, dim) of the first view, without a gradient."""
        self.encoder.eval()
        with torch.no_grad():
            return {"features": self.encoder(first_view(batch))}

    def objective(self, embeddings: Mapping[str, Tensor], batch: Batch) -> Step:
        """The weighted sum of the tasks' losses."""
        features = self.standardise(embeddings["features"])
        scores = {task: scorer(features) for task, scorer in by_task(self.scorers).items()}
        return self.losses(scores, batch)

    def after_step(self, step: int) -> None:
        """Nothing follows a step."""

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """The linear layers as `head`; nothing else learns."""
        return parameter_groups(self)

    def reader(self) -> Reader:
        """The encoder, its standardised features and the linear layers."""
        return Reader(
            self.encoder,
            {
                task: nn.Sequential(self.standardise, scorer)
                for task, scorer in by_task(self.scorers).items()
            },
        )

    @property
    def output_names(self) -> tuple[str, ...]:
        """The tasks that are read."""
        return tuple(by_task(self.scorers))

    def export_module(self) -> ExportedReader:
        """The reader on raw pixels."""
        return ExportedReader(self.reader())
