"""What every text tower is: a frozen config that builds an encoder of prompts."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

CHUNK = 128
"""Prompts a frozen tower encodes at a time."""

Tokens = tuple[Int64[Tensor, "label token"], Bool[Tensor, "label token"]]
"""Token ids padded to the longest prompt, and the mask that is true on real tokens."""


class TextEncoder(nn.Module):
    """Encodes prompts; equal prompts are encoded once per call.

    A frozen encoder computes without gradient in float32, its body in evaluation mode, and
    remembers what it has encoded; the memory is no part of the state dict and is dropped when
    weights are loaded.

    Args:
        tokenise: maps a list of prompts to token ids and mask, both (label, token).
        body: maps ids and mask to features (label, dim).
        width: number of features, dim.
        trainable: whether `body` gets gradients.
    """

    def __init__(
        self,
        tokenise: Callable[[list[str]], Tokens],
        body: nn.Module,
        *,
        width: int,
        trainable: bool,
    ) -> None:
        super().__init__()
        self.tokenise = tokenise
        self.body = body.requires_grad_(trainable)
        self.width = width
        self.trainable = trainable
        self._remembered: dict[str, Tensor] = {}
        self.register_load_state_dict_post_hook(lambda encoder, _: encoder.forget())

    def encode(self, texts: Sequence[str]) -> Float[Tensor, "label dim"]:
        """Features of each prompt, in order, not normalised to length 1.

        Raises:
            ValueError: `texts` is empty.
        """
        if not texts:
            raise ValueError("no prompts to encode")
        unique = list(dict.fromkeys(texts))
        rows = {text: row for row, text in enumerate(unique)}
        features = self._compute(unique) if self.trainable else self._recall(unique)
        if len(unique) == len(texts):
            return features
        return features[torch.tensor([rows[text] for text in texts], device=features.device)]

    def forward(self, texts: Sequence[str]) -> Float[Tensor, "label dim"]:
        """The same as `encode`."""
        return self.encode(texts)

    def forget(self) -> None:
        """Drop remembered encodings; needed after changing a frozen tower's weights in place."""
        self._remembered.clear()

    def _device(self) -> torch.device:
        return next(self.body.parameters()).device

    def _compute(self, unique: list[str]) -> Float[Tensor, "label dim"]:
        ids, mask = self.tokenise(unique)
        return self.body(ids.to(self._device()), mask.to(self._device()))

    def _recall(self, unique: list[str]) -> Float[Tensor, "label dim"]:
        device = self._device()
        missing = [text for text in unique if text not in self._remembered]
        # Not inference mode: what is remembered may later take part in a differentiated product.
        with (
            torch.inference_mode(mode=False),
            torch.no_grad(),
            torch.autocast(device.type, enabled=False),
        ):
            self.body.eval()
            for start in range(0, len(missing), CHUNK):
                chunk = missing[start : start + CHUNK]
                for text, row in zip(chunk, self._compute(chunk), strict=True):
                    self._remembered[text] = row.clone()
            return torch.stack([self._remembered[text].to(device) for text in unique])


@dataclass(frozen=True, kw_only=True)
class TextTower(ABC):
    """Config of a text encoder."""

    trainable: bool = True
    """Whether the tower learns; a frozen one encodes each prompt once per run."""
    tokens: int
    """Longest prompt in tokens, marks of beginning and end included; the rest is cut off."""

    @property
    @abstractmethod
    def width(self) -> int:
        """Number of features the encoder returns per prompt."""

    @abstractmethod
    def build(self, *, seed: int) -> TextEncoder:
        """A new encoder; `seed` fixes every weight that no file supplies.

        Raises:
            MienError: a file of the tower is missing or does not fit.
        """

    @abstractmethod
    def blank(self) -> "TextTower":
        """The same architecture without reading pretrained weights, to load a checkpoint over.

        The tokeniser's files are still needed where the tower has any.
        """
