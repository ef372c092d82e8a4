"""CLIP's vision transformer (Radford et al., 2021, arXiv 2103.00020), by transformers."""

from dataclasses import dataclass, replace

from mien.models.backbone import Backbone, ImageEncoder
from mien.models.pooled import Pooled
from mien.models.seeded import seeded

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)


def _size(dim: int, depth: int, heads: int, patch: int, joint: int) -> dict[str, object]:
    return {
        "hidden_size": dim,
        "intermediate_size": 4 * dim,
        "num_hidden_layers": depth,
        "num_attention_heads": heads,
        "patch_size": patch,
        "projection_dim": joint,
        "hidden_act": "quick_gelu",
    }


SIZES = {
    "mini": _size(32, 2, 2, 16, 24),
    "ViT-B/32": _size(768, 12, 12, 32, 512),
    "ViT-B/16": _size(768, 12, 12, 16, 512),
    "ViT-L/14": _size(1024, 24, 16, 14, 768),
}
"""Named sizes: the paper's, and our "mini" for tests."""


@dataclass(frozen=True, kw_only=True)
class ClipImage(Backbone):
    """CLIP's image tower; the features are the class token projected into the joint space."""

    size: int = 224
    """Side of the square input, in pixels, a multiple of the patch; a folder's position embeddings
    are interpolated to it."""
    model: str = "ViT-B/16"
    """A named size ("mini", "ViT-B/32", "ViT-B/16", "ViT-L/14"), from random weights, or a local
    folder with config.json and model.safetensors, of both towers or of this one."""
    pretrained: bool = True
    """Whether to read a folder's weights; without, only its architecture is taken."""

    @property
    def width(self) -> int:
        """Number of features the encoder returns per image."""
        from transformers import CLIPVisionConfig

        from mien.models import local

        config, _ = local.resolve(CLIPVisionConfig, self.model, sizes=SIZES, types=("clip",))
        return config.projection_dim

    def build(self, *, seed: int) -> ImageEncoder:
        """A new encoder; `seed` fixes the weights where none are read.

        Raises:
            MienError: `model` is neither a named size nor a folder that fits.
        """
        from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

        from mien.models import local

        config, folder = local.resolve(CLIPVisionConfig, self.model, sizes=SIZES, types=("clip",))
        mean, std = CLIP_MEAN, CLIP_STD
        if folder is None:
            config.image_size = self.size
        else:
            mean, std = local.normalisation(folder, mean=mean, std=std)
        with seeded(seed):
            model = local.network(
                CLIPVisionModelWithProjection, config, folder if self.pretrained else None
            )
        body = Pooled(model, readout="image_embeds", interpolate=local.side(config) != self.size)
        return ImageEncoder(body, width=config.projection_dim, mean=mean, std=std)

    def blank(self) -> Backbone:
        """The same architecture with random weights."""
        return replace(self, pretrained=False)
