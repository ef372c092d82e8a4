"""Training steps of ours beside those of lightly and open_clip, at equal model and pictures.

    make bench-peers

SimCLR: our module beside lightly's head and NT-Xent on the same encoder. CLEF's stage 1 with texts
alone: our module beside the plain loop of open_clip, a text for every picture and ClipLoss. Both
sides are given the same views, take AdamW's step, and are timed in turn. Heads differ by a
normalisation at most.
"""

import argparse
import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import process_time

import torch
from lightly.loss import NTXentLoss
from lightly.models.modules.heads import SimCLRProjectionHead
from open_clip.loss import ClipLoss
from torch import Tensor, nn
from torch.nn import functional

from mien.bench.record import write_record
from mien.data.batch import Batch
from mien.methods.activities import classes
from mien.methods.clef_stage1 import ClefPretrain
from mien.methods.method import Method
from mien.methods.simclr import SimCLR
from mien.models.small64 import Small64
from mien.models.tiny_text import TinyText

RATE = 1e-3
TEXT = TinyText()


def batch_of(rows: int, *, views: int, size: int) -> Batch:
    """Noise with labels: what a step is given."""
    generator = torch.Generator().manual_seed(0)
    images = torch.rand((rows, views, 3, size, size), generator=generator)
    number = torch.arange(rows)
    unknown = torch.full((rows,), -1)
    return Batch(
        images=(images[:, 0] * 255).to(torch.uint8),
        subject=number % 8,
        clip=number,
        activity=number % 8,
        occurrence=torch.zeros((rows, 0)),
        intensity=torch.zeros((rows, 0)),
        expression=unknown,
        affect=torch.full((rows, 2), float("nan")),
        index=number,
        seed=0,
        views=images,
    )


def our_step(method: Method, backbone: Small64, batch: Batch) -> Callable[[], None]:
    """A step of one of our methods."""
    module = method.build(backbone, seed=0).train()
    optimiser = torch.optim.AdamW(module.parameters(), lr=RATE)

    def step() -> None:
        optimiser.zero_grad(set_to_none=True)
        module(batch).loss.backward()
        optimiser.step()

    return step


def lightly_step(method: SimCLR, backbone: Small64, batch: Batch) -> Callable[[], None]:
    """The same by lightly's head and loss."""
    encoder = backbone.build(seed=0).train()
    head = SimCLRProjectionHead(backbone.width, method.hidden, method.dim)
    criterion = NTXentLoss(temperature=method.temperature)
    model = nn.ModuleList([encoder, head])
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE)
    views = given(batch)

    def step() -> None:
        optimiser.zero_grad(set_to_none=True)
        first, second = head(encoder(torch.cat([views[:, 0], views[:, 1]]))).chunk(2)
        criterion(first, second).backward()
        optimiser.step()

    return step


def open_clip_step(method: ClefPretrain, backbone: Small64, batch: Batch) -> Callable[[], None]:
    """Faces and activities by open_clip's loss: every picture brings its text."""
    encoder, text = backbone.build(seed=0).train(), TEXT.build(seed=1).train()
    joint = method.joint or backbone.width
    faces, words = (nn.Linear(width, joint) for width in (backbone.width, TEXT.width))
    scale = nn.Parameter(torch.tensor(1 / method.temperature).log())
    criterion = ClipLoss()
    model = nn.ModuleList([encoder, text, faces, words])
    optimiser = torch.optim.AdamW([*model.parameters(), scale], lr=RATE)
    _, sentences = classes("bp4d", merge="none")
    said = [sentences[int(number)] for number in batch.activity]
    views = given(batch)

    def step() -> None:
        optimiser.zero_grad(set_to_none=True)
        seen = functional.normalize(faces(encoder(views[:, 0])), dim=-1)
        read = functional.normalize(words(text.encode(said)), dim=-1)
        criterion(seen, read, scale.exp()).backward()
        optimiser.step()

    return step


def given(batch: Batch) -> Tensor:
    """The batch's views."""
    assert batch.views is not None
    return batch.views


def compare(
    ours: Callable[[], None], theirs: Callable[[], None], *, steps: int, pairs: int
) -> dict[str, float]:
    """Steps a second of CPU time of both, and how many times faster ours is, timed in turn."""
    rates = []
    for count in range(pairs + 1):
        one, two = seconds(ours, steps), seconds(theirs, steps)
        if count:  # the first round warms up
            rates.append((steps / one, steps / two))
    return {
        "ours_steps_per_second": median(one for one, _ in rates),
        "theirs_steps_per_second": median(two for _, two in rates),
        "ratio": median(one / two for one, two in rates),
        "lowest": min(one / two for one, two in rates),
        "highest": max(one / two for one, two in rates),
    }


def seconds(step: Callable[[], None], steps: int) -> float:
    """CPU time of so many steps."""
    began = process_time()
    for _ in range(steps):
        step()
    return process_time() - began


def write(found: dict[str, dict[str, float]], folder: Path, *, settings: str) -> Path:
    """Write peers.json and peers.md."""
    header = ("pair", "ours, steps/s", "theirs, steps/s", "ours / theirs", "lowest to highest")
    rows = [
        (
            name,
            f"{each['ours_steps_per_second']:.2f}",
            f"{each['theirs_steps_per_second']:.2f}",
            f"{each['ratio']:.2f}",
            f"{each['lowest']:.2f} to {each['highest']:.2f}",
        )
        for name, each in found.items()
    ]
    known = ", ".join(f"{name} {version(name)}" for name in ("lightly", "open_clip_torch"))
    return write_record(
        folder,
        "peers",
        title="Training steps beside lightly and open_clip",
        command="make bench-peers",
        figures={**found, "peers": known},
        tables=[("Steps a second of one core, timed in turn", header, rows)],
        notes=[
            f"{known}, in an environment of their own, which names its torch above.",
            settings,
        ],
    )


def main() -> None:
    """Time both pairs, print them as JSON, and write a record if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--pairs", type=int, default=31)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    backbone = Small64(size=asked.size)
    pairs = batch_of(asked.batch, views=2, size=asked.size)
    single = batch_of(asked.batch, views=1, size=asked.size)
    simclr, clef = SimCLR(), ClefPretrain(text=TEXT, images=False)
    lengths = {"steps": asked.steps, "pairs": asked.pairs}
    found = {
        "SimCLR beside lightly": compare(
            our_step(simclr, backbone, pairs), lightly_step(simclr, backbone, pairs), **lengths
        ),
        "CLEF's texts beside open_clip": compare(
            our_step(clef, backbone, single), open_clip_step(clef, backbone, single), **lengths
        ),
    }
    print(json.dumps(found, indent=1))
    if asked.out is not None:
        settings = (
            f"Small64 at {asked.size} pixels, {asked.batch} pictures a step, the same views for "
            f"both, AdamW; {asked.pairs} pairs of {asked.steps} steps after one to warm up."
        )
        print(write(found, asked.out, settings=settings))


if __name__ == "__main__":
    main()
