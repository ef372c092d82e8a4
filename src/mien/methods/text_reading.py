"""A trained text reader as a plain function: scores, predictions and the embedding to ask."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mien.faces import geometry as geometries
from mien.losses.similarity import similarity
from mien.methods.joint import projected
from mien.methods.labels import TASKS, activation
from mien.methods.side import Side
from mien.models.backbone import ImageEncoder


class TextReading(nn.Module):
    """Images, and shapes where they are known, to predictions; label texts are encoded once.

    Args:
        encoder: trained, shared; so are the side, the projection and the linear layers.
        side: None for pixels alone.
        projection: to the space in which faces meet texts.
        linear: layers of the tasks that are not compared with texts.
        compared: of each other task the texts (label, joint), the factor on cosines and the bias.
        output_names: the tasks that are read, in order.
    """

    def __init__(
        self,
        encoder: ImageEncoder,
        side: Side | None,
        *,
        projection: nn.Module,
        linear: nn.ModuleDict,
        compared: Mapping[str, tuple[Tensor, Tensor, Tensor]],
        output_names: tuple[str, ...],
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.side = side
        self.image_projection = projection
        self.scorers = linear
        self.activations = nn.ModuleDict({task: activation(task) for task in TASKS})
        self.output_names = output_names
        for task, (text, scale, bias) in compared.items():
            self.register_buffer(f"{task}_text", text.detach().clone())
            self.register_buffer(f"{task}_scale", scale.detach().clone())
            self.register_buffer(f"{task}_bias", bias.detach().clone())

    def forward(
        self,
        images: Float[Tensor, "batch 3 height width"],
        shapes: Float[Tensor, "batch feature"] | None = None,
    ) -> dict[str, Tensor]:
        """Predictions as in `PredictingModule.predict`.

        Args:
            images: on the 0-1 scale.
            shapes: `mien.faces.geometry` features, NaN where not known; None for none.
        """
        features, scores, _ = self.score(images, shapes)
        found = {task: self.activations[task](values) for task, values in scores.items()}
        return {**found, "embedding": features}

    def score(
        self, images: Tensor, shapes: Tensor | None
    ) -> tuple[Tensor, dict[str, Tensor], Tensor]:
        """The encoder's features, raw scores by task, and the unit vectors phrases are put to."""
        features = self.encoder(images)
        return features, *self.say(features, shapes)

    def say(self, features: Tensor, shapes: Tensor | None) -> tuple[dict[str, Tensor], Tensor]:
        """Raw scores by task, and the unit vectors, of the encoder's features."""
        whole = features
        if self.side is not None:
            if shapes is None:
                shape = (len(features), geometries.WIDTH)
                shapes = torch.full(shape, torch.nan, device=features.device)
            whole = torch.cat([features.float(), self.side(shapes).float()], dim=1)
        faces = projected(self.image_projection, whole)
        scores = {
            name: self.scorers[name](whole) if name in self.scorers else self.compared(name, faces)
            for name in self.output_names
        }
        return scores, faces

    def compared(self, task: str, faces: Tensor) -> Tensor:
        """Raw scores of a task by its labels' texts; of a mean of vectors, the mean of theirs."""
        text, scale, bias = (
            self.get_buffer(f"{task}_{what}") for what in ("text", "scale", "bias")
        )
        return scale * similarity(faces, text) + bias


class PixelExport(nn.Module):
    """What `mien export` writes: pixels in, predictions out, no shape and no phrases."""

    def __init__(self, reading: TextReading) -> None:
        super().__init__()
        self.reading = reading
        self.output_names = reading.output_names

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Predictions for RGB crops, uint8 (batch, size, size, 3)."""
        found = self.reading(image.permute(0, 3, 1, 2).float() / 255)
        return tuple(found[name] for name in self.output_names)
