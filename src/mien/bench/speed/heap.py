"""Training steps with and without `engine.heap`, in processes of their own, in turn."""

import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Final

_CHILD: Final = "from mien.bench.speed.heap import child; child({keep}, {size}, {batch}, {steps})"


@dataclass(frozen=True, kw_only=True)
class HeapBench:
    """What `measure` found; speeds are images a second of CPU time, medians."""

    size: int
    """Side of the images, pixels."""
    batch: int
    steps: int
    """Counted steps of each process, after three that are not."""
    pairs: int
    given_back: float
    """Images a second with the allocator as it is."""
    kept: float
    """Images a second when freed memory is kept."""
    ratio: float
    """Kept over given back: median of the pairs."""
    lowest: float
    highest: float
    memory_given_back_mb: float
    """Peak memory of such a process, median."""
    memory_kept_mb: float


def measure(*, size: int = 64, batch: int = 64, steps: int = 12, pairs: int = 7) -> HeapBench:
    """Time MobileNetV2's training steps on one thread, without and with the setting in turn."""
    rows = [
        [_run(keep=keep, size=size, batch=batch, steps=steps) for keep in (False, True)]
        for _ in range(pairs)
    ]
    ratios = [kept[0] / given[0] for given, kept in rows]
    speed, memory = (
        [statistics.median(row[side][field] for row in rows) for side in (0, 1)] for field in (0, 1)
    )
    return HeapBench(
        size=size, batch=batch, steps=steps, pairs=pairs, given_back=speed[0], kept=speed[1],
        ratio=statistics.median(ratios), lowest=min(ratios), highest=max(ratios),
        memory_given_back_mb=memory[0], memory_kept_mb=memory[1],
    )  # fmt: skip


def _run(*, keep: bool, size: int, batch: int, steps: int) -> tuple[float, float]:
    """Images a second and peak MB of a process of its own."""
    code = _CHILD.format(keep=keep, size=size, batch=batch, steps=steps)
    told = subprocess.run(  # noqa: S603 - our own interpreter and numbers
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    speed, memory = json.loads(told.stdout.splitlines()[-1])
    return float(speed), float(memory)


def child(keep: bool, size: int, batch: int, steps: int) -> None:
    """Train on noise for a while and print images a second of CPU time, and peak MB."""
    import torch

    from mien.bench.record import peak_memory
    from mien.engine.heap import keep_freed_memory
    from mien.models.mobilenet_v2 import MobileNetV2

    if keep:
        keep_freed_memory()
    torch.set_num_threads(1)
    encoder = MobileNetV2(size=size, weights=None, norm="batch").build(seed=0).train()
    optimiser = torch.optim.AdamW(encoder.parameters(), lr=1e-4)
    images = torch.randn(batch, 3, size, size, generator=torch.Generator().manual_seed(0))
    began = time.process_time()
    for step in range(steps + 3):
        if step == 3:
            began = time.process_time()
        optimiser.zero_grad()
        encoder(images).square().mean().backward()
        optimiser.step()
    spent = time.process_time() - began
    sys.stdout.write(json.dumps([batch * steps / spent, peak_memory()]) + "\n")
