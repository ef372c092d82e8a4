"""Faces compared with every unit's intensity words."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mien.facs import INTENSITY_WORDS
from mien.losses.ordinal_text import ordinal_logits
from mien.losses.similarity import unit
from mien.methods.comparer import Encoded, LabelPrompts
from mien.methods.joint import Scale

LEVELS = len(INTENSITY_WORDS)
"""Intensities 0 to 5."""


class OrdinalComparer(nn.Module):
    """The learned numbers of intensities read from words: s, and a bias for each level.

    The biases are shared by all units, so that a new unit has them, too.

    Args:
        scale: where s starts.
    """

    def __init__(self, *, scale: float) -> None:
        super().__init__()
        self.scale = Scale(scale)
        self.bias = nn.Parameter(torch.zeros(LEVELS))

    def forward(
        self, face: Float[Tensor, "batch dim"], prompts: LabelPrompts, encoded: Encoded
    ) -> Float[Tensor, "batch label"]:
        """Raw scores of unit features; 5·sigmoid of them is the expected intensity."""
        levels = encoded(prompts.targets).unflatten(0, (-1, LEVELS))
        return ordinal_logits(face, levels, scale=self.scale(), bias=self.bias)

    def description_loss(self, prompts: LabelPrompts, encoded: Encoded) -> None:  # noqa: ARG002
        """Intensities have no descriptions."""
        return

    def baked(self, face: nn.Module, prompts: LabelPrompts, encoded: Encoded) -> "OrdinalScores":
        """The same scores from features, with texts and numbers as constants.

        Args:
            face: the projection of features, shared.
            prompts: the levels' prompts.
            encoded: their features.
        """
        text = encoded(prompts.targets).unflatten(0, (-1, LEVELS))
        return OrdinalScores(face, text=text, scale=self.scale(), bias=self.bias)

    def limit(self) -> None:
        """Keep the factor at or below CLIP's limit; call after the optimiser's step."""
        self.scale.limit()


class OrdinalScores(nn.Module):
    """Scores of features against level texts that have been encoded once.

    Args:
        projection: maps features to the space of the texts, shared.
        text: (label, level, dim) unit features.
        scale: factor on the cosines.
        bias: one number a level.
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
        """Log-odds of the expected level."""
        face = unit(self.projection(features))
        return ordinal_logits(face, self.text, scale=self.scale, bias=self.bias)
