"""Phrases near taught ones: the mean written as a loop, and what it must not do."""

import numpy as np
import pytest

from mien.text import near as module
from mien.text.near import FEWEST, WIDTH, near


def unit(generator, count, wide=16):
    found = generator.normal(size=(count, wide))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def test_it_is_the_weighted_mean_of_the_taught(generator):
    asked, taught = unit(generator, 3), unit(generator, FEWEST)
    found = near(asked, taught)
    for phrase, one in zip(asked, found, strict=True):
        weights = [np.exp(float(phrase.astype(float) @ each) / WIDTH) for each in taught]
        mean = sum(w * each for w, each in zip(weights, taught, strict=True)) / sum(weights)
        np.testing.assert_allclose(one, mean, atol=1e-5)


def test_a_taught_phrase_stays_nearly_where_it_is(generator):
    taught = unit(generator, FEWEST)
    np.testing.assert_allclose(near(taught[:5], taught), taught[:5], atol=1e-3)


def test_a_phrase_that_lies_between_two_is_answered_between_them(generator):
    taught = unit(generator, FEWEST)
    middle = taught[:1] + taught[1:2]
    middle /= np.linalg.norm(middle)
    np.testing.assert_allclose(near(middle, taught)[0], taught[:2].mean(axis=0), atol=1e-2)


@pytest.mark.parametrize("count", [0, 1, FEWEST - 1])
def test_among_a_handful_nothing_moves(generator, count):
    asked = unit(generator, 2)
    np.testing.assert_array_equal(near(asked, unit(generator, count)), asked)


def test_far_phrases_and_none_are_finite(generator, monkeypatch):
    monkeypatch.setattr(module, "WIDTH", 1e-4)  # weights that would overflow as they stand
    taught = unit(generator, FEWEST)
    assert np.isfinite(near(-taught[:3], taught)).all()
    assert near(np.zeros((0, 16), np.float32), taught).shape == (0, 16)
