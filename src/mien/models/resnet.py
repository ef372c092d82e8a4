"""ResNet (He et al., 2016, arXiv 1512.03385), by transformers."""

from dataclasses import dataclass, replace

from mien.models.backbone import IMAGENET_MEAN, IMAGENET_STD, Backbone, ImageEncoder
from mien.models.norm import Norm, normalised
from mien.models.pooled import Pooled
from mien.models.seeded import seeded


def _size(
    kind: str, depths: tuple[int, ...], widths: tuple[int, ...], stem: int = 64
) -> dict[str, object]:
    return {
        "layer_type": kind,
        "depths": list(depths),
        "hidden_sizes": list(widths),
        "embedding_size": stem,
    }


SIZES = {
    "mini": _size("basic", (1, 1, 1, 1), (8, 16, 24, 32), stem=8),
    "10": _size("basic", (1, 1, 1, 1), (64, 128, 256, 512)),
    "18": _size("basic", (2, 2, 2, 2), (64, 128, 256, 512)),
    "34": _size("basic", (3, 4, 6, 3), (64, 128, 256, 512)),
    "50": _size("bottleneck", (3, 4, 6, 3), (256, 512, 1024, 2048)),
    "101": _size("bottleneck", (3, 4, 23, 3), (256, 512, 1024, 2048)),
}
"""Named sizes: the paper's, "10" by the same rule, and our "mini" for tests. The stride of a
bottleneck lies in its 3x3 convolution, as in most released weights; the paper has it in the 1x1."""


@dataclass(frozen=True, kw_only=True)
class ResNet(Backbone):
    """ResNet; the features are its averaged last maps."""

    size: int = 224
    """Side of the square input, in pixels, at least 32."""
    model: str = "18"
    """A named size ("mini", "10", "18", "34", "50", "101"), from random weights, or a local folder
    with config.json and model.safetensors."""
    pretrained: bool = True
    """Whether to read a folder's weights; without, only its architecture is taken."""
    norm: Norm = "group"
    """"frozen-batch" (statistics frozen, scale and shift learn; for a folder's weights), "batch"
    (live, momentum 0.1; no cached gradients, no second CPU rank) or "group" (from nothing)."""

    @property
    def width(self) -> int:
        """Number of features the encoder returns per image."""
        from transformers import ResNetConfig

        from mien.models import local

        return local.last(local.resolve(ResNetConfig, self.model, sizes=SIZES)[0].hidden_sizes)

    def build(self, *, seed: int) -> ImageEncoder:
        """A new encoder; `seed` fixes the weights where none are read.

        Raises:
            MienError: `model` is neither a named size nor a folder that fits.
        """
        from transformers import ResNetConfig, ResNetModel

        from mien.models import local

        config, folder = local.resolve(ResNetConfig, self.model, sizes=SIZES)
        mean, std = IMAGENET_MEAN, IMAGENET_STD
        if folder is not None:
            mean, std = local.normalisation(folder, mean=mean, std=std)
        with seeded(seed):
            model = local.network(ResNetModel, config, folder if self.pretrained else None)
        body = Pooled(normalised(model, self.norm), channels_last=True)
        return ImageEncoder(body, width=local.last(config.hidden_sizes), mean=mean, std=std)

    def blank(self) -> Backbone:
        """The same architecture with random weights."""
        return replace(self, pretrained=False)
