"""Number formats: float32, or bfloat16 where it is safe."""

from typing import Literal

import torch

Precision = Literal["float32", "bf16"]
"""Weights, optimiser and losses are float32 in both; "bf16" computes layers in bfloat16."""


def autocast(precision: Precision, device: torch.device) -> torch.autocast:
    """The context in which a model computes.

    Args:
        precision: "float32" changes nothing; "bf16" needs no loss scaling (8 exponent bits).
        device: where the model lives.
    """
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=precision == "bf16")
