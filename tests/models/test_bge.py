"""The frozen sentence encoder as a text tower: the vectors that a typed phrase gets, too."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from mien.errors import MienError
from mien.models.bge import Bge
from mien.text.sentence import WIDTH, SentenceEncoder


def test_prompts_get_the_vectors_of_typed_phrases(assets_cache):
    texts = ["a smile", "eyes shut", "a smile"]
    encoder = Bge().build(seed=0)
    found = encoder.encode(texts)
    np.testing.assert_array_equal(found.numpy(), SentenceEncoder(cache=assets_cache).encode(texts))
    assert not list(encoder.parameters())
    assert not encoder.state_dict()
    with pytest.raises(ValueError, match="no prompts"):
        encoder.encode([])


def test_a_blank_tower_reads_nothing():
    blank = Bge().blank()
    assert blank.width == WIDTH
    torch.testing.assert_close(blank.build(seed=0).encode(["x"]), torch.zeros(1, WIDTH))


def test_it_cannot_be_trained():
    with pytest.raises(MienError, match="cannot be trained"):
        replace(Bge(), trainable=True).build(seed=0)
