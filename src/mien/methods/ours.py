"""Ours: several papers' parts in one loss, each a switch; the sum is no paper's.

Pairs of moments whose second face may sit in another person's head (SSLFER, arXiv 2210.03853),
reconstruction across people (CLP, arXiv 2403.03400), an identity adversary (FMAE-IAT, arXiv
2407.11243) and a margin in time (CLP again). See docs/ours.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from mien.data.batch import Batch
from mien.data.pair_views import pair_draw
from mien.data.views import View, ViewDraw
from mien.errors import MienError
from mien.losses.similarity import unit
from mien.losses.subject_contrast import subject_nt_xent
from mien.losses.temporal_margin import ordered_pairs, squared_distances, triplet_margin
from mien.methods.across import Across, Rebuilder
from mien.methods.adversary import Adversary, identity_head, opposed
from mien.methods.clip_anchors import check_clips
from mien.methods.groups import parameter_groups
from mien.methods.health import Health, spread_floors, spread_logs
from mien.methods.joint import projected
from mien.methods.memory import identity
from mien.methods.method import Floor, Method, MomentumModule, Step
from mien.methods.mlp import mlp
from mien.methods.pixels import first_view
from mien.methods.sslfer_views import ANCHOR, POSITIVE
from mien.models.backbone import Backbone, ImageEncoder

_GAPS = ((0, 1, 2, 2), (2, 2, 0, 1))
"""How far A, P, N and Q lie from A, and from N: near or far (`mien.data.tuples`)."""
_REMEDY = "lower method.temperature, or the weights of the other terms"


@dataclass(frozen=True, kw_only=True)
class TimeMargin:
    """Contrast in time within a clip: A is nearer to P than to N and Q, N nearer to Q than to A, P.

    Raises:
        MienError: a number is negative.
    """

    weight: float = 1.0
    """Factor of the term."""
    margin: float = 0.1
    """m: how much nearer, in squared distance."""

    def __post_init__(self) -> None:
        if min(self.weight, self.margin) < 0:
            raise MienError(
                "a margin in time or its weight is negative", remedy="give numbers of 0 or more"
            )


@dataclass(frozen=True, kw_only=True)
class Ours(Method):
    """A weighted sum of pair contrast, reconstruction across people, adversary, margin in time.

    Batches come from `mien.data.tuples.Tuples` (pairs shifted in time, hard negatives), changed by
    `mien.data.edits.Edits` (FaceSwap). With the defaults this is SSLFER without MaskFN.

    Raises:
        MienError: a temperature or weight is out of its range.
    """

    weight: float = 1.0
    """Factor of the contrast of pairs; above 0, since nothing else keeps all faces apart."""
    temperature: float = 0.07
    """τ of the contrast, SSLFER's."""
    same: float = 1.0
    """w of negatives that show the anchor's person (`subject_nt_xent`): 1 keeps them, 0 takes them
    out, more makes them weigh more. Tuples with hard negatives add some of each clip."""
    across: Across | None = None
    """Reconstruction from other people's faces, or none."""
    adversary: Adversary = field(default_factory=Adversary)
    """A head that names the subject of A and N (never swapped) from features that unlearn it."""
    margin: TimeMargin | None = None
    """Margin in time, or none; it needs tuples of four rows."""
    hidden: int | None = None
    """Width of the head's hidden layer; None for the encoder's own, as in SSLFER."""
    dim: int = 128
    """Width of what is contrasted."""
    view: View = ANCHOR
    """How A and N are altered."""
    positive: View = POSITIVE
    """How P and Q are altered."""
    health: Health = field(default_factory=Health)
    """When an embedding counts as collapsed."""

    def __post_init__(self) -> None:
        if min(self.weight, self.temperature) <= 0 or self.same < 0:
            raise MienError(
                f"a weight of {self.weight}, a temperature of {self.temperature} and {self.same} "
                "for the same person will not do",
                remedy="give a weight and a temperature above 0, and same of 0 or more",
            )

    @property
    def views(self) -> int:
        """One view of each row: pairs are rows."""
        return 1

    @property
    def rows(self) -> int:
        """Rows that belong together: a pair, or with a margin in time A, P, N and Q."""
        return 2 if self.margin is None else 4

    def draw(self, rows: int, *, generator: torch.Generator) -> ViewDraw:
        """A view of each row, by its place in the pair."""
        return pair_draw(self.view, self.positive, rows=rows, generator=generator)

    def build(self, backbone: Backbone, *, seed: int) -> "OursModule":
        """Encoder and heads drawn from `seed`; slow copies equal them."""
        return OursModule(self, backbone.build(seed=seed), seed=seed + 1)

    def blank(self) -> "Ours":
        """The config itself: it reads no weights."""
        return replace(self)


class OursModule(MomentumModule):
    """The sum at work; what is switched off is not built."""

    def __init__(self, method: Ours, encoder: ImageEncoder, *, seed: int) -> None:
        super().__init__()
        self.method = method
        self.encoder = encoder
        hidden = method.hidden or encoder.width
        self.head = mlp(encoder.width, hidden, method.dim, seed=seed, norm=False)
        across = method.across
        self.across = None if across is None else Rebuilder(across, encoder, seed=seed + 1)
        self.adversary = identity_head(method.adversary, encoder.width, seed=seed + 2)

    def embed(self, batch: Batch) -> dict[str, Tensor]:
        """`features` (batch, width); with reconstruction also `slow` (batch, dim), unit features.

        A pair's first face becomes a memory key, its second a target; so both are needed.
        """
        images = first_view(batch)
        found = {"features": self.encoder(images)}
        if self.across is not None:
            found["slow"] = self.across.slow(images)
        return found

    def objective(self, embeddings: Mapping[str, Tensor], batch: Batch) -> Step:
        """The weighted sum of the terms that are on, and the adversary's loss."""
        method = self.method
        check_clips(batch, frames=method.rows)
        features, first = embeddings["features"], batch.rows(slice(0, None, 2))
        who = identity(first.subject, first.clip)
        pairs = projected(self.head, features).unflatten(0, (-1, 2))
        losses = {
            "pair": subject_nt_xent(pairs, who, temperature=method.temperature, same=method.same)
        }
        factors, logs = {"pair": method.weight}, spread_logs(pairs[:, 0])
        if self.across is not None and method.across is not None:
            slow = embeddings["slow"].unflatten(0, (-1, 2))
            losses["reconstruction"], seen = self.across(features[::2], slow, who, first.index)
            factors["reconstruction"], logs = method.across.weight, logs | seen
        if method.margin is not None:
            losses["temporal"] = _in_time(pairs, method.margin.margin)
            factors["temporal"] = method.margin.weight
        if self.adversary is not None:
            logs |= spread_logs(unit(features), name="features")
        total = torch.stack([factors[name] * loss for name, loss in losses.items()]).sum()
        logs |= {f"loss/{name}": loss.detach() for name, loss in losses.items()}
        step = Step(total, logs, self._floors(logs))
        return opposed(step, self.adversary, features[::2], first)

    def after_step(self, step: int) -> None:  # noqa: ARG002 - the loop's signature
        """With reconstruction the slow copies follow, and the memory takes in the step's faces."""
        if self.across is not None:
            self.across.after_step(self.encoder)

    def catch_up(self) -> None:
        """Slow copies become copies."""
        if self.across is not None:
            self.across.catch_up(self.encoder)

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """The encoder as `image`, all heads as `head`."""
        return parameter_groups(self)

    def _floors(self, logs: Mapping[str, Tensor]) -> dict[str, Floor]:
        """A floor under every embedding that a term acts on: contrasted, asking, and bare."""
        floor = spread_floors(self.method.health, remedy=_REMEDY)["spread/deviation"]
        return {name: floor for name in logs if name.endswith("/deviation")}


def _in_time(pairs: Float[Tensor, "pair 2 dim"], margin: float) -> Float[Tensor, ""]:
    """TCL-A with A and with N as anchors; of the other pair both frames count as equally far."""
    clips = pairs.unflatten(0, (-1, 2)).flatten(1, 2)
    near_far = torch.tensor(_GAPS, device=pairs.device)
    gap: Int64[Tensor, "anchor frame"] = near_far.repeat_interleave(len(clips), dim=0)
    distance = torch.cat([squared_distances(clips[:, place], clips) for place in (0, 2)])
    return triplet_margin(distance, gap, ordered_pairs(gap), margin=margin)
