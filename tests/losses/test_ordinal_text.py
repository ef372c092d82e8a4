"""Intensities from words against plain sums, and their closed forms."""

import math

import pytest
import torch
from torch.nn import functional

from mien.losses.ordinal_text import ordinal_logits


def rows(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return functional.normalize(torch.randn(shape, generator=generator).double(), dim=-1)


def slow(face, text, scale, bias):
    """The expected level, 0 to 5, by the definition."""
    found = []
    for v in face.tolist():
        line = []
        for levels in text.tolist():
            logits = [
                scale * sum(a * b for a, b in zip(v, t, strict=True)) + b
                for t, b in zip(levels, bias, strict=True)
            ]
            weights = [math.exp(each) for each in logits]
            line.append(sum(k * w for k, w in enumerate(weights)) / sum(weights))
        found.append(line)
    return torch.tensor(found, dtype=torch.float64)


@pytest.mark.parametrize("scale", [0.0, 3.0, 40.0])
def test_expected_level(scale):
    face, text = rows(4, 7), rows(3, 6, 7, seed=1)
    bias = [1.0, 0.0, -0.5, 0.2, 0.0, -2.0]
    got = ordinal_logits(
        face, text, scale=torch.tensor(scale).double(), bias=torch.tensor(bias).double()
    )
    torch.testing.assert_close(5 * got.sigmoid(), slow(face, text, scale, bias))


def test_equal_levels_are_the_middle():
    text = rows(1, 1, 5).expand(2, 6, 5)
    got = ordinal_logits(rows(3, 5), text, scale=torch.tensor(9.0).double(), bias=torch.zeros(6))
    torch.testing.assert_close(got, torch.zeros(3, 2).double())


def test_a_face_that_is_a_level_reads_as_that_level():
    text = torch.eye(6).double()[None]
    scale = torch.tensor(60.0).double()
    got = 5 * ordinal_logits(text[0], text, scale=scale, bias=torch.zeros(6)).sigmoid()
    torch.testing.assert_close(got[:, 0], torch.arange(6).double(), atol=1e-6, rtol=0)


def test_gradient():
    face, text = rows(2, 4).requires_grad_(), rows(2, 6, 4, seed=1).requires_grad_()
    scale, bias = torch.tensor(5.0).double(), torch.zeros(6).double()
    inputs = (face, text, scale.requires_grad_(), bias.requires_grad_())
    assert torch.autograd.gradcheck(
        lambda v, t, s, b: ordinal_logits(v, t, scale=s, bias=b), inputs
    )
