"""NT-Xent in time and memory: all at once beside five plain lines, and in pieces beside those.

Every timing has a process of its own, so that its peak of memory is its own, too.
"""

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Final, Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from mien.losses.nt_xent import nt_xent

Kind = Literal["five lines", "dense", "chunked", "nothing"]
KINDS: Final[tuple[Kind, ...]] = ("five lines", "dense", "chunked")
TEMPERATURE: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one form of the loss costs, forward and backward."""

    kind: Kind
    milliseconds: float
    """CPU time of a step, median."""
    megabytes: float
    """Peak of the process above one that only makes the features."""
    time_ratio: float
    """To the five lines, median of pairs measured in turn."""
    memory_ratio: float
    """To the five lines."""


def five_lines(views: Float[Tensor, "batch 2 dim"], *, temperature: float) -> Float[Tensor, ""]:
    """NT-Xent as it is usually written down."""
    flat = views.flatten(0, 1)
    logits = flat @ flat.T / temperature
    logits.fill_diagonal_(float("-inf"))
    partner = torch.arange(len(flat)) ^ 1
    return functional.cross_entropy(logits, partner)


def measure(*, batch: int, dim: int, chunk: int, steps: int, pairs: int) -> list[Cost]:
    """Time every form in turn, in processes of their own, on one thread.

    Args:
        batch: images; twice as many views are compared.
        dim: width of the features.
        chunk: views compared at a time by "chunked".
        steps: steps of each process; the first does not count.
        pairs: rounds of processes.
    """
    shape = {"batch": batch, "dim": dim, "chunk": chunk, "steps": steps}
    empty = median(_apart("nothing", shape)[1] for _ in range(pairs))
    found: dict[Kind, list[tuple[float, float]]] = {kind: [] for kind in KINDS}
    for _ in range(pairs):
        for kind in KINDS:
            found[kind].append(_apart(kind, shape))
    plain = found["five lines"]
    base = max(median(memory for _, memory in plain) - empty, 1e-9)
    return [
        Cost(
            kind=kind,
            milliseconds=1000.0 * median(seconds for seconds, _ in each),
            megabytes=median(memory for _, memory in each) - empty,
            time_ratio=median(a / b for (a, _), (b, _) in zip(each, plain, strict=True)),
            memory_ratio=(median(memory for _, memory in each) - empty) / base,
        )
        for kind, each in found.items()
    ]


def work(kind: Kind, *, batch: int, dim: int, chunk: int, steps: int) -> tuple[float, float]:
    """Seconds of CPU time of a step, and the peak of this process in MB."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    drawn = functional.normalize(torch.randn((batch, 2, dim), generator=generator), dim=-1)
    times = []
    for _ in range(steps + 1):
        views = drawn.clone().requires_grad_()
        began = process_time()
        if kind == "five lines":
            five_lines(views, temperature=TEMPERATURE).backward()
        elif kind == "dense":
            nt_xent(views, temperature=TEMPERATURE).backward()
        elif kind == "chunked":
            nt_xent(views, temperature=TEMPERATURE, chunk=chunk).backward()
        times.append(process_time() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1.0 if sys.platform == "darwin" else 1024.0
    return median(times[1:]), peak * unit / 1e6


def _apart(kind: Kind, shape: dict[str, int]) -> tuple[float, float]:
    code = (
        "import json; from mien.bench.speed.losses import work; "
        f"print(json.dumps(work({kind!r}, **{shape!r})))"
    )
    done = subprocess.run(  # noqa: S603  our own words
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    seconds, memory = json.loads(done.stdout.splitlines()[-1])
    return float(seconds), float(memory)
