"""The forms of NT-Xent that are timed say the same, and the command leaves its record."""

import json

import pytest
import torch
from torch.nn import functional

from mien.bench.speed.losses import KINDS, five_lines, work
from mien.cli.main import main
from mien.losses.nt_xent import nt_xent


@pytest.mark.parametrize("chunk", [None, 4, 5])
def test_what_is_compared_is_the_same_loss(chunk):
    generator = torch.Generator().manual_seed(1)
    views = functional.normalize(torch.randn((7, 2, 6), generator=generator), dim=-1)
    plain = five_lines(views, temperature=0.2)
    torch.testing.assert_close(nt_xent(views, temperature=0.2, chunk=chunk), plain)


@pytest.mark.parametrize("kind", [*KINDS, "nothing"])
def test_work_has_a_cost(kind):
    seconds, memory = work(kind, batch=8, dim=4, chunk=4, steps=1)
    assert seconds >= 0.0
    assert memory > 50.0


def test_the_command(tmp_path, capsys):
    words = ["--batches", "8", "--dim", "4", "--chunk", "4", "--steps", "1", "--pairs", "1"]
    assert main(["bench", "losses", *words, "--out", str(tmp_path)]) == 0
    assert "A batch of 8 images" in capsys.readouterr().out
    costs = json.loads((tmp_path / "losses.json").read_text())["figures"]["batches"]["8"]
    assert [cost["kind"] for cost in costs] == list(KINDS)
    assert costs[0]["time_ratio"] == 1.0
