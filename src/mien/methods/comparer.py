"""Faces compared with the texts of one task's labels."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mien.losses.label_text import cosine_logits, description_name_loss, paired_logits
from mien.losses.similarity import unit
from mien.methods.joint import Scale
from mien.methods.reader import CosineScores


@dataclass(frozen=True, kw_only=True)
class LabelPrompts:
    """The prompts of one task's labels in one step; every list has one prompt per label.

    For intensities `targets` has one prompt per label and level, label by label.
    """

    targets: list[str]
    """What faces are compared with."""
    also: list[list[str]] = field(default_factory=list)
    """Further prompts of the same labels, averaged with `targets`."""
    learned: bool = False
    """Whether `targets` are bare names, to stand behind learned words."""
    absent: list[str] = field(default_factory=list)
    """The counterparts that say a unit is absent; empty for the other forms."""
    descriptions: list[str] = field(default_factory=list)
    """What is compared with `targets` in L_DN; empty without that loss."""

    @property
    def bare(self) -> list[str]:
        """Names that stand behind learned words."""
        return self.targets if self.learned else []

    @property
    def templated(self) -> list[str]:
        """All other prompts."""
        further = [prompt for each in self.also for prompt in each]
        own = [] if self.learned else self.targets
        return [*own, *further, *self.absent, *self.descriptions]


class Encoded:
    """Prompts and their unit features, encoded together.

    Args:
        prompts: what was encoded.
        vectors: one row per prompt.
    """

    def __init__(self, prompts: Sequence[str], vectors: Float[Tensor, "token dim"]) -> None:
        self._rows = {prompt: row for row, prompt in enumerate(prompts)}
        self._vectors = vectors

    def __call__(self, prompts: Sequence[str]) -> Float[Tensor, "label dim"]:
        """The features of some of the prompts, in order."""
        rows = torch.tensor([self._rows[prompt] for prompt in prompts])
        return self._vectors[rows.to(self._vectors.device)]

    def targets(self, prompts: LabelPrompts) -> Float[Tensor, "label dim"]:
        """What faces are compared with: of several prompts a label the mean, at length 1."""
        if not prompts.also:
            return self(prompts.targets)
        each = [self(some) for some in (prompts.targets, *prompts.also)]
        return unit(torch.stack(each).mean(0))


class Comparer(nn.Module):
    """The learned numbers of one task: s, b, and the factor of L_DN.

    Args:
        scale: where both factors start.
        biases: 0 for none, 1 for one number, else one number per label.
        described: whether there is an L_DN.
    """

    def __init__(self, *, scale: float, biases: int, described: bool) -> None:
        super().__init__()
        self.scale = Scale(scale)
        shape = () if biases == 1 else (biases,)
        self.bias = nn.Parameter(torch.zeros(shape)) if biases else None
        self.description_scale = Scale(scale) if described else None

    def forward(
        self, face: Float[Tensor, "batch dim"], prompts: LabelPrompts, encoded: Encoded
    ) -> Float[Tensor, "batch label"]:
        """Raw scores of unit features."""
        targets = encoded.targets(prompts)
        if prompts.absent:
            return paired_logits(face, targets, encoded(prompts.absent), scale=self.scale())
        return cosine_logits(face, targets, scale=self.scale(), bias=self.bias)

    def description_loss(self, prompts: LabelPrompts, encoded: Encoded) -> Float[Tensor, ""] | None:
        """L_DN, or None where descriptions are not compared with names."""
        if self.description_scale is None:
            return None
        return description_name_loss(
            encoded(prompts.descriptions),
            encoded.targets(prompts),
            scale=self.description_scale(),
        )

    def baked(self, face: nn.Module, prompts: LabelPrompts, encoded: Encoded) -> CosineScores:
        """The same scores from features, with texts and numbers as constants.

        Args:
            face: the projection of features, shared.
            prompts: the labels' prompts.
            encoded: their features.
        """
        text = encoded.targets(prompts)
        if prompts.absent:  # s·cos(v, t₊) − s·cos(v, t₋) = s·v·(t₊ − t₋)
            text = text - encoded(prompts.absent)
        bias = torch.zeros((), device=text.device) if self.bias is None else self.bias
        return CosineScores(face, text=text, scale=self.scale(), bias=bias)

    def limit(self) -> None:
        """Keep the factors at or below CLIP's limit; call after the optimiser's step."""
        self.scale.limit()
        if self.description_scale is not None:
            self.description_scale.limit()
