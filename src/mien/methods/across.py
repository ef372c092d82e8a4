"""Reconstruction across people as a part: slow encoder, memory and loss, for any pairs of faces.

CLP's term (Li and Shan, TIP 2023, arXiv 2403.03400; see `mien.methods.clp`) with one change that
is ours: what is rebuilt is the pair's second face, which may be of another moment and have
another head around it.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from mien.errors import MienError
from mien.losses import cross_identity
from mien.losses.gather import gather, gather_codes, masked_mean
from mien.methods.health import spread_logs
from mien.methods.joint import projected, projection
from mien.methods.memory import Memory
from mien.methods.slow import slow_copy
from mien.models.backbone import ImageEncoder
from mien.models.momentum import follow


@dataclass(frozen=True, kw_only=True)
class Across:
    """How faces are rebuilt from other people's.

    Raises:
        MienError: a number is out of its range.
    """

    form: Literal["cosine", "infonce"] = "infonce"
    """CIR-v1 (regression), or CIR-v2 (contrast with the batch's other targets)."""
    weight: float = 1.0
    """λ: factor of the term."""
    memory: int = 4096
    """Faces in the memory; reconstruction begins when it is full."""
    temperature: float = 0.1
    """τ of the attention."""
    contrast_temperature: float = 0.1
    """τ' of CIR-v2."""
    momentum: float = 0.999
    """μ: how much of the slow encoder stays at each step; 0 makes it a copy."""
    dim: int = 256
    """Width of a linear map of the encoder's features, in which faces are rebuilt."""

    def __post_init__(self) -> None:
        cold = min(self.temperature, self.contrast_temperature) <= 0
        if self.weight < 0 or cold or min(self.memory, self.dim) < 1 or not 0 <= self.momentum <= 1:
            raise MienError(
                f"{self} will not do",
                remedy="give a weight of 0 or more, temperatures above 0, a memory and a width of "
                "1 or more, and a momentum of 0 to 1",
            )


class Rebuilder(nn.Module):
    """The part at work: a linear map, slow copies, and a memory of earlier first faces.

    Args:
        across: how.
        encoder: that learns; it is copied, and not held.
        seed: of the linear map.
    """

    def __init__(self, across: Across, encoder: ImageEncoder, *, seed: int) -> None:
        super().__init__()
        self.across = across
        self.projection = projection(encoder.width, across.dim, seed=seed)
        self.slow_encoder = slow_copy(encoder)
        self.slow_projection = slow_copy(self.projection)
        self.memory = Memory(across.memory, across.dim)
        self._pending: tuple[Tensor, Tensor, Tensor] | None = None

    @torch.no_grad()
    def slow(self, images: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch dim"]:
        """Unit features of faces as the slow copies see them."""
        return projected(self.slow_projection, self.slow_encoder(images))

    def forward(
        self,
        features: Float[Tensor, "pair width"],
        slow: Float[Tensor, "pair 2 dim"],
        who: Int64[Tensor, " pair"],
        index: Int64[Tensor, " pair"],
    ) -> tuple[Float[Tensor, ""], dict[str, Tensor]]:
        """CIR of the pairs' first faces, unweighted, and what to watch.

        The query is the first face, the target what the slow copies say of the second; the first
        waits for the memory. A person's own faces take no part in the reconstruction.

        Args:
            features: of the first faces, by the encoder that learns.
            slow: of both faces, by `slow`.
            who: is shown (`mien.methods.memory.identity`).
            index: rows of the first faces in the store.
        """
        across, memory = self.across, self.memory
        query, slow = projected(self.projection, features), slow.detach()
        self._pending = (
            gather(slow[:, 0].contiguous()), gather_codes(who), gather_codes(index)
        )  # fmt: skip
        held = memory.held.expand(len(query), -1)
        same = memory.same(who) & held
        attend, heat = cross_identity.attention, across.temperature
        weights = attend(query, memory.keys, held & ~same, temperature=heat)
        rebuilt = cross_identity.reconstructed(weights, memory.keys)
        if across.form == "cosine":
            losses = cross_identity.cosine_rows(rebuilt, slow[:, 1])
        else:
            losses = cross_identity.contrast_rows(
                rebuilt, slow[:, 1].contiguous(), temperature=across.contrast_temperature
            )
        loss = masked_mean(losses, (held & ~same).any(1) & memory.full)
        open_to_all = attend(query.detach(), memory.keys, held, temperature=heat)
        return loss, spread_logs(query, name="query") | {
            "memory/held": memory.held.to(loss.dtype).mean(),
            "attention/entropy": cross_identity.relative_entropy(weights, held & ~same).mean(),
            "attention/same": cross_identity.mass(open_to_all, same).mean(),
        }

    def after_step(self, encoder: ImageEncoder) -> None:
        """The slow copies follow, and the memory takes in the step's faces."""
        self._follow(encoder, self.across.momentum)
        if self._pending is not None:
            self.memory.push(*self._pending)
            self._pending = None

    def catch_up(self, encoder: ImageEncoder) -> None:
        """Slow copies become copies."""
        self._follow(encoder, 0.0)

    def _follow(self, encoder: ImageEncoder, decay: float) -> None:
        follow(self.slow_encoder, encoder, decay=decay)
        follow(self.slow_projection, self.projection, decay=decay)
