"""Every method's loss and gradients."""

import numpy as np
import torch

from methods import tiny

ROWS = 12
SHARED = ("standardise", "memory", "across", "head", "slow_head")
"""Buffers that all ranks hold alike."""


def table(rows: slice) -> dict[str, np.ndarray]:
    """Each method's loss followed by all its gradients."""
    found = {}
    for name, method in tiny.every_method().items():
        module = method.build(tiny.BACKBONE, seed=0).double()
        whole = tiny.batch(ROWS, dtype=torch.float64, labels=torch.float64)
        # What the ranks know differs: shares must still add up.
        whole.activity[:4] = -1
        whole.occurrence[:5, 1] = float("nan")
        batch = whole.with_views(whole.views[:, : method.views]).rows(rows)
        tiny.warm(module, batch)
        step = module(batch)
        step.loss.backward()
        grads = [p.grad.flatten() for p in module.parameters() if p.requires_grad]
        buffers = [b.flatten() for k, b in module.named_buffers() if k.startswith(SHARED)]
        logs = (
            [value[None] for value in step.logs.values()] if name in tiny.self_supervised() else []
        )
        found[name] = torch.cat([step.loss.detach()[None], *logs, *grads, *buffers]).numpy()
    return found
