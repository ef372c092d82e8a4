"""Sentence encoders of BERT's architecture, MiniLM-L6 first, by transformers.

MiniLM: Wang et al., 2020, arXiv 2002.10957. Pooling as in Sentence-BERT (Reimers and Gurevych,
2019, arXiv 1908.10084, section 3).
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from mien.assets import locate
from mien.models.seeded import seeded
from mien.models.text import TextEncoder, TextTower
from mien.models.word_pieces import WordPieces, check_length, from_file

ASSET = "minilm-l6-v2"
Pooling = Literal["mean", "first"]


class SentenceBody(nn.Module):
    """One feature row per prompt from a transformers BERT.

    Args:
        model: called with token ids and mask.
        pooling: "mean" over real tokens, or the "first" token.
    """

    def __init__(self, model: nn.Module, *, pooling: Pooling) -> None:
        super().__init__()
        self.model = model
        self.pooling: Pooling = pooling

    def forward(
        self, ids: Int64[Tensor, "label token"], mask: Bool[Tensor, "label token"]
    ) -> Float[Tensor, "label dim"]:
        """Pooled last layer."""
        tokens = self.model(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        if self.pooling == "first":
            return tokens[:, 0]
        weights = mask.to(tokens.dtype)[..., None]
        return (tokens * weights).sum(1) / weights.sum(1)


@dataclass(frozen=True, kw_only=True)
class MiniLM(TextTower):
    """A sentence encoder: all-MiniLM-L6-v2 from the assets, or any BERT of a local folder."""

    trainable: bool = False
    """Whether the tower learns. Frozen by default: 22 million weights for a few dozen prompts; a
    learned projection on top adapts it."""
    tokens: int = 128
    """Longest prompt in tokens, marks included; the rest is cut off."""
    model: str = ASSET
    """The asset, or a local folder with config.json, model.safetensors and tokenizer.json."""
    pooling: Pooling = "mean"
    """What stands for a prompt: the "mean" of its tokens (MiniLM) or its "first" token (BGE)."""
    pretrained: bool = True
    """Whether to read the weights; without, only architecture and tokeniser are taken."""

    @property
    def _folder(self) -> Path:
        from mien.models import local

        return locate(ASSET) if self.model == ASSET else local.folder_of(self.model)

    @property
    def width(self) -> int:
        """Number of features the encoder returns per prompt."""
        from transformers import BertConfig

        from mien.models import local

        return local.configuration(BertConfig, self._folder).hidden_size

    def build(self, *, seed: int) -> TextEncoder:
        """A new encoder; `seed` fixes the weights where none are read.

        Raises:
            MienError: the asset is not fetched, or the folder does not fit.
        """
        from transformers import BertConfig, BertModel

        from mien.models import local

        folder = self._folder
        config = local.configuration(BertConfig, folder)
        check_length(self.tokens, config.max_position_embeddings)
        pieces = WordPieces(from_file(folder / "tokenizer.json"), tokens=self.tokens, pad="[PAD]")
        with seeded(seed):
            model = local.network(
                BertModel, config, folder if self.pretrained else None, add_pooling_layer=False
            )
        return TextEncoder(
            pieces,
            SentenceBody(model, pooling=self.pooling),
            width=config.hidden_size,
            trainable=self.trainable,
        )

    def blank(self) -> TextTower:
        """The same architecture with random weights; the tokeniser is still read."""
        return replace(self, pretrained=False)
