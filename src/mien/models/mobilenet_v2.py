"""MobileNetV2 (Sandler et al., 2018, arXiv 1801.04381), by transformers."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from torch import nn

from mien.assets import asset, intact, locate
from mien.errors import MienError
from mien.models.backbone import IMAGENET_MEAN, IMAGENET_STD, Backbone, ImageEncoder
from mien.models.norm import Norm, normalised
from mien.models.pooled import Pooled
from mien.models.seeded import seeded
from mien.models.tensors import fill, read_tensors

ASSET = "mobilenet-v2-imagenet"
CLASSES = 1000
LAST_WIDTH = 1280


def classifier(*, multiplier: float = 1.0) -> nn.Module:
    """The ImageNet classifier of transformers with random weights, set up as PyTorch's original.

    Symmetric padding and epsilon 1e-5: transformers' defaults shift the logits of the original
    weights by up to 7.4.
    """
    from transformers import MobileNetV2Config, MobileNetV2ForImageClassification

    from mien.models import local

    config = MobileNetV2Config(tf_padding=False, layer_norm_eps=1e-5, depth_multiplier=multiplier)
    config.num_labels = CLASSES
    model = local.blank(MobileNetV2ForImageClassification, config)
    for part in model.modules():
        # He et al., 2015, arXiv 1502.01852, by fan-in: keeps the scale even where frozen
        # statistics of 0 and 1 normalise nothing; transformers' normal of 0.02 vanishes there.
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, mode="fan_in")
    return model


def imagenet_classifier(*, cache: Path | None = None) -> nn.Module:
    """The ImageNet classifier with the asset's weights: (batch, 3, h, w) -> logits (batch, 1000).

    The file's 314 tensors stand under torchvision's names; they map onto transformers' in order,
    each shape checked.

    Raises:
        MienError: the asset is not fetched, damaged, or does not fit.
    """
    path = locate(ASSET, cache=cache)
    if path.is_dir():
        path = path / asset(ASSET).members[0].name
    if not intact(asset(ASSET), cache=cache):
        raise MienError(
            "the weights are not the file the manifest names",
            remedy=f"delete it and run `mien assets fetch {ASSET}`",
            path=path,
        )
    tensors = read_tensors(path)
    model = classifier()
    names = list(model.state_dict())
    if len(names) != len(tensors):
        raise MienError(
            f"{len(tensors)} tensors for {len(names)} places",
            remedy="install the version of transformers that constraints.txt names",
            path=path,
        )
    fill(model, dict(zip(names, tensors.values(), strict=True)), path=path)
    return model


def _from_folder(
    name: str, *, pretrained: bool
) -> tuple[nn.Module, tuple[float, ...], tuple[float, ...]]:
    from transformers import MobileNetV2Config, MobileNetV2Model

    from mien.models import local

    folder = local.folder_of(name)
    config = local.configuration(MobileNetV2Config, folder)
    model = local.network(MobileNetV2Model, config, folder if pretrained else None)
    return model, *local.normalisation(folder, mean=IMAGENET_MEAN, std=IMAGENET_STD)


@dataclass(frozen=True, kw_only=True)
class MobileNetV2(Backbone):
    """MobileNetV2 up to its averaged last maps, at any input of 32 pixels or more."""

    size: int = 112
    """Side of the square input, in pixels; 64 to 224 are sensible."""
    weights: str | None = "imagenet"
    """"imagenet" (the asset mobilenet-v2-imagenet), a local folder in transformers' format (which
    brings its own padding and channels), or None for random weights."""
    pretrained: bool = True
    """Whether to read the weights named; without, only their architecture is taken."""
    norm: Norm = "frozen-batch"
    """"frozen-batch" (statistics frozen, scale and shift learn), "batch" (live, momentum 0.1; no
    cached gradients, no second CPU rank) or "group" (from nothing)."""
    stem_stride: Literal[1, 2] = 2
    """Stride of the first convolution. 1 keeps twice the resolution at about four times the cost:
    64-pixel faces then end in 4x4 maps instead of 2x2."""
    multiplier: float = 1.0
    """Channels relative to the paper's (section 3.2), for random weights only; the last width
    stays 1280 below 1."""

    @property
    def width(self) -> int:
        """Number of features the encoder returns per image."""
        multiplier = self.multiplier
        if self._folder is not None:
            from transformers import MobileNetV2Config

            from mien.models import local

            config = local.configuration(MobileNetV2Config, local.folder_of(self._folder))
            multiplier = config.depth_multiplier
        return max(LAST_WIDTH, int(LAST_WIDTH * multiplier + 4) // 8 * 8)

    def build(self, *, seed: int) -> ImageEncoder:
        """A new encoder; `seed` fixes the weights where none are read.

        Raises:
            MienError: the asset is not fetched or damaged, the folder does not fit, or a
                multiplier is set beside weights.
        """
        mean, std = IMAGENET_MEAN, IMAGENET_STD
        if self.weights is not None and self.multiplier != 1.0:
            raise MienError(
                f"a multiplier of {self.multiplier} fits no weights that are read",
                remedy="set multiplier=1.0, or weights=None",
            )
        with seeded(seed):
            if self._folder is not None:
                model, mean, std = _from_folder(self._folder, pretrained=self.pretrained)
            else:
                known = self.weights == "imagenet" and self.pretrained
                whole = imagenet_classifier() if known else classifier(multiplier=self.multiplier)
                model = whole.get_submodule("mobilenet_v2")
        normalised(model, self.norm)
        stem = model.get_submodule("conv_stem.first_conv.convolution")
        assert isinstance(stem, nn.Conv2d)
        stem.stride = (self.stem_stride, self.stem_stride)
        return ImageEncoder(Pooled(model, channels_last=True), width=self.width, mean=mean, std=std)

    def blank(self) -> Backbone:
        """The same architecture with random weights."""
        return replace(self, pretrained=False)

    @property
    def _folder(self) -> str | None:
        return None if self.weights in {None, "imagenet"} else self.weights
