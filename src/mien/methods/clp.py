"""CLP: a clip's frames in the order of time, and a face re-expressed by other people's faces.

Li and Shan, TIP 2023 (arXiv 2403.03400). The parts follow the paper's figure; equations and
hyperparameters are our choice (docs/clp.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from mien.data.batch import Batch
from mien.data.clip_views import clip_draw, side_by_side, within
from mien.data.views import View, ViewDraw, draw
from mien.errors import MienError
from mien.losses import cross_identity, temporal_margin
from mien.losses.gather import gather, gather_codes, masked_mean
from mien.losses.spread import variance_hinge
from mien.methods.augment import CLIP, SHIFTED
from mien.methods.clip_anchors import anchor_rows, anchors, check_clips, clip_words
from mien.methods.groups import parameter_groups
from mien.methods.health import Health, spread_floors, spread_logs
from mien.methods.joint import projected, projection
from mien.methods.memory import Memory, identity
from mien.methods.method import Method, MomentumModule, Step
from mien.methods.pixels import every_view
from mien.methods.slow import slow_copy
from mien.models.backbone import Backbone, ImageEncoder
from mien.models.momentum import follow

_REMEDY = (
    "let reconstruction contrast (method.reconstruction infonce), give method.variance a weight, "
    "or lower method.temperature"
)


@dataclass(frozen=True, kw_only=True)
class CLP(Method):
    """Contrast in time within a clip, and reconstruction across people.

    Batches come from `mien.data.windows.ClipWindows` of as many frames.

    Raises:
        MienError: both losses are off, or a number is out of its range.
    """

    frames: int = 4
    """T: frames of a clip."""
    temporal: Literal["triplet", "chain", "off"] = "triplet"
    """TCL-A, TCL-B, or no contrast in time."""
    margin: float = 0.1
    """m: how much nearer the nearer frame has to be, in squared distance."""
    margin_grows: bool = False
    """TCL-A: m for each frame by which the far one is farther off in time, in place of m."""
    pairs: Literal["all", "one"] = "all"
    """TCL-A: every pair of a nearer and a farther frame, or one drawn of each clip."""
    reconstruction: Literal["cosine", "infonce", "off"] = "cosine"
    """CIR-v1 (regression), CIR-v2 (contrast with the batch's other targets), or none."""
    weight: float = 1.0
    """λ: factor of the reconstruction."""
    memory: int = 4096
    """Faces in the memory; reconstruction begins when it is full."""
    mask: bool = True
    """Keep the query's own identity out of its reconstruction."""
    temperature: float = 0.1
    """τ of the attention."""
    contrast_temperature: float = 0.1
    """τ' of CIR-v2."""
    momentum: float = 0.999
    """μ: how much of the slow encoder stays at each step; 0 makes it a copy."""
    dim: int | None = 256
    """Width of the embedding, a linear map of the encoder's features; None takes those."""
    variance: float = 0.0
    """Factor of a variance term on the queries, against collapse."""
    view: View = CLIP
    """How a clip is altered: one draw for all its frames."""
    transform: View | None = SHIFTED
    """How the target is altered besides, within the clip's crop; None leaves it the same."""
    health: Health = field(default_factory=Health)
    """When the embedding counts as collapsed."""

    def __post_init__(self) -> None:
        if self.temporal == self.reconstruction == "off":
            raise MienError("both losses of CLP are off", remedy="switch one on")
        fewest = 2 if self.temporal == "off" else 3
        for bad, said, remedy in (
            (self.frames < fewest, f"{self.frames} frames", f"give {fewest} or more"),
            (self.memory < 1, f"a memory of {self.memory}", "give 1 or more"),
            (not 0 <= self.momentum <= 1, f"a momentum of {self.momentum}", "give 0 to 1"),
            (
                min(self.temperature, self.contrast_temperature) <= 0,
                "a temperature that is not positive",
                "give a number above 0",
            ),
            (
                min(self.margin, self.weight, self.variance) < 0,
                "a margin or factor below 0",
                "give 0 or more",
            ),
        ):
            if bad:
                raise MienError(f"{said} will not do", remedy=remedy)

    @property
    def views(self) -> int:
        """The frame, and its transform where there is one to reconstruct."""
        return 2 if self.transforms else 1

    @property
    def transforms(self) -> bool:
        """Whether the target differs from the frame."""
        return self.reconstruction != "off" and self.transform is not None

    @property
    def anchor_drawn(self) -> bool:
        """Whether any frame of a clip may ask; in a chain it is the first (as in TC-Net)."""
        return self.temporal != "chain"

    def draw(self, rows: int, *, generator: torch.Generator) -> ViewDraw:
        """One view for all frames of a clip, and within it each frame's transform."""
        frames = clip_draw(self.view, frames=self.frames, rows=rows, generator=generator)
        if not (self.transforms and self.transform is not None):
            return frames
        altered = draw(self.transform, 1, batch=rows, generator=generator)
        return side_by_side(frames, within(frames, altered))

    def build(self, backbone: Backbone, *, seed: int) -> "CLPModule":
        """Encoder and projection drawn from `seed`; slow copies equal them."""
        return CLPModule(self, backbone.build(seed=seed), seed=seed + 1)

    def blank(self) -> "CLP":
        """The config itself: it reads no weights."""
        return replace(self)


class CLPModule(MomentumModule):
    """CLP at work. Without reconstruction there are no slow copies and no memory."""

    def __init__(self, method: CLP, encoder: ImageEncoder, *, seed: int) -> None:
        super().__init__()
        self.method = method
        self.encoder = encoder
        self.projection = projection(encoder.width, method.dim, seed=seed)
        self._pending: tuple[Tensor, Tensor, Tensor] | None = None
        if method.reconstruction != "off":
            self.slow_encoder = slow_copy(encoder)
            self.slow_projection = slow_copy(self.projection)
            self.memory = Memory(method.memory, method.dim or encoder.width)

    def embed(self, batch: Batch) -> dict[str, Tensor]:
        """`features` of the frames; of those that ask, the slow `target` and memory `key`.

        The last two are unit features, 0 in all other rows.
        """
        views = every_view(batch)
        found = {"features": self.encoder(views[:, 0])}
        if self.method.reconstruction != "off":
            asking = anchor_rows(batch, frames=self.method.frames, drawn=self.method.anchor_drawn)
            rows = torch.from_numpy(asking).to(views.device, non_blocking=True)
            found["target"] = self._slow(views[:, -1], rows)
            # Without a transform both are the same face.
            same = views.shape[1] == 1
            found["key"] = found["target"].clone() if same else self._slow(views[:, 0], rows)
        return found

    def objective(self, embeddings: Mapping[str, Tensor], batch: Batch) -> Step:
        """L_TCL + λ L_CIR (+ the variance term), whichever are on."""
        method = self.method
        check_clips(batch, frames=method.frames)
        faces = projected(self.projection, embeddings["features"])
        clips = faces.unflatten(0, (-1, method.frames))
        chosen = anchors(batch, frames=method.frames, drawn=method.anchor_drawn)
        asking = torch.from_numpy(chosen).to(faces.device, non_blocking=True)
        rows = torch.arange(len(clips), device=faces.device)
        query = clips[rows, asking]
        losses, logs = {}, spread_logs(query)
        if method.temporal != "off":
            losses["temporal"] = self._temporal(clips, query, asking, batch)
        if method.reconstruction != "off":
            place = rows * method.frames + asking
            losses["reconstruction"], seen = self._reconstruct(query, embeddings, place, batch)
            logs |= seen
        if method.variance:
            losses["variance"] = variance_hinge(query)
        factors = {"temporal": 1.0, "reconstruction": method.weight, "variance": method.variance}
        total = torch.stack([factors[name] * loss for name, loss in losses.items()]).sum()
        logs |= {f"loss/{name}": loss.detach() for name, loss in losses.items()}
        return Step(total, logs, spread_floors(method.health, remedy=_REMEDY))

    def after_step(self, step: int) -> None:  # noqa: ARG002 - the loop's signature
        """The slow copies follow, and the memory takes in the step's faces."""
        if self.method.reconstruction == "off":
            return
        follow(self.slow_encoder, self.encoder, decay=self.method.momentum)
        follow(self.slow_projection, self.projection, decay=self.method.momentum)
        if self._pending is not None:
            self.memory.push(*self._pending)
            self._pending = None

    def catch_up(self) -> None:
        """Slow copies become copies."""
        if self.method.reconstruction != "off":
            follow(self.slow_encoder, self.encoder, decay=0.0)
            follow(self.slow_projection, self.projection, decay=0.0)

    def parameter_groups(self) -> dict[str, list[torch.nn.Parameter]]:
        """The encoder as `image`, the projection as `head`."""
        return parameter_groups(self)

    @torch.no_grad()
    def attend(
        self, images: Float[Tensor, "batch 3 height width"], identities: Int64[Tensor, " batch"]
    ) -> Float[Tensor, "batch item"]:
        """The memory's faces that re-express others, and how much of each.

        Args:
            images: faces in 0 to 1.
            identities: who they show (`mien.methods.memory.identity`), −1 for nobody in the
                memory; their own faces take no part.
        """
        query = projected(self.projection, self.encoder(images))
        allowed = self.memory.held & ~self.memory.same(identities)
        return cross_identity.attention(
            query, self.memory.keys, allowed, temperature=self.method.temperature
        )

    def _temporal(
        self,
        clips: Float[Tensor, "clip frame dim"],
        query: Float[Tensor, "clip dim"],
        asking: Int64[Tensor, " clip"],
        batch: Batch,
    ) -> Float[Tensor, ""]:
        distance = temporal_margin.squared_distances(query, clips)
        if self.method.temporal == "chain":
            return temporal_margin.ranking_chain(distance[:, 1:], margin=self.method.margin)
        gap = (torch.arange(clips.shape[1], device=clips.device) - asking[:, None]).abs()
        pairs = temporal_margin.ordered_pairs(gap)
        if self.method.pairs == "one":
            words = torch.from_numpy(clip_words(batch, frames=self.method.frames))
            pairs = temporal_margin.one_pair(pairs, words.to(clips.device, non_blocking=True))
        return temporal_margin.triplet_margin(
            distance, gap, pairs, margin=self.method.margin, grows=self.method.margin_grows
        )

    def _reconstruct(
        self,
        query: Float[Tensor, "clip dim"],
        embeddings: Mapping[str, Tensor],
        place: Int64[Tensor, " clip"],
        batch: Batch,
    ) -> tuple[Float[Tensor, ""], dict[str, Tensor]]:
        """CIR on the clips' queries, and what to watch; the faces wait for the memory."""
        target = embeddings["target"].detach()[place]
        own = identity(batch.subject, batch.clip)[place]
        self._pending = (
            gather(embeddings["key"].detach()[place]),
            gather_codes(own),
            gather_codes(batch.index[place]),
        )
        memory, method = self.memory, self.method
        held = memory.held.expand(len(query), -1)
        same = memory.same(own) & held
        allowed = held & ~same if method.mask else held
        attend = cross_identity.attention
        weights = attend(query, memory.keys, allowed, temperature=method.temperature)
        rebuilt = cross_identity.reconstructed(weights, memory.keys)
        if method.reconstruction == "cosine":
            losses = cross_identity.cosine_rows(rebuilt, target)
        else:
            heat = method.contrast_temperature
            losses = cross_identity.contrast_rows(rebuilt, target, temperature=heat)
        loss = masked_mean(losses, allowed.any(1) & memory.full)
        open_to_all = attend(query.detach(), memory.keys, held, temperature=method.temperature)
        return loss, {
            "memory/held": memory.held.to(loss.dtype).mean(),
            "attention/entropy": cross_identity.relative_entropy(weights, allowed).mean(),
            "attention/same": cross_identity.mass(open_to_all, same).mean(),
        }

    @torch.no_grad()
    def _slow(
        self, images: Float[Tensor, "batch 3 height width"], rows: Int64[Tensor, " clip"]
    ) -> Float[Tensor, "batch dim"]:
        keys = self.memory.keys
        found = keys.new_zeros(len(images), keys.shape[1])
        if len(rows):
            faces = projected(self.slow_projection, self.slow_encoder(images[rows]))
            found[rows] = faces.to(found.dtype)
        return found
