"""Image-only supervision: an encoder and a linear layer per task.

The baseline that text-driven methods are judged by, from the same initial weights (row r1 of
CLEF's ablation is this method on CLIP's image tower).
"""

from dataclasses import dataclass, replace

from mien.data.views import View
from mien.methods.adversary import identity_head
from mien.methods.augment import LABELLED
from mien.methods.labels import LabelledMethod, LabelLoss, check_method
from mien.methods.scored import Scored
from mien.methods.scorers import linear_scorers
from mien.models.backbone import Backbone


@dataclass(frozen=True, kw_only=True)
class Supervised(LabelledMethod):
    """Labels teach the encoder and a linear layer on top of it; no text, no contrast."""

    view: View = LABELLED
    """How an image is altered before the encoder sees it."""

    def __post_init__(self) -> None:
        check_method(self)

    def build(self, backbone: Backbone, *, seed: int) -> Scored:
        """Encoder and linear layers drawn from `seed`."""
        encoder = backbone.build(seed=seed)
        return Scored(
            encoder,
            linear_scorers(encoder.width, self.labels, seed=seed + 1),
            losses=LabelLoss(weights=self.weights, imbalance=self.imbalance),
            adversary=identity_head(self.adversary, encoder.width, seed=seed + 2),
        )

    def blank(self) -> "Supervised":
        """The config itself: it reads no weights."""
        return replace(self)
