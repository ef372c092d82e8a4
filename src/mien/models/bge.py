"""bge-small-en-v1.5 as a frozen text tower: the encoder that free phrases go through, too.

It runs on ONNX Runtime (`mien.text`), so that a phrase typed by a user gets exactly the vector
that training gave to such a phrase.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mien.errors import MienError
from mien.models.text import TextEncoder, TextTower
from mien.text.sentence import WIDTH, SentenceEncoder


@dataclass(frozen=True, kw_only=True)
class Bge(TextTower):
    """The sentence encoder of the shipped model; it cannot be trained."""

    trainable: bool = False
    """Always False."""
    tokens: int = 128
    """Longest prompt in tokens."""
    pretrained: bool = True
    """Whether the asset is read; without, every vector is zero (to load a checkpoint over)."""

    @property
    def width(self) -> int:
        """Number of features the encoder returns per prompt."""
        return WIDTH

    def build(self, *, seed: int) -> TextEncoder:  # noqa: ARG002 - nothing is drawn
        """The encoder.

        Raises:
            MienError: the asset is not fetched, or the tower is to be trained.
        """
        if self.trainable:
            raise MienError("bge cannot be trained here", remedy="leave text.trainable off")
        return _BgeEncoder(SentenceEncoder() if self.pretrained else None)

    def blank(self) -> TextTower:
        """The same without reading the asset."""
        return replace(self, pretrained=False)


class _BgeEncoder(TextEncoder):
    """The encoder as a module without weights."""

    def __init__(self, encoder: SentenceEncoder | None) -> None:
        super().__init__(_refuse, nn.Identity(), width=WIDTH, trainable=False)
        self._encoder = encoder

    def encode(self, texts: Sequence[str]) -> Float[Tensor, "label dim"]:
        """Vectors of each prompt, at length 1; zeros where the asset was not to be read.

        Raises:
            ValueError: `texts` is empty.
        """
        if not texts:
            raise ValueError("no prompts to encode")
        if self._encoder is None:
            return torch.zeros((len(texts), WIDTH))
        return torch.from_numpy(self._encoder.encode(texts))


def _refuse(_: list[str]) -> tuple[Tensor, Tensor]:
    raise AssertionError("this encoder takes texts, not tokens")
