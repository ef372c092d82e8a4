"""BYOL: one view of a face predicts what a slow network says of the other; nothing repels.

Grill et al., 2020 (arXiv 2006.07733).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn

from mien.data.batch import Batch
from mien.data.views import View, ViewDraw, draw
from mien.errors import MienError
from mien.losses.cross_identity import cosine_rows
from mien.methods.augment import CONTRAST
from mien.methods.groups import parameter_groups
from mien.methods.health import Health, spread_floors, spread_logs
from mien.methods.joint import projected
from mien.methods.method import Method, MomentumModule, Step
from mien.methods.mlp import mlp
from mien.methods.pixels import every_view, paired
from mien.methods.slow import slow_copy
from mien.models.backbone import Backbone, ImageEncoder
from mien.models.momentum import follow


@dataclass(frozen=True, kw_only=True)
class BYOL(Method):
    """Prediction of a slow network's output across views.

    Raises:
        MienError: the momentum lies outside 0 to 1.
    """

    momentum: float = 0.99
    """τ: how much of the slow network stays at each step; the paper raises it along the run, we
    keep it (our choice)."""
    hidden: int = 256
    """Width of the hidden layers of projector and predictor."""
    dim: int = 128
    """Width of what is compared."""
    view: View = CONTRAST
    """How an image is altered, twice; the paper's two views differ in their odds."""
    health: Health = field(default_factory=Health)
    """When the embedding counts as collapsed."""

    def __post_init__(self) -> None:
        if not 0 <= self.momentum <= 1:
            raise MienError(f"a momentum of {self.momentum} will not do", remedy="give 0 to 1")

    @property
    def views(self) -> int:
        """Two views of each image."""
        return 2

    def draw(self, rows: int, *, generator: torch.Generator) -> ViewDraw:
        """Two views of every image, each by itself."""
        return draw(self.view, 2, batch=rows, generator=generator)

    def build(self, backbone: Backbone, *, seed: int) -> "BYOLModule":
        """Encoder, projector and predictor drawn from `seed`; slow copies of the first two."""
        return BYOLModule(self, backbone.build(seed=seed), seed=seed + 1)

    def blank(self) -> "BYOL":
        """The config itself: it reads no weights."""
        return replace(self)


class BYOLModule(MomentumModule):
    """BYOL at work."""

    def __init__(self, method: BYOL, encoder: ImageEncoder, *, seed: int) -> None:
        super().__init__()
        self.method = method
        self.encoder = encoder
        hidden, dim = method.hidden, method.dim
        self.head = mlp(encoder.width, hidden, dim, seed=seed, norm=True)
        self.predictor = mlp(dim, hidden, dim, seed=seed + 1, norm=True)
        self.slow_encoder, self.slow_head = slow_copy(encoder), slow_copy(self.head)

    def embed(self, batch: Batch) -> dict[str, Tensor]:
        """`features` (batch, 2, dim) of both views, and the slow encoder's, `slow`."""
        views = paired(every_view(batch))
        shape, flat = views.shape[:2], views.flatten(0, 1)
        with torch.no_grad():
            slow = self.slow_encoder(flat).unflatten(0, shape)
        return {"features": self.encoder(flat).unflatten(0, shape), "slow": slow}

    def objective(self, embeddings: Mapping[str, Tensor], batch: Batch) -> Step:  # noqa: ARG002
        """Eq. 2 in both directions, added."""
        loss, seen = [], []
        for one, other in ((0, 1), (1, 0)):
            face = self.head(embeddings["features"][:, one])
            with torch.no_grad():
                target = projected(self.slow_head, embeddings["slow"][:, other].detach())
            said = projected(self.predictor, face)
            loss.append(cosine_rows(said, target).mean())
            seen.append(said)
        floors = spread_floors(self.method.health, remedy="raise method.momentum")
        return Step(torch.stack(loss).sum(), spread_logs(seen[0]), floors)

    def after_step(self, step: int) -> None:  # noqa: ARG002 - the loop's signature
        """The slow copies follow."""
        follow(self.slow_encoder, self.encoder, decay=self.method.momentum)
        follow(self.slow_head, self.head, decay=self.method.momentum)

    def catch_up(self) -> None:
        """Slow copies become copies."""
        follow(self.slow_encoder, self.encoder, decay=0.0)
        follow(self.slow_head, self.head, decay=0.0)

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """The encoder as `image`, projector and predictor as `head`."""
        return parameter_groups(self)
