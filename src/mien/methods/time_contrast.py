"""Time contrast: a moment of a clip and one shortly before or after attract, all others repel.

SimCLR's loss (arXiv 2002.05709) on pairs of frames near in time in place of two views of one
image, as in time-contrastive networks (Sermanet et al., 2018, arXiv 1704.06888) with one camera.
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
from mien.methods.clip_anchors import check_clips
from mien.methods.groups import parameter_groups
from mien.methods.health import Health, spread_floors, spread_logs
from mien.methods.joint import projected
from mien.methods.method import Method, MethodModule, Step
from mien.methods.mlp import mlp
from mien.methods.pixels import first_view
from mien.models.backbone import Backbone, ImageEncoder


@dataclass(frozen=True, kw_only=True)
class TimeContrast(Method):
    """Instance discrimination of moments: rows 2i and 2i + 1 of a batch are a pair.

    Batches come from `mien.data.neighbours.ClipNeighbours` of 2 frames, which says how near.

    Raises:
        MienError: the temperature is not positive.
    """

    temperature: float = 0.1
    """τ."""
    hidden: int = 256
    """Width of the projection head's hidden layer."""
    dim: int = 128
    """Width of what is compared."""
    norm: bool = True
    """Batch norm in the head."""
    view: View = CONTRAST
    """How each frame is altered, by itself."""
    health: Health = field(default_factory=Health)
    """When the embedding counts as collapsed."""

    def __post_init__(self) -> None:
        if self.temperature <= 0:
            raise MienError("the temperature is not positive", remedy="give a number above 0")

    @property
    def views(self) -> int:
        """One view of each frame."""
        return 1

    def draw(self, rows: int, *, generator: torch.Generator) -> ViewDraw:
        """A view of every frame, each by itself."""
        return draw(self.view, 1, batch=rows, generator=generator)

    def build(self, backbone: Backbone, *, seed: int) -> "TimeContrastModule":
        """Encoder and head drawn from `seed`."""
        return TimeContrastModule(self, backbone.build(seed=seed), seed=seed + 1)

    def blank(self) -> "TimeContrast":
        """The config itself: it reads no weights."""
        return replace(self)


class TimeContrastModule(MethodModule):
    """Time contrast at work."""

    def __init__(self, method: TimeContrast, encoder: ImageEncoder, *, seed: int) -> None:
        super().__init__()
        self.method = method
        self.encoder = encoder
        self.head = mlp(encoder.width, method.hidden, method.dim, seed=seed, norm=method.norm)

    def embed(self, batch: Batch) -> dict[str, Tensor]:
        """`features` (batch, dim) of the frames."""
        return {"features": self.encoder(first_view(batch))}

    def objective(self, embeddings: Mapping[str, Tensor], batch: Batch) -> Step:
        """NT-Xent of neighbouring rows."""
        check_clips(batch, frames=2)
        pairs = projected(self.head, embeddings["features"]).unflatten(0, (-1, 2))
        loss = nt_xent(pairs, temperature=self.method.temperature)
        floors = spread_floors(self.method.health, remedy="lower method.temperature")
        return Step(loss, spread_logs(pairs[:, 0]), floors)

    def after_step(self, step: int) -> None:
        """Nothing follows a step."""

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """The encoder as `image`, the head as `head`."""
        return parameter_groups(self)
