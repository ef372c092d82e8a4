"""A byte-level transformer that needs no files: for tests and for learning from nothing."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from mien.models.seeded import seeded
from mien.models.text import TextEncoder, TextTower, Tokens


class ByteTokens:
    """Tokenises prompts as their UTF-8 bytes plus one; 0 is padding.

    Args:
        tokens: longest prompt in bytes.
    """

    def __init__(self, *, tokens: int) -> None:
        self.tokens = tokens

    def __call__(self, texts: list[str]) -> Tokens:
        """Ids and mask of the prompts; an empty prompt keeps one padding token."""
        coded = [list(text.encode()[: self.tokens]) or [-1] for text in texts]
        longest = max(len(row) for row in coded)
        ids = torch.tensor(
            [[byte + 1 for byte in row] + [0] * (longest - len(row)) for row in coded]
        )
        lengths = torch.tensor([[len(row)] for row in coded])
        return ids, torch.arange(longest)[None] < lengths


class ByteTransformer(nn.Module):
    """Pre-norm transformer over bytes, averaged over the prompt's tokens.

    Args:
        width: number of features per token and per prompt.
        depth: number of layers.
        heads: attention heads per layer.
        tokens: longest prompt.
    """

    def __init__(self, *, width: int, depth: int, heads: int, tokens: int) -> None:
        super().__init__()
        self.bytes = nn.Embedding(257, width)
        self.positions = nn.Embedding(tokens, width)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                width, heads, 4 * width, dropout=0.0, batch_first=True, norm_first=True
            )
            for _ in range(depth)
        )
        self.norm = nn.LayerNorm(width)

    def forward(
        self, ids: Int64[Tensor, "label token"], mask: Bool[Tensor, "label token"]
    ) -> Float[Tensor, "label dim"]:
        """Mean over real tokens of the last layer's normalised output."""
        tokens = self.bytes(ids) + self.positions.weight[: ids.shape[1]]
        for layer in self.layers:
            tokens = layer(tokens, src_key_padding_mask=~mask)
        weights = mask.to(tokens.dtype)[..., None]
        return (self.norm(tokens) * weights).sum(1) / weights.sum(1)


@dataclass(frozen=True, kw_only=True)
class TinyText(TextTower):
    """Byte-level transformer from random weights (our own; no paper)."""

    tokens: int = 160
    """Longest prompt in bytes."""
    dim: int = 64
    """Number of features per prompt."""
    depth: int = 2
    """Number of layers."""
    heads: int = 4
    """Attention heads per layer; they divide `dim`."""

    @property
    def width(self) -> int:
        """Number of features the encoder returns per prompt."""
        return self.dim

    def build(self, *, seed: int) -> TextEncoder:
        """A new encoder with weights drawn from `seed`."""
        with seeded(seed):
            body = ByteTransformer(
                width=self.dim, depth=self.depth, heads=self.heads, tokens=self.tokens
            )
        return TextEncoder(
            ByteTokens(tokens=self.tokens), body, width=self.dim, trainable=self.trainable
        )

    def blank(self) -> TextTower:
        """The config itself: it reads no files."""
        return self
