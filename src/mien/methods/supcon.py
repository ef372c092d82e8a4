"""SupCon: faces of one expression attract each other; an oracle that knows the labels.

Khosla et al., 2020 (arXiv 2004.11362). What contrast could reach if it knew which faces show the
same: a bound for methods that do not, and no rival of theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn

from mien import facs
from mien.data.batch import Batch
from mien.data.views import View, ViewDraw, draw
from mien.errors import MienError
from mien.losses.supcon import supcon
from mien.methods.augment import CONTRAST
from mien.methods.groups import parameter_groups
from mien.methods.health import Health, spread_floors, spread_logs
from mien.methods.joint import projected
from mien.methods.method import Method, MethodModule, Step
from mien.methods.mlp import mlp
from mien.methods.pixels import every_view, paired
from mien.methods.prompts import check_labels
from mien.models.backbone import Backbone, ImageEncoder


@dataclass(frozen=True, kw_only=True)
class SupCon(Method):
    """Contrast by expression labels.

    Raises:
        MienError: the temperature is not positive, or an expression is unknown.
    """

    expressions: tuple[str, ...] = facs.EXPRESSIONS_7
    """Expressions told apart: the meaning of `Batch.expression`."""
    temperature: float = 0.1
    """τ."""
    hidden: int = 256
    """Width of the projection head's hidden layer."""
    dim: int = 128
    """Width of what is compared."""
    norm: bool = True
    """Batch norm in the head."""
    view: View = CONTRAST
    """How an image is altered, twice."""
    health: Health = field(default_factory=Health)
    """When the embedding counts as collapsed."""

    def __post_init__(self) -> None:
        check_labels((), self.expressions, described=False)
        if self.temperature <= 0:
            raise MienError("the temperature is not positive", remedy="give a number above 0")

    @property
    def views(self) -> int:
        """Two views of each image."""
        return 2

    def draw(self, rows: int, *, generator: torch.Generator) -> ViewDraw:
        """Two views of every image, each by itself."""
        return draw(self.view, 2, batch=rows, generator=generator)

    def build(self, backbone: Backbone, *, seed: int) -> "SupConModule":
        """Encoder and head drawn from `seed`."""
        return SupConModule(self, backbone.build(seed=seed), seed=seed + 1)

    def blank(self) -> "SupCon":
        """The config itself: it reads no weights."""
        return replace(self)


class SupConModule(MethodModule):
    """SupCon at work."""

    def __init__(self, method: SupCon, encoder: ImageEncoder, *, seed: int) -> None:
        super().__init__()
        self.method = method
        self.encoder = encoder
        self.head = mlp(encoder.width, method.hidden, method.dim, seed=seed, norm=method.norm)

    def embed(self, batch: Batch) -> dict[str, Tensor]:
        """`features` (batch, 2, dim) of both views."""
        views = paired(every_view(batch))
        features = self.encoder(views.flatten(0, 1))
        return {"features": features.unflatten(0, views.shape[:2])}

    def objective(self, embeddings: Mapping[str, Tensor], batch: Batch) -> Step:
        """Contrast of all views by expression; unknown ones take no part."""
        faces = projected(self.head, embeddings["features"].flatten(0, 1))
        pairs = faces.unflatten(0, (-1, 2))
        loss = supcon(pairs, batch.expression, temperature=self.method.temperature)
        floors = spread_floors(self.method.health, remedy="lower method.temperature")
        return Step(loss, spread_logs(pairs[:, 0]), floors)

    def after_step(self, step: int) -> None:
        """Nothing follows a step."""

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """The encoder as `image`, the head as `head`."""
        return parameter_groups(self)
