"""MoCo v2: two views of one face attract, a memory of earlier faces repels.

He et al., 2020 (arXiv 1911.05722); the head and the temperature are those of Chen et al., 2020
(arXiv 2003.04297). Their shuffling of batch norm has no use here: there is none in the head.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn

from mien.data.batch import Batch
from mien.data.views import View, ViewDraw, draw
from mien.errors import MienError
from mien.losses.gather import gather, gather_codes
from mien.losses.memory_contrast import memory_contrast
from mien.methods.augment import CONTRAST
from mien.methods.groups import parameter_groups
from mien.methods.health import Health, spread_floors, spread_logs
from mien.methods.joint import projected
from mien.methods.memory import Memory, identity
from mien.methods.method import Method, MomentumModule, Step
from mien.methods.mlp import mlp
from mien.methods.pixels import every_view, paired
from mien.methods.slow import slow_copy
from mien.models.backbone import Backbone, ImageEncoder
from mien.models.momentum import follow


@dataclass(frozen=True, kw_only=True)
class MoCo(Method):
    """Instance discrimination with a memory of negatives.

    Raises:
        MienError: a number is out of its range.
    """

    temperature: float = 0.2
    """τ (Eq. 1)."""
    memory: int = 4096
    """Negatives kept; until it is full there are fewer."""
    momentum: float = 0.999
    """m: how much of the slow encoder stays at each step (Eq. 2)."""
    hidden: int = 256
    """Width of the projection head's hidden layer."""
    dim: int = 128
    """Width of what is compared."""
    view: View = CONTRAST
    """How an image is altered, twice."""
    health: Health = field(default_factory=Health)
    """When the embedding counts as collapsed."""

    def __post_init__(self) -> None:
        if self.temperature <= 0 or self.memory < 1 or not 0 <= self.momentum <= 1:
            raise MienError(
                f"a temperature of {self.temperature}, a memory of {self.memory} or a momentum "
                f"of {self.momentum} will not do",
                remedy="give a temperature above 0, a memory of 1 or more, a momentum of 0 to 1",
            )

    @property
    def views(self) -> int:
        """Two views of each image."""
        return 2

    def draw(self, rows: int, *, generator: torch.Generator) -> ViewDraw:
        """Two views of every image, each by itself."""
        return draw(self.view, 2, batch=rows, generator=generator)

    def build(self, backbone: Backbone, *, seed: int) -> "MoCoModule":
        """Encoder and head drawn from `seed`; slow copies equal them."""
        return MoCoModule(self, backbone.build(seed=seed), seed=seed + 1)

    def blank(self) -> "MoCo":
        """The config itself: it reads no weights."""
        return replace(self)


class MoCoModule(MomentumModule):
    """MoCo v2 at work."""

    def __init__(self, method: MoCo, encoder: ImageEncoder, *, seed: int) -> None:
        super().__init__()
        self.method = method
        self.encoder = encoder
        self.head = mlp(encoder.width, method.hidden, method.dim, seed=seed, norm=False)
        self.slow_encoder, self.slow_head = slow_copy(encoder), slow_copy(self.head)
        self.memory = Memory(method.memory, method.dim)
        self._pending: tuple[Tensor, Tensor, Tensor] | None = None

    def embed(self, batch: Batch) -> dict[str, Tensor]:
        """`features` of the first view, and what the slow ones say of the second, `key`."""
        views = paired(every_view(batch))
        with torch.no_grad():
            key = projected(self.slow_head, self.slow_encoder(views[:, 1]))
        return {"features": self.encoder(views[:, 0]), "key": key}

    def objective(self, embeddings: Mapping[str, Tensor], batch: Batch) -> Step:
        """InfoNCE against the memory."""
        query, key = projected(self.head, embeddings["features"]), embeddings["key"].detach()
        who = identity(batch.subject, batch.clip)
        self._pending = gather(key), gather_codes(who), gather_codes(batch.index)
        loss = memory_contrast(
            query,
            key,
            self.memory.keys,
            self.memory.held,
            temperature=self.method.temperature,
        )
        logs = {**spread_logs(query), "memory/held": self.memory.held.to(loss.dtype).mean()}
        floors = spread_floors(self.method.health, remedy="lower method.temperature")
        return Step(loss, logs, floors)

    def after_step(self, step: int) -> None:  # noqa: ARG002 - the loop's signature
        """The slow copies follow, and the memory takes in the step's faces."""
        follow(self.slow_encoder, self.encoder, decay=self.method.momentum)
        follow(self.slow_head, self.head, decay=self.method.momentum)
        if self._pending is not None:
            self.memory.push(*self._pending)
            self._pending = None

    def catch_up(self) -> None:
        """Slow copies become copies."""
        follow(self.slow_encoder, self.encoder, decay=0.0)
        follow(self.slow_head, self.head, decay=0.0)

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """The encoder as `image`, the head as `head`."""
        return parameter_groups(self)
