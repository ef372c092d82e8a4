"""The fast bootstrap equals the general one; intervals cover; differences are paired."""

from functools import partial

import numpy as np
import pytest

from metrics.arrays import case, numbers, subjects
from mien.metrics import categorical
from mien.metrics.auc import auc
from mien.metrics.blocks import Resampling
from mien.metrics.bootstrap import (
    difference,
    draw_weights,
    intervals,
    mean_of_defined,
    resample,
    subject_codes,
)
from mien.metrics.concordance import ccc, pcc
from mien.metrics.error import mae, mse, rmse
from mien.metrics.f1 import f1_at
from mien.metrics.icc import icc_per_label
from mien.metrics.paired import paired_auc, paired_f1, paired_uar
from mien.metrics.resampled import agreement_draws, auc_draws, f1_draws, recall_draws

DRAWS = {"draws": 25, "seed": 3}


@pytest.mark.parametrize("seed", range(10))
def test_fast_f1_and_auc_equal_the_general_path(seed: int) -> None:
    scores, truth = case(seed)
    who = subjects(seed, samples=len(scores))
    for threshold in (0.5, np.array([0.2, 0.4, 0.6, 0.8])):
        fast = f1_draws(scores, truth, who, threshold=threshold, **DRAWS)
        slow = resample(
            lambda rows, at=threshold: f1_at(scores[rows], truth[rows], threshold=at).values,
            who,
            **DRAWS,
        )
        np.testing.assert_allclose(fast, slow, atol=1e-12)
    fast = auc_draws(scores, truth, who, **DRAWS)
    slow = resample(lambda rows: auc(scores[rows], truth[rows]).values, who, **DRAWS)
    np.testing.assert_allclose(fast, slow, atol=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_fast_agreement_equals_the_general_path(seed: int) -> None:
    scores, truth = numbers(seed)
    truth[:, 2] = np.nan if seed == 0 else 1.0 if seed == 1 else truth[:, 2]
    who = subjects(seed, samples=len(scores))
    fast = agreement_draws(scores, truth, who, **DRAWS)
    functions = {
        "icc": icc_per_label, "icc_absolute": partial(icc_per_label, form="2,1"),
        "pcc": pcc, "ccc": ccc, "mae": mae, "mse": mse, "rmse": rmse,
    }  # fmt: skip
    assert set(fast) == set(functions)
    for name, function in functions.items():
        slow = resample(lambda r, f=function: f(scores[r], truth[r]).values, who, **DRAWS)
        np.testing.assert_allclose(fast[name], slow, atol=1e-9, err_msg=name)


def test_fast_recall_equals_the_general_path() -> None:
    generator = np.random.default_rng(0)
    truth, predicted = generator.integers(-1, 3, 40), generator.integers(0, 3, 40)
    who = subjects(0, samples=40)

    def recall(rows: np.ndarray) -> np.ndarray:
        matrix = categorical.confusion(predicted[rows], truth[rows], classes=3)
        return categorical.recalls(matrix).values

    fast = recall_draws(predicted, truth, who, classes=3, **DRAWS)
    np.testing.assert_allclose(fast, resample(recall, who, **DRAWS), atol=1e-12)


def test_weights_take_as_many_subjects_as_there_are() -> None:
    weights = draw_weights(7, draws=50, seed=1)
    assert weights.shape == (50, 7)
    assert (weights.sum(axis=1) == 7).all()
    np.testing.assert_array_equal(weights, draw_weights(7, draws=50, seed=1))
    with pytest.raises(ValueError, match="at least one"):
        draw_weights(0, draws=1, seed=0)


def test_codes_do_not_depend_on_row_order() -> None:
    codes, size = subject_codes(np.array(["b", "a", "b", "c"]))
    assert codes.tolist() == [1, 0, 1, 2]
    assert size == 3


def test_resampling_takes_all_rows_of_a_subject() -> None:
    who = np.array(["a", "b", "a", "b", "b"])

    def shares(rows: np.ndarray) -> np.ndarray:
        taken = np.bincount(rows, minlength=5)
        assert taken[0] == taken[2]
        assert taken[1] == taken[3] == taken[4]
        return np.array([float(len(rows))])

    assert resample(shares, who, draws=20).shape == (20, 1)


def test_intervals_by_hand() -> None:
    draws = np.array([[0.0, np.nan], [1.0, np.nan], [2.0, 5.0], [3.0, np.nan], [4.0, np.nan]])
    got = intervals(draws, level=0.5)
    assert (got.low[0], got.high[0]) == (1, 3)
    assert (got.low[1], got.high[1]) == (5, 5)
    assert got.incomplete == 4
    np.testing.assert_array_equal(mean_of_defined(draws), [0, 1, 3.5, 3, 4])
    assert (got.mean_low, got.mean_high) == (1, 3.5)
    nothing = intervals(np.full((3, 1), np.nan))
    assert np.isnan([nothing.low[0], nothing.high[0], nothing.mean_low]).all()


def test_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(5)
    inside = 0
    for _ in range(150):
        level = generator.normal(size=30)  # a subject's own mean, true mean 0
        values = np.repeat(level, 4) + generator.normal(size=120)
        who = np.repeat(np.arange(30), 4)
        draws = resample(lambda rows, v=values: v[rows].mean(keepdims=True), who, draws=100)
        got = intervals(draws, level=0.9)
        inside += bool(got.low[0] <= 0 <= got.high[0])
    assert 0.8 < inside / 150 < 0.97


def test_paired_difference_is_narrower_than_unpaired() -> None:
    scores, truth = numbers(2, samples=60)
    better = np.where(np.isnan(truth), 0, 0.7 * scores + 0.3 * np.nan_to_num(truth))
    who = subjects(2, samples=60)
    first = agreement_draws(better, truth, who, draws=300, seed=1)["pcc"]
    second = agreement_draws(scores, truth, who, draws=300, seed=1)["pcc"]
    other = agreement_draws(scores, truth, who, draws=300, seed=2)["pcc"]
    value = float(np.mean(pcc(better, truth).values - pcc(scores, truth).values))
    paired, unpaired = difference(first, second, value=value), difference(first, other, value=value)
    assert paired.low <= value <= paired.high
    assert paired.high - paired.low < unpaired.high - unpaired.low
    assert paired.share_above > 0.95
    same = difference(first, first, value=0.0)
    assert (same.low, same.high, same.share_above) == (0, 0, 0.5)


def test_paired_scores_are_the_differences_of_their_draws() -> None:
    first, truth = case(5)
    second = np.roll(first, 1, axis=0)
    who = subjects(5, samples=len(first))
    how = Resampling(draws=40, seed=2)
    keys = {"draws": 40, "seed": 2}
    got = paired_f1(first, second, truth, who, threshold=0.4, resampling=how)
    expected = difference(
        f1_draws(first, truth, who, threshold=0.4, **keys),
        f1_draws(second, truth, who, threshold=0.4, **keys),
        value=float(
            (
                f1_at(first, truth, threshold=0.4).values
                - f1_at(second, truth, threshold=0.4).values
            ).mean()
        ),
    )
    assert got == expected
    area = paired_auc(first, second, truth, who, resampling=how)
    assert area.value == pytest.approx(
        (auc(first, truth).values - auc(second, truth).values).mean()
    )
    assert area.low <= area.value <= area.high
    classes = np.random.default_rng(0).integers(0, 3, (3, 60))
    people = subjects(0, samples=60)
    same = paired_uar(classes[0], classes[0], classes[2], people, classes=3, resampling=how)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    better = paired_uar(classes[2], classes[0], classes[2], people, classes=3, resampling=how)
    assert better.value > 0.3
    assert better.share_above == 1


def test_paired_scores_of_nothing_are_undefined() -> None:
    truth = np.full((4, 2), np.nan)
    got = paired_auc(np.zeros((4, 2)), np.ones((4, 2)), truth, np.array(list("abab")))
    assert np.isnan([got.value, got.low, got.high, got.share_above]).all()
