"""A process of a two-rank training test: `rank_worker.py FOLDER STORE`, under torchrun's variables.

Trains every run of `cases()` and leaves; the parent compares with one process.
"""

import sys
from pathlib import Path

import torch
from torch import distributed

from engine import tiny
from mien.engine.train import train
from mien.models.vit import ViT


def cases():
    """Runs whose weights two ranks and one process must share, by name."""
    # A smooth net: at a ReLU's kink rounding alone can change a gradient visibly.
    smooth = ViT(model="mini", size=32)
    return {
        "pretrain": tiny.pretrain(steps=3, backbone=smooth),
        "pretrain-cached": tiny.pretrain(steps=3, backbone=smooth, accumulation=2),
        "finetune": tiny.finetune(steps=3, backbone=smooth),
        "finetune-cached": tiny.finetune(steps=3, backbone=smooth, accumulation=4),
        "supervised": tiny.supervised(steps=3, backbone=smooth),
        "probe": tiny.probe(steps=3, backbone=smooth),
    }


def main() -> None:
    out, store = Path(sys.argv[1]), Path(sys.argv[2])
    torch.set_num_threads(1)
    distributed.init_process_group("gloo")
    for name, run in cases().items():
        train(run, out / name, store=store, progress=False, device="cpu")
    # Goes on in two processes what one process began and left.
    outcome = train(tiny.pretrain(), out / "resumed", store=store, progress=False, device="cpu")
    assert outcome.status == "finished"
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
