"""A trained method as a plain function of images, ready to read or to export."""

from collections.abc import Mapping

from jaxtyping import Float, UInt8
from torch import Tensor, nn

from mien.losses.similarity import similarity, unit
from mien.methods.labels import TASKS, Task, activation
from mien.models.backbone import ImageEncoder


class Reader(nn.Module):
    """Images to predictions.

    Args:
        encoder: the trained encoder, shared.
        scorers: for each task a module from features (batch, dim) to raw scores.
    """

    def __init__(self, encoder: ImageEncoder, scorers: Mapping[Task, nn.Module]) -> None:
        super().__init__()
        self.encoder = encoder
        self.scorers = nn.ModuleDict({task: scorers[task] for task in TASKS if task in scorers})
        self.activations = nn.ModuleDict({task: activation(task) for task in TASKS})

    @property
    def output_names(self) -> tuple[str, ...]:
        """The tasks that are read, in the order of `TASKS`."""
        return tuple(self.scorers)

    def forward(self, images: Float[Tensor, "batch 3 height width"]) -> dict[str, Tensor]:
        """Predictions as in `PredictingModule.predict`."""
        features = self.encoder(images)
        found = {
            task: self.activations[task](scorer(features)) for task, scorer in self.scorers.items()
        }
        return {**found, "embedding": features}


class ExportedReader(nn.Module):
    """What is exported: raw pixels in, a tuple of predictions out."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader
        self.output_names = reader.output_names

    def forward(self, image: UInt8[Tensor, "batch height width 3"]) -> tuple[Tensor, ...]:
        """Predictions for RGB crops, in the order of `output_names`."""
        found = self.reader(image.permute(0, 3, 1, 2).float() / 255)
        return tuple(found[name] for name in self.output_names)


class CosineScores(nn.Module):
    """Scores of features against label texts that have been encoded once.

    Args:
        projection: maps features to the space of the texts, shared.
        text: (label, dim) vectors to compare with: unit features of the prompts, or the
            difference of the present and the absent prompt's.
        scale: factor on the products.
        bias: added to the scores; one number or one per label.
    """

    text: Tensor
    scale: Tensor
    bias: Tensor

    def __init__(self, projection: nn.Module, *, text: Tensor, scale: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.projection = projection
        self.register_buffer("text", text.detach().clone())
        self.register_buffer("scale", scale.detach().clone())
        self.register_buffer("bias", bias.detach().clone())

    def forward(self, features: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch label"]:
        """s·cos(v, t) + b."""
        return self.scale * similarity(unit(self.projection(features)), self.text) + self.bias
