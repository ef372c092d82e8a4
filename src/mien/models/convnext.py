"""ConvNeXt (Liu et al., 2022, arXiv 2201.03545), by transformers."""

from dataclasses import dataclass, replace

from mien.models.backbone import IMAGENET_MEAN, IMAGENET_STD, Backbone, ImageEncoder
from mien.models.pooled import Pooled
from mien.models.seeded import seeded


def _size(depths: tuple[int, ...], widths: tuple[int, ...]) -> dict[str, object]:
    return {"depths": list(depths), "hidden_sizes": list(widths)}


SIZES = {
    "mini": _size((1, 1, 1, 1), (8, 16, 24, 32)),
    "atto": _size((2, 2, 6, 2), (40, 80, 160, 320)),
    "tiny": _size((3, 3, 9, 3), (96, 192, 384, 768)),
    "small": _size((3, 3, 27, 3), (96, 192, 384, 768)),
    "base": _size((3, 3, 27, 3), (128, 256, 512, 1024)),
}
"""Named sizes: the paper's, "atto" of ConvNeXt V2 (arXiv 2301.00808), and our "mini" for tests."""


@dataclass(frozen=True, kw_only=True)
class ConvNeXt(Backbone):
    """ConvNeXt; the features are its averaged last maps after a layer norm."""

    size: int = 224
    """Side of the square input, in pixels, at least 32."""
    model: str = "atto"
    """A named size ("mini", "atto", "tiny", "small", "base"), from random weights, or a local
    folder with config.json and model.safetensors."""
    pretrained: bool = True
    """Whether to read a folder's weights; without, only its architecture is taken."""

    @property
    def width(self) -> int:
        """Number of features the encoder returns per image."""
        from transformers import ConvNextConfig

        from mien.models import local

        return local.last(local.resolve(ConvNextConfig, self.model, sizes=SIZES)[0].hidden_sizes)

    def build(self, *, seed: int) -> ImageEncoder:
        """A new encoder; `seed` fixes the weights where none are read.

        Raises:
            MienError: `model` is neither a named size nor a folder that fits.
        """
        from transformers import ConvNextConfig, ConvNextModel

        from mien.models import local

        config, folder = local.resolve(ConvNextConfig, self.model, sizes=SIZES)
        mean, std = IMAGENET_MEAN, IMAGENET_STD
        if folder is not None:
            mean, std = local.normalisation(folder, mean=mean, std=std)
        with seeded(seed):
            model = local.network(ConvNextModel, config, folder if self.pretrained else None)
        body = Pooled(model, channels_last=True)
        return ImageEncoder(body, width=local.last(config.hidden_sizes), mean=mean, std=std)

    def blank(self) -> Backbone:
        """The same architecture with random weights."""
        return replace(self, pretrained=False)
