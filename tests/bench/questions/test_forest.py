"""The forest against scikit-learn's, and on what no linear reader can tell."""

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier

from mien.bench.questions.forest import forest_probabilities


def crossed(rows, seed):
    """Two classes by the product of two signs, and two features that mean nothing."""
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(rows, 4)).astype(np.float32)
    return values, ((values[:, 0] > 0) ^ (values[:, 1] > 0)).astype(np.int64)


def grown(values, kinds, test, seed=0, **options):
    generator = np.random.default_rng(seed)
    return forest_probabilities(values, kinds, test, classes=2, generator=generator, **options)


def test_it_reads_as_well_as_scikit_learns():
    values, kinds = crossed(400, 0)
    test, truth = crossed(400, 1)
    ours = grown(values, kinds, test, trees=40)
    model = ExtraTreesClassifier(40, min_samples_leaf=5, max_features=2, random_state=0)
    theirs = model.fit(values, kinds).predict_proba(test)
    np.testing.assert_allclose(ours.sum(axis=1), 1.0)
    scores = [np.mean(each.argmax(axis=1) == truth) for each in (ours, theirs)]
    assert scores[0] > 0.8
    assert scores[0] == pytest.approx(scores[1], abs=0.05)
    assert np.corrcoef(ours[:, 1], theirs[:, 1])[0, 1] > 0.9


def test_same_generator_same_forest():
    values, kinds = crossed(60, 2)
    np.testing.assert_array_equal(
        grown(values, kinds, values, trees=3), grown(values, kinds, values, trees=3)
    )
    assert (
        grown(values, kinds, values, seed=1, trees=3) != grown(values, kinds, values, trees=3)
    ).any()


def test_leaves_are_means_of_their_rows():
    values = np.zeros((4, 1), np.float32)
    kinds = np.array([0, 0, 0, 1])
    np.testing.assert_allclose(grown(values, kinds, values[:1], trees=2), [[0.75, 0.25]])
    pure = grown(values, np.zeros(4, np.int64), values[:1], trees=2)
    np.testing.assert_allclose(pure, [[1.0, 0.0]])
