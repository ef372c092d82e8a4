"""CLIP's text transformer (Radford et al., 2021, arXiv 2103.00020), by transformers."""

from dataclasses import dataclass, replace

from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from mien.assets import locate
from mien.models.clip_bpe import ASSET, END, from_archive, from_folder
from mien.models.seeded import seeded
from mien.models.text import TextEncoder, TextTower
from mien.models.word_pieces import WordPieces, check_length


def _size(dim: int, depth: int, heads: int, joint: int) -> dict[str, object]:
    return {
        "hidden_size": dim,
        "intermediate_size": 4 * dim,
        "num_hidden_layers": depth,
        "num_attention_heads": heads,
        "projection_dim": joint,
        "hidden_act": "quick_gelu",
        "vocab_size": 49_408,
        "max_position_embeddings": 77,
        "bos_token_id": 49_406,
        "eos_token_id": 49_407,
        "pad_token_id": 49_407,
    }


SIZES = {
    "mini": _size(32, 2, 2, 24),
    "ViT-B/32": _size(512, 12, 8, 512),
    "ViT-B/16": _size(512, 12, 8, 512),
    "ViT-L/14": _size(768, 12, 12, 768),
}
"""Text towers named by the image tower they belong to, and our "mini" for tests."""


class ClipTextBody(nn.Module):
    """One feature row per prompt: the end mark's token, projected into the joint space.

    Args:
        model: called with token ids; attention is causal, so what pads a prompt after its end
            mark does not matter.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        ids: Int64[Tensor, "label token"],
        mask: Bool[Tensor, "label token"],  # noqa: ARG002  every body takes it
    ) -> Float[Tensor, "label dim"]:
        """Projected end tokens."""
        return self.model(input_ids=ids).text_embeds


@dataclass(frozen=True, kw_only=True)
class ClipText(TextTower):
    """CLIP's text tower; the features are the end mark's token projected into the joint space."""

    tokens: int = 77
    """Longest prompt in tokens, marks included; the rest is cut off."""
    model: str = "ViT-B/16"
    """A named size ("mini", "ViT-B/32", "ViT-B/16", "ViT-L/14"), from random weights, its tokeniser
    from the asset clip-bpe; or a local folder with config.json, model.safetensors (of both towers
    or of this one), and tokenizer.json or vocab.json with merges.txt."""
    pretrained: bool = True
    """Whether to read a folder's weights; without, only architecture and tokeniser are taken."""

    @property
    def width(self) -> int:
        """Number of features the encoder returns per prompt."""
        from transformers import CLIPTextConfig

        from mien.models import local

        config, _ = local.resolve(CLIPTextConfig, self.model, sizes=SIZES, types=("clip",))
        assert config.projection_dim is not None
        return config.projection_dim

    def build(self, *, seed: int) -> TextEncoder:
        """A new encoder; `seed` fixes the weights where none are read.

        Raises:
            MienError: `model` is neither a named size nor a folder that fits, or the asset clip-bpe
                is not fetched.
        """
        from transformers import CLIPTextConfig, CLIPTextModelWithProjection

        from mien.models import local

        config, folder = local.resolve(CLIPTextConfig, self.model, sizes=SIZES, types=("clip",))
        check_length(self.tokens, config.max_position_embeddings)
        tokenizer = from_archive(locate(ASSET)) if folder is None else from_folder(folder)
        with seeded(seed):
            model = local.network(
                CLIPTextModelWithProjection, config, folder if self.pretrained else None
            )
        return TextEncoder(
            WordPieces(tokenizer, tokens=self.tokens, pad=END),
            ClipTextBody(model),
            width=self.width,
            trainable=self.trainable,
        )

    def blank(self) -> TextTower:
        """The same architecture with random weights; the tokeniser is still read."""
        return replace(self, pretrained=False)
