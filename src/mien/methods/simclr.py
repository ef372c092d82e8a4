"""SimCLR: two views of one face attract, all other faces repel.

Chen et al., 2020 (arXiv 2002.05709).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn

from mien.data.batch import Batch
from mien.data.views import View, ViewDraw, draw
from mien.errors import MienError
from mien.losses.nt_xent import nt_xent
from mien.methods.augment import CONTRAST
from mien.methods.groups import parameter_groups
from mien.methods.health import Health, spread_floors, spread_logs
from mien.methods.joint import projected
from mien.methods.method import Method, MethodModule, Step
from mien.methods.mlp import mlp
from mien.methods.pixels import every_view, paired
from mien.models.backbone import Backbone, ImageEncoder


@dataclass(frozen=True, kw_only=True)
class SimCLR(Method):
    """Instance discrimination with the batch's other faces as negatives.

    Raises:
        MienError: the temperature is not positive.
    """

    temperature: float = 0.1
    """τ (Eq. 1)."""
    hidden: int = 256
    """Width of the projection head's hidden layer."""
    dim: int = 128
    """Width of what is compared."""
    norm: bool = True
    """Batch norm in the head."""
    chunk: int | None = None
    """Faces compared at a time; None compares all at once (see `nt_xent`)."""
    view: View = CONTRAST
    """How an image is altered, twice."""
    health: Health = field(default_factory=Health)
    """When the embedding counts as collapsed."""

    def __post_init__(self) -> None:
        if self.temperature <= 0:
            raise MienError("the temperature is not positive", remedy="give a number above 0")

    @property
    def views(self) -> int:
        """Two views of each image."""
        return 2

    def draw(self, rows: int, *, generator: torch.Generator) -> ViewDraw:
        """Two views of every image, each by itself."""
        return draw(self.view, 2, batch=rows, generator=generator)

    def build(self, backbone: Backbone, *, seed: int) -> "SimCLRModule":
        """Encoder and head drawn from `seed`."""
        return SimCLRModule(self, backbone.build(seed=seed), seed=seed + 1)

    def blank(self) -> "SimCLR":
        """The config itself: it reads no weights."""
        return replace(self)


class SimCLRModule(MethodModule):
    """SimCLR at work."""

    def __init__(self, method: SimCLR, encoder: ImageEncoder, *, seed: int) -> None:
        super().__init__()
        self.method = method
        self.encoder = encoder
        self.head = mlp(encoder.width, method.hidden, method.dim, seed=seed, norm=method.norm)

    def embed(self, batch: Batch) -> dict[str, Tensor]:
        """`features` (batch, 2, dim) of both views."""
        views = paired(every_view(batch))
        features = self.encoder(views.flatten(0, 1))
        return {"features": features.unflatten(0, views.shape[:2])}

    def objective(self, embeddings: Mapping[str, Tensor], batch: Batch) -> Step:  # noqa: ARG002
        """NT-Xent."""
        faces = projected(self.head, embeddings["features"].flatten(0, 1))
        method, pairs = self.method, faces.unflatten(0, (-1, 2))
        loss = nt_xent(pairs, temperature=method.temperature, chunk=method.chunk)
        floors = spread_floors(method.health, remedy="lower method.temperature")
        return Step(loss, spread_logs(pairs[:, 0]), floors)

    def after_step(self, step: int) -> None:
        """Nothing follows a step."""

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """The encoder as `image`, the head as `head`."""
        return parameter_groups(self)
