"""ICC, correlations, errors and principal components against closed forms, SciPy and loops."""

import math

import numpy as np
import pytest
from scipy import stats
from sklearn.decomposition import PCA
from sklearn.metrics import mean_absolute_error, mean_squared_error

from metrics.arrays import numbers
from mien.metrics.concordance import ccc, pcc
from mien.metrics.error import mae, mse, rmse
from mien.metrics.icc import icc, icc_per_label
from mien.metrics.principal import principal_components

SEEDS = range(30)

# Shrout and Fleiss (1979), table 2: six targets, four judges.
SHROUT = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]],
    dtype=float,
)


@pytest.mark.parametrize(
    ("form", "value"),
    [("1,1", 0.17), ("2,1", 0.29), ("3,1", 0.71), ("1,k", 0.44), ("2,k", 0.62), ("3,k", 0.91)],
)
def test_icc_of_the_published_example(form: str, value: float) -> None:
    assert icc(SHROUT, form) == pytest.approx(value, abs=0.005)


def slow_mean_squares(ratings: np.ndarray) -> tuple[float, float, float, float]:
    n, k = ratings.shape
    grand = sum(ratings[i][j] for i in range(n) for j in range(k)) / (n * k)
    row = [sum(ratings[i]) / k for i in range(n)]
    column = [sum(ratings[i][j] for i in range(n)) / n for j in range(k)]
    between = k * sum((r - grand) ** 2 for r in row) / (n - 1)
    rater = n * sum((c - grand) ** 2 for c in column) / (k - 1)
    residual = sum(
        (ratings[i][j] - row[i] - column[j] + grand) ** 2 for i in range(n) for j in range(k)
    ) / ((n - 1) * (k - 1))
    within = sum((ratings[i][j] - row[i]) ** 2 for i in range(n) for j in range(k)) / (n * (k - 1))
    return between, rater, residual, within


@pytest.mark.parametrize("seed", SEEDS)
def test_icc_forms_are_the_loops(seed: int) -> None:
    generator = np.random.default_rng(seed)
    n, k = int(generator.integers(2, 12)), int(generator.integers(2, 5))
    ratings = generator.normal(size=(n, 1)) + generator.normal(size=(n, k))
    b, r, e, w = slow_mean_squares(ratings)
    expected = {
        "1,1": (b - w) / (b + (k - 1) * w),
        "2,1": (b - e) / (b + (k - 1) * e + k * (r - e) / n),
        "3,1": (b - e) / (b + (k - 1) * e),
        "1,k": (b - w) / b,
        "2,k": (b - e) / (b + (r - e) / n),
        "3,k": (b - e) / b,
    }
    for form, value in expected.items():
        assert icc(ratings, form) == pytest.approx(value, rel=1e-9)


def test_icc_is_consistency_not_agreement() -> None:
    first = np.arange(5.0)
    shifted = np.stack([first, first + 3], axis=1)
    assert icc(shifted, "3,1") == pytest.approx(1)
    assert icc(shifted, "2,1") < 0.5


@pytest.mark.parametrize("ratings", [np.zeros((0, 2)), np.ones((1, 2)), np.ones((3, 1))])
def test_icc_of_too_little_is_undefined(ratings: np.ndarray) -> None:
    assert math.isnan(icc(ratings))


@pytest.mark.parametrize("seed", SEEDS)
def test_columns_against_scipy_and_scikit_learn(seed: int) -> None:
    scores, truth = numbers(seed)
    for label in range(truth.shape[1]):
        rows = ~np.isnan(truth[:, label])
        x, y = scores[rows, label], truth[rows, label]
        near = {"abs": 1e-9}
        assert pcc(scores, truth).values[label] == pytest.approx(stats.pearsonr(x, y)[0], **near)
        assert mae(scores, truth).values[label] == pytest.approx(mean_absolute_error(y, x), **near)
        assert mse(scores, truth).values[label] == pytest.approx(mean_squared_error(y, x), **near)
        root = math.sqrt(mean_squared_error(y, x))
        assert rmse(scores, truth).values[label] == pytest.approx(root, **near)
        covariance = np.cov(x, y, bias=True)
        concordance = 2 * covariance[0, 1] / (np.trace(covariance) + (x.mean() - y.mean()) ** 2)
        assert ccc(scores, truth).values[label] == pytest.approx(concordance, **near)
        both = np.stack([x, y], axis=1)
        assert icc_per_label(scores, truth).values[label] == pytest.approx(icc(both), **near)


def test_perfect_predictions() -> None:
    _, truth = numbers(1)
    scores = np.nan_to_num(truth, nan=2.0)
    for function in (pcc, ccc, icc_per_label):
        np.testing.assert_allclose(function(scores, truth).values, 1)
    for function in (mae, mse, rmse):
        np.testing.assert_array_equal(function(scores, truth).values, 0)


def test_reasons() -> None:
    truth = np.array([[np.nan, 1, 2, 1, 3], [np.nan, np.nan, 2, 2, 3]])
    scores = np.array([[1.0, 1, 1, 4, 3], [2.0, 1, 2, 4, 3]])
    assert pcc(scores, truth).reasons == (
        "no known label",
        "only one known label",
        "labels are constant",
        "predictions are constant",
        "labels are constant",
    )
    assert ccc(scores, truth).reasons[2:4] == ("", "")
    assert ccc(scores, truth).reasons[4] == "predictions and labels are the same constant"
    assert icc_per_label(scores, truth).reasons[4] == "predictions and labels have no variance"
    assert mae(scores, truth).reasons == ("no known label", "", "", "", "")


def test_diverged_predictions_are_refused() -> None:
    for function in (pcc, ccc, icc_per_label, mae, mse, rmse):
        with pytest.raises(ValueError, match="finite"):
            function(np.array([[np.nan]]), np.array([[1.0]]))


def test_summary_lists_what_it_leaves_out() -> None:
    truth = np.array([[np.nan, 1.0], [np.nan, 3.0]])
    summary = mae(np.zeros((2, 2)), truth).summary(["AU01", "AU02"])
    assert summary.mean == 2
    assert summary.defined == 1
    assert summary.undefined == ("AU01: no known label",)
    empty = mae(np.zeros((2, 2)), np.full((2, 2), np.nan)).summary(["a", "b"])
    assert math.isnan(empty.mean)
    assert empty.defined == 0


@pytest.mark.parametrize("seed", range(5))
def test_principal_components_equal_scikit_learn(seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(20, 6)) @ np.diag([5, 3, 2, 1, 1, 1])
    ours, share = principal_components(points)
    theirs = PCA(2, svd_solver="full").fit(points)
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs.transform(points)), atol=1e-9)
    np.testing.assert_allclose(share, theirs.explained_variance_ratio_, atol=1e-9)


def test_principal_components_of_little() -> None:
    coordinates, share = principal_components(np.ones((1, 3), dtype=np.float32))
    assert coordinates.tolist() == [[0, 0]]
    assert share.tolist() == [0, 0]
    line, share = principal_components(np.array([[0.0], [2.0]]))
    np.testing.assert_allclose(line, [[-1, 0], [1, 0]])
    np.testing.assert_allclose(share, [1, 0])
    for bad in (np.zeros((0, 3)), np.full((2, 2), np.nan)):
        with pytest.raises(ValueError, match="finite"):
            principal_components(bad)
