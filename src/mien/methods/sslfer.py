"""SSLFER: instance discrimination whose positives share the expression, not the person.

Shu et al., BMVC 2022 (arXiv 2210.03853). Three of its four strategies are data: TimeAug and HardNeg
are a sampler (`mien.data.tuples`), FaceSwap is an edit of frames (`mien.data.edits`). The fourth,
MaskFN, is here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mien.data.batch import Batch
from mien.data.pair_views import pair_draw
from mien.data.views import View, ViewDraw
from mien.errors import MienError
from mien.losses.false_negatives import masked_false_negatives
from mien.losses.nt_xent import nt_xent
from mien.methods.clip_anchors import check_clips
from mien.methods.groups import parameter_groups
from mien.methods.health import Health, spread_floors, spread_logs
from mien.methods.joint import projected
from mien.methods.mask_fn import Look, MaskFN
from mien.methods.method import Method, MethodModule, Step
from mien.methods.mlp import mlp
from mien.methods.pixels import first_view
from mien.methods.sslfer_views import ANCHOR, POSITIVE
from mien.models.backbone import Backbone, ImageEncoder


@dataclass(frozen=True, kw_only=True)
class SslFer(Method):
    """NT-Xent over frames: rows 2i and 2i + 1 of a batch attract, all others repel.

    Batches come from `mien.data.tuples.Tuples`, changed by `mien.data.edits.Edits`; without the
    switches of either and without `mask` this is SimCLR.

    Raises:
        MienError: the temperature is not positive.
    """

    mask: MaskFN | None = None
    """M: one false negative of each view is known and attracts."""
    temperature: float = 0.07
    """τ."""
    hidden: int | None = None
    """Width of the projection head's hidden layer; None for the encoder's own, as in the paper."""
    dim: int = 128
    """Width of what is compared."""
    view: View = ANCHOR
    """How A and N are altered."""
    positive: View = POSITIVE
    """How P and Q are altered."""
    health: Health = field(default_factory=Health)
    """When the embedding counts as collapsed."""

    def __post_init__(self) -> None:
        if self.temperature <= 0:
            raise MienError("the temperature is not positive", remedy="give a number above 0")

    @property
    def views(self) -> int:
        """One view of each row: pairs are rows."""
        return 1

    def draw(self, rows: int, *, generator: torch.Generator) -> ViewDraw:
        """A view of each row, by its place in the pair."""
        return pair_draw(self.view, self.positive, rows=rows, generator=generator)

    def build(self, backbone: Backbone, *, seed: int) -> "SslFerModule":
        """Encoder and head drawn from `seed`; MaskFN's descriptor as it is read.

        Raises:
            MienError: the descriptor's weights are not fetched.
        """
        return SslFerModule(self, backbone.build(seed=seed), seed=seed + 1)

    def blank(self) -> "SslFer":
        """The same without reading the descriptor's weights."""
        if self.mask is None:
            return replace(self)
        mask = replace(self.mask, descriptor=self.mask.descriptor.blank())
        return replace(self, mask=mask)


class SslFerModule(MethodModule):
    """SSLFER at work."""

    def __init__(self, method: SslFer, encoder: ImageEncoder, *, seed: int) -> None:
        super().__init__()
        self.method = method
        self.encoder = encoder
        hidden = method.hidden or encoder.width
        self.head = mlp(encoder.width, hidden, method.dim, seed=seed, norm=False)
        if method.mask is not None:
            self.look = Look(method.mask.descriptor, seed=seed + 1)

    def embed(self, batch: Batch) -> dict[str, Tensor]:
        """`features` (batch, dim) of the views; with MaskFN `look` and `faced` of the frames."""
        found = {"features": self.encoder(first_view(batch))}
        if self.method.mask is None:
            return found
        if batch.patches is None or batch.faced is None:
            raise MienError(
                "MaskFN compares eyes and mouths, and the batch has none",
                remedy="let the loader cut them out: --data.edits.patches",
            )
        return {**found, "look": self.look(batch.patches), "faced": batch.faced}

    def objective(self, embeddings: Mapping[str, Tensor], batch: Batch) -> Step:
        """NT-Xent of neighbouring rows; with MaskFN mean L1 + λ mean L2."""
        check_clips(batch, frames=2)
        pairs = projected(self.head, embeddings["features"]).unflatten(0, (-1, 2))
        floors = spread_floors(self.method.health, remedy="lower method.temperature")
        if self.method.mask is None:
            loss, logs = nt_xent(pairs, temperature=self.method.temperature), {}
        else:
            loss, logs = self._masked(self.method.mask, pairs, embeddings, batch)
        return Step(loss, logs | spread_logs(pairs[:, 0]), floors)

    def after_step(self, step: int) -> None:
        """Nothing follows a step."""

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """The encoder as `image`, the head as `head`; the descriptor does not learn."""
        return parameter_groups(self)

    def _masked(
        self,
        mask: MaskFN,
        pairs: Float[Tensor, "pair 2 dim"],
        embeddings: Mapping[str, Tensor],
        batch: Batch,
    ) -> tuple[Float[Tensor, ""], dict[str, Tensor]]:
        faced = embeddings["faced"] if mask.skip_faceless else embeddings["faced"] | True
        found = masked_false_negatives(
            pairs,
            embeddings["look"].unflatten(0, (-1, 2)),
            faced.unflatten(0, (-1, 2)),
            batch.clip[::2],
            temperature=self.method.temperature,
            exclude_own_clip=mask.exclude_own_clip,
        )
        logs = {"loss/pair": found.pair, "loss/found": found.found, "mask/share": found.share}
        loss = found.pair + mask.weight * found.found
        return loss, {name: value.detach() for name, value in logs.items()}
