"""A trained text reader as a plain function: scores, predictions and the embedding to ask."""

from typing import TYPE_CHECKING

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mien.faces import geometry as geometries
from mien.losses.similarity import similarity
from mien.methods.joint import projected
from mien.methods.labels import TASKS, activation

if TYPE_CHECKING:
    from mien.methods.text_reader import TextReaderModule


class TextReading(nn.Module):
    """Images, and shapes where they are known, to predictions; label texts are encoded once.

    Args:
        module: the trained method, shared.
    """

    def __init__(self, module: "TextReaderModule") -> None:
        super().__init__()
        self.encoder = module.encoder
        self.side = module.side
        self.image_projection = module.image_projection
        self.scorers = module.scorers
        self.activations = nn.ModuleDict({task: activation(task) for task in TASKS})
        self.output_names = module.output_names
        with torch.no_grad():
            for task, text in module.label_texts().items():
                self.register_buffer(f"{task}_text", text.detach().clone())
                self.register_buffer(f"{task}_scale", module.scales[task]().detach().clone())
                self.register_buffer(f"{task}_bias", module.biases[task].detach().clone())

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
        whole = features
        if self.side is not None:
            if shapes is None:
                shape = (len(images), geometries.WIDTH)
                shapes = torch.full(shape, torch.nan, device=features.device)
            whole = torch.cat([features.float(), self.side(shapes).float()], dim=1)
        faces = projected(self.image_projection, whole)
        scores = {
            name: self.scorers[name](whole) if name in self.scorers else self._compared(name, faces)
            for name in self.output_names
        }
        return features, scores, faces

    def _compared(self, task: str, faces: Tensor) -> Tensor:
        text, scale, bias = (
            self.get_buffer(f"{task}_{what}") for what in ("text", "scale", "bias")
        )
        return scale * similarity(faces, text) + bias
