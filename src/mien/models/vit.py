"""ViT (Dosovitskiy et al., 2021, arXiv 2010.11929), by transformers."""

from dataclasses import dataclass, replace

from mien.models.backbone import Backbone, ImageEncoder
from mien.models.pooled import Pooled
from mien.models.seeded import seeded

HALF = (0.5, 0.5, 0.5)


def _size(dim: int, depth: int, heads: int, patch: int) -> dict[str, object]:
    return {
        "hidden_size": dim,
        "intermediate_size": 4 * dim,
        "num_hidden_layers": depth,
        "num_attention_heads": heads,
        "patch_size": patch,
    }


SIZES = {
    "mini": _size(32, 2, 2, 16),
    "tiny": _size(192, 12, 3, 16),
    "small": _size(384, 12, 6, 16),
    "base": _size(768, 12, 12, 16),
    "large": _size(1024, 24, 16, 16),
}
"""Named sizes; patches of 16 pixels. "mini" is ours, for tests."""


@dataclass(frozen=True, kw_only=True)
class ViT(Backbone):
    """Vision transformer; the features are the class token after the last norm."""

    size: int = 224
    """Side of the square input, in pixels, a multiple of the patch; a folder's position embeddings
    are interpolated to it."""
    model: str = "small"
    """A named size ("mini", "tiny", "small", "base", "large"), from random weights, or a local
    folder with config.json and model.safetensors."""
    pretrained: bool = True
    """Whether to read a folder's weights; without, only its architecture is taken."""

    @property
    def width(self) -> int:
        """Number of features the encoder returns per image."""
        from transformers import ViTConfig

        from mien.models import local

        return local.resolve(ViTConfig, self.model, sizes=SIZES)[0].hidden_size

    def build(self, *, seed: int) -> ImageEncoder:
        """A new encoder; `seed` fixes the weights where none are read.

        Raises:
            MienError: `model` is neither a named size nor a folder that fits.
        """
        from transformers import ViTConfig, ViTModel

        from mien.models import local

        config, folder = local.resolve(ViTConfig, self.model, sizes=SIZES)
        mean, std = HALF, HALF
        if folder is None:
            config.image_size = self.size
        else:
            mean, std = local.normalisation(folder, mean=mean, std=std)
        with seeded(seed):
            model = local.network(
                ViTModel, config, folder if self.pretrained else None, add_pooling_layer=False
            )
        body = Pooled(model, readout="first token", interpolate=local.side(config) != self.size)
        return ImageEncoder(body, width=config.hidden_size, mean=mean, std=std)

    def blank(self) -> Backbone:
        """The same architecture with random weights."""
        return replace(self, pretrained=False)
