"""Linear readers against scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, RidgeClassifier

from mien.bench.questions.hidden import ridge
from mien.bench.questions.linear import logistic_scores, ridge_guess, standardised


def blobs(rows, dim, classes, seed):
    generator = np.random.default_rng(seed)
    kinds = generator.integers(0, classes, rows)
    centres = generator.normal(size=(classes, dim))
    values = centres[kinds] + generator.normal(size=(rows, dim))
    return values.astype(np.float32), kinds.astype(np.int64)


def test_features_that_have_collapsed_read_nothing():
    for rows in (3, 12):
        nothing = np.zeros((rows, 5), np.float32)
        classes = np.arange(rows, dtype=np.int64) % 3
        assert set(ridge_guess(nothing, classes, nothing).tolist()) == {0}
        said = ridge(nothing, np.ones((rows, 2)), np.ones((4, 5), np.float32))
        np.testing.assert_array_equal(said, np.zeros((4, 2)))


def test_standardised_on_some_rows():
    values, _ = blobs(50, 4, 3, 0)
    rows = np.arange(0, 50, 2)
    made = standardised(values * 7 + 3, rows)
    np.testing.assert_allclose(made[rows].mean(axis=0), 0.0, atol=1e-5)
    np.testing.assert_allclose(made[rows].std(axis=0), 1.0, atol=1e-4)
    flat = standardised(np.ones((4, 2), np.float32), np.arange(4))
    assert np.isfinite(flat).all()


@pytest.mark.parametrize(("rows", "dim"), [(120, 10), (20, 60)])
def test_ridge_is_scikit_learns(rows, dim):
    values, kinds = blobs(rows, dim, 4, 1)
    kinds[:4] = np.arange(4)
    values -= values.mean(axis=0)
    test, _ = blobs(80, dim, 4, 2)
    alpha = 0.1 * rows * float((values.astype(np.float64) ** 2).mean())
    theirs = RidgeClassifier(alpha=alpha, fit_intercept=False).fit(values, kinds).predict(test)
    # scikit-learn codes absent classes as -1; without an intercept ours differ by a factor only
    # where classes are of one size, so most guesses, not all, are equal.
    assert np.mean(ridge_guess(values, kinds, test) == theirs) > 0.9


def test_logistic_scores_are_scikit_learns():
    values, kinds = blobs(200, 6, 2, 3)
    truth = np.stack([kinds == 0, kinds == 1], axis=1).astype(np.float32)
    ours = logistic_scores(values, truth, [values], penalty=0.01)[0]
    # Mean loss + p/2 |w|² (two labels share the mean) is C = 1 / (n p) in scikit-learn's sum.
    model = LogisticRegression(C=2.0 / (200 * 0.01 * 2.0), tol=1e-8, max_iter=1000)
    theirs = model.fit(values, truth[:, 1]).predict_proba(values)[:, 1]
    assert np.corrcoef(ours[:, 1], theirs)[0, 1] > 0.999
    np.testing.assert_allclose(ours.sum(axis=1), 1.0, atol=0.02)
