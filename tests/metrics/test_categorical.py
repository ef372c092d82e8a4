"""Class scores against scikit-learn."""

import math

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    cohen_kappa_score,
    confusion_matrix,
    f1_score,
)

from mien.metrics import categorical

NAMES = ("neutral", "happiness", "sadness", "surprise")


@pytest.mark.parametrize("seed", range(40))
def test_everything_equals_scikit_learn(seed: int) -> None:
    generator = np.random.default_rng(seed)
    truth = generator.integers(-1, 4, 30)
    predicted = np.where(generator.random(30) < 0.5, truth, generator.integers(0, 4, 30))
    predicted[predicted == -1] = 0
    matrix = categorical.confusion(predicted, truth, classes=4)
    y, z = truth[truth >= 0], predicted[truth >= 0]
    np.testing.assert_array_equal(matrix, confusion_matrix(y, z, labels=range(4)))
    assert categorical.accuracy(matrix) == pytest.approx(accuracy_score(y, z), abs=1e-12)
    assert categorical.uar(matrix, NAMES).mean == pytest.approx(balanced_accuracy_score(y, z))
    macro = f1_score(y, z, average="macro", labels=range(4))
    assert categorical.macro_f1(matrix, NAMES).mean == pytest.approx(macro, abs=1e-12)
    for ours, theirs in (("none", None), ("linear", "linear"), ("quadratic", "quadratic")):
        expected = cohen_kappa_score(y, z, labels=range(4), weights=theirs)
        assert categorical.kappa(matrix, weights=ours) == pytest.approx(expected, abs=1e-12)


def test_absent_classes_are_named() -> None:
    matrix = categorical.confusion(np.array([0, 1, 1]), np.array([0, 0, -1]), classes=4)
    summary = categorical.uar(matrix, NAMES)
    assert summary.mean == 0.5
    assert summary.undefined[0] == "happiness: no sample of this class"
    assert summary.defined == 1
    f1 = categorical.macro_f1(matrix, NAMES)
    assert f1.defined == 2
    assert f1.mean == pytest.approx((2 / 3 + 0) / 2)


def test_nothing_known_is_undefined() -> None:
    matrix = categorical.confusion(np.array([0]), np.array([-1]), classes=2)
    assert math.isnan(categorical.accuracy(matrix))
    assert math.isnan(categorical.kappa(matrix))
    assert math.isnan(categorical.uar(matrix, NAMES[:2]).mean)
    sure = categorical.confusion(np.array([0, 0]), np.array([0, 0]), classes=2)
    assert math.isnan(categorical.kappa(sure))


@pytest.mark.parametrize(("said", "true"), [(-1, 0), (2, 0), (0, 2), (0, -2)])
def test_indices_out_of_range_are_refused(said: int, true: int) -> None:
    with pytest.raises(ValueError, match="0 to 1"):
        categorical.confusion(np.array([said]), np.array([true]), classes=2)
