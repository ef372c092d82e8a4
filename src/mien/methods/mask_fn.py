"""MaskFN's switch, and the frozen look at eyes and mouth by which it finds false negatives."""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from mien.data.face_patches import PATCH
from mien.errors import MienError
from mien.losses.similarity import unit
from mien.models.backbone import Backbone
from mien.models.mobilenet_v2 import MobileNetV2

KEPT_BYTES: Final = 2**28
"""Bytes of descriptors that a run on a CPU keeps: about 26,000 frames of MobileNetV2's."""


@dataclass(frozen=True, kw_only=True)
class MaskFN:
    """The likeliest false negative of each view is masked and attracts, too (SSLFER).

    Raises:
        MienError: the weight is negative.
    """

    weight: float = 0.8
    """λ, the weight of the false negatives' own term."""
    exclude_own_clip: bool = True
    """Never take a frame of the view's own clip for its false negative; False is the released
    code, in which MaskFN may so undo HardNeg."""
    skip_faceless: bool = True
    """Leave frames without a face out; False is the released code, in which their black patches
    are the likest of all."""
    descriptor: Backbone = field(default_factory=lambda: MobileNetV2(size=PATCH))
    """The frozen network that describes patches of 64 px. The paper's is a ResNet-18 of ImageNet;
    ours is the MobileNetV2 of ImageNet that the project can fetch (our choice)."""

    def __post_init__(self) -> None:
        if self.weight < 0:
            raise MienError("λ of MaskFN is negative", remedy="give a weight of 0 or more")


class Look(nn.Module):
    """Eyes and mouth as one unit descriptor; nothing of it learns.

    A frame's descriptor never changes, and an epoch shows most frames of the one before: on a CPU
    descriptors are kept by the patches' bytes, and computed once.

    Args:
        descriptor: the network.
        seed: of its weights, where no file supplies them.
        keep: bytes of descriptors that are kept; the first come, the others are computed anew.
    """

    def __init__(self, descriptor: Backbone, *, seed: int, keep: int = KEPT_BYTES) -> None:
        super().__init__()
        self._keep, self._kept = keep, dict[bytes, Tensor]()
        self.encoder = descriptor.build(seed=seed).requires_grad_(requires_grad=False)
        self.width = 2 * self.encoder.width

    @torch.no_grad()
    def forward(
        self, patches: UInt8[Tensor, "batch 2 3 patch patch"]
    ) -> Float[Tensor, "batch look"]:
        """Descriptors g = normalise([eyes; mouth])."""
        if patches.device.type != "cpu":
            return self._described(patches)
        names = [self._name(each) for each in patches]
        found = {name: self._kept[name] for name in names if name in self._kept}
        missing = {name: row for row, name in enumerate(names) if name not in found}
        if missing:
            made = self._described(patches[list(missing.values())])
            found |= dict(zip(missing, made.unbind(), strict=True))
            room = self._keep // (made[0].nbytes) - len(self._kept)
            # Each with memory of its own, for a row of `made` would keep all of it.
            self._kept |= {name: found[name].clone() for name in list(missing)[: max(0, room)]}
        return torch.stack([found[name] for name in names])

    def _described(self, patches: UInt8[Tensor, "some 2 3 patch patch"]) -> Tensor:
        self.encoder.eval()
        images = patches.flatten(0, 1).to(next(self.encoder.parameters()).dtype) / 255
        return unit(self.encoder(images).unflatten(0, (-1, 2)).flatten(1))

    def _name(self, patches: UInt8[Tensor, "2 3 patch patch"]) -> bytes:
        """What a descriptor is kept by: the patches, and the precision they are described in."""
        kind = str(next(self.encoder.parameters()).dtype).encode()
        return blake2b(patches.numpy().tobytes(), digest_size=16, key=kind).digest()
