"""What is read off a transformers vision model as an image's features."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

Readout = Literal["pooler_output", "first token", "image_embeds"]
"""Pooled maps or tokens, the class token of the last layer, or CLIP's joint space."""


class Pooled(nn.Module):
    """One feature row per image from a transformers vision model.

    Args:
        model: called with `pixel_values`, images already normalised.
        readout: which of its outputs are the features.
        interpolate: whether its position embeddings are interpolated to the images' size.
        channels_last: whether images enter in channels-last memory; about 1.5 times the training
            speed for depthwise convolutions on CPUs. Weights stay contiguous.
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        readout: Readout = "pooler_output",
        interpolate: bool = False,
        channels_last: bool = False,
    ) -> None:
        super().__init__()
        self.model = model
        self.readout: Readout = readout
        self.options = {"interpolate_pos_encoding": True} if interpolate else {}
        self.channels_last = channels_last

    def forward(self, images: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch dim"]:
        """Features of normalised images."""
        if self.channels_last:
            images = images.contiguous(memory_format=torch.channels_last)
        output = self.model(pixel_values=images, **self.options)
        if self.readout == "first token":
            return output.last_hidden_state[:, 0]
        return output[self.readout].flatten(1)
