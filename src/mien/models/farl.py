"""FaRL: CLIP ViT-B/16 trained on faces and captions (Zheng et al., 2022, arXiv 2112.03109).

The released checkpoints keep CLIP's original names under "state_dict"; a checkpoint of another
CLIP with a vision transformer in that layout is read alike.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from mien.models import clip_image, clip_text
from mien.models.backbone import Backbone, ImageEncoder
from mien.models.openai_clip import text_tensors, vision_tensors
from mien.models.pooled import Pooled
from mien.models.tensors import fill, read_tensors
from mien.models.text import TextEncoder, TextTower


@dataclass(frozen=True, kw_only=True)
class FarlImage(Backbone):
    """FaRL's image tower; the features are the class token projected into the joint space."""

    file: str
    """Local checkpoint, `.pth` (read without running code) or `.safetensors`."""
    size: int = 224
    """Side of the square input, in pixels, a multiple of the patch; position embeddings are
    interpolated to it."""
    model: str = "ViT-B/16"
    """Architecture of the checkpoint, a named size of `ClipImage`; FaRL's is "ViT-B/16"."""
    trained_size: int = 224
    """Side in pixels that the checkpoint's position embeddings are made for."""
    pretrained: bool = True
    """Whether to read the file; without, only the architecture is taken."""

    @property
    def width(self) -> int:
        """Number of features the encoder returns per image."""
        return clip_image.ClipImage(model=self.model).width

    def build(self, *, seed: int) -> ImageEncoder:
        """A new encoder; `seed` fixes the weights where none are read.

        Raises:
            MienError: the file is missing, damaged, or of another architecture.
        """
        named = clip_image.ClipImage(size=self.trained_size, model=self.model).build(seed=seed)
        assert isinstance(named.body, Pooled)
        network = named.body.model
        if self.pretrained:
            path = Path(self.file).expanduser()
            fill(network, vision_tensors(read_tensors(path), path=path), path=path)
        body = Pooled(network, readout="image_embeds", interpolate=self.size != self.trained_size)
        return ImageEncoder(
            body, width=self.width, mean=clip_image.CLIP_MEAN, std=clip_image.CLIP_STD
        )

    def blank(self) -> Backbone:
        """The same architecture with random weights; the file is not needed."""
        return replace(self, pretrained=False)


@dataclass(frozen=True, kw_only=True)
class FarlText(TextTower):
    """FaRL's text tower; the features are the end mark's token projected into the joint space."""

    file: str
    """Local checkpoint, `.pth` (read without running code) or `.safetensors`."""
    tokens: int = 77
    """Longest prompt in tokens, marks included; the rest is cut off."""
    model: str = "ViT-B/16"
    """Architecture of the checkpoint, a named size of `ClipText`; FaRL's is "ViT-B/16"."""
    pretrained: bool = True
    """Whether to read the file; without, only architecture and tokeniser are taken."""

    @property
    def width(self) -> int:
        """Number of features the encoder returns per prompt."""
        return clip_text.ClipText(model=self.model).width

    def build(self, *, seed: int) -> TextEncoder:
        """A new encoder; `seed` fixes the weights where none are read.

        Raises:
            MienError: the file is missing, damaged, or of another architecture, or the asset
                clip-bpe is not fetched.
        """
        named = clip_text.ClipText(
            model=self.model, tokens=self.tokens, trainable=self.trainable
        ).build(seed=seed)
        if self.pretrained:
            assert isinstance(named.body, clip_text.ClipTextBody)
            path = Path(self.file).expanduser()
            fill(named.body.model, text_tensors(read_tensors(path), path=path), path=path)
        return named

    def blank(self) -> TextTower:
        """The same architecture with random weights; the file is not needed."""
        return replace(self, pretrained=False)
