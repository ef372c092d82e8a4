"""F1, AUC, thresholds and calibration against scikit-learn and slow loops."""

import math

import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score

from metrics.arrays import case
from mien.metrics.auc import auc, average_ranks
from mien.metrics.calibration import expected_calibration_error, reliability
from mien.metrics.counts import Counts, count
from mien.metrics.f1 import F1, f1, f1_at
from mien.metrics.threshold import DEFAULT, choose, choose_common

SEEDS = range(40)


def known(scores: np.ndarray, truth: np.ndarray, label: int) -> tuple[np.ndarray, np.ndarray]:
    rows = ~np.isnan(truth[:, label])
    return scores[rows, label], truth[rows, label]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("threshold", [0.5, 0.3])
def test_f1_equals_scikit_learn(seed: int, threshold: float) -> None:
    scores, truth = case(seed)
    result = f1_at(scores, truth, threshold=threshold)
    for label in range(truth.shape[1]):
        one, true = known(scores, truth, label)
        said = one >= threshold
        if not true.size:
            assert result.reasons[label] == "no known label"
        elif not said.any() and not true.any():
            assert result.reasons[label] == "never occurs and is never predicted"
        else:
            assert result.values[label] == pytest.approx(f1_score(true, said), abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_auc_equals_scikit_learn_and_pairs(seed: int) -> None:
    scores, truth = case(seed)
    result = auc(scores, truth)
    for label in range(truth.shape[1]):
        one, true = known(scores, truth, label)
        if len(np.unique(true)) < 2:
            assert math.isnan(result.values[label])
            assert result.reasons[label]
            continue
        assert result.values[label] == pytest.approx(roc_auc_score(true, one), abs=1e-9)
        pairs = [
            1.0 if high > low else 0.5 if high == low else 0.0
            for high in one[true == 1]
            for low in one[true == 0]
        ]
        assert result.values[label] == pytest.approx(np.mean(pairs), abs=1e-12)


def test_auc_reasons() -> None:
    scores = np.zeros((2, 3))
    truth = np.array([[0, 1, np.nan], [0, 1, np.nan]])
    assert auc(scores, truth).reasons == ("never occurs", "always occurs", "no known label")


def test_auc_depends_on_order_only() -> None:
    scores, truth = case(5)
    np.testing.assert_allclose(auc(scores, truth).values, auc(np.exp(3 * scores), truth).values)
    flipped = auc(-scores, truth).values
    np.testing.assert_allclose(auc(scores, truth).values + flipped, 1)


def test_average_ranks() -> None:
    np.testing.assert_array_equal(average_ranks(np.array([3.0, 1.0, 3.0, 2.0])), [3.5, 1, 3.5, 2])
    assert average_ranks(np.zeros(0)).shape == (0,)


@pytest.mark.parametrize("seed", SEEDS)
def test_counts_are_the_loop(seed: int) -> None:
    scores, truth = case(seed, samples=12)
    thresholds = np.array([0.2, 0.4, 0.6, 0.8])
    got = count(scores, truth, threshold=thresholds)
    for label, threshold in enumerate(thresholds):
        cells = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
        for score, true in zip(scores[:, label], truth[:, label], strict=True):
            if not math.isnan(true):
                cells[bool(score >= threshold), bool(true)] += 1
        assert got.true_positive[label] == cells[True, True]
        assert got.false_positive[label] == cells[True, False]
        assert got.false_negative[label] == cells[False, True]
        assert got.true_negative[label] == cells[False, False]


def test_a_threshold_between_neighbouring_float32_scores_separates_them() -> None:
    low = np.float32(0.3)
    high = np.nextafter(low, np.float32(1))
    scores = np.array([[low], [high]], dtype=np.float32)
    truth = np.array([[0.0], [1.0]])
    middle = float(choose(scores, truth)[0])
    assert f1_at(scores, truth, threshold=middle).values[0] == 1


def test_streamed_f1_is_the_whole() -> None:
    scores, truth = case(3)
    streamed = F1(threshold=0.4)
    with pytest.raises(ValueError, match="no batch"):
        streamed.result()
    for rows in (slice(0, 1), slice(1, 17), slice(17, None)):
        streamed.add(scores[rows], truth[rows])
    whole = f1_at(scores, truth, threshold=0.4)
    np.testing.assert_array_equal(streamed.result().values, whole.values)


def test_f1_without_hits_is_zero_by_the_formula() -> None:
    none = np.array([0, 0])
    counts = Counts(
        true_positive=none,
        false_positive=np.array([3, 0]),
        false_negative=np.array([0, 2]),
        true_negative=none,
    )
    assert f1(counts).values.tolist() == [0, 0]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_scores_of_a_diverged_model_are_refused(bad: float) -> None:
    scores, truth = np.array([[bad]]), np.array([[1.0]])
    for function in (f1_at, auc, choose, reliability):
        with pytest.raises(ValueError, match="finite"):
            function(scores, truth)


@pytest.mark.parametrize("bad", [9.0, -1.0, 0.5])
def test_unknown_codes_in_truth_are_refused(bad: float) -> None:
    scores, truth = np.array([[0.5]]), np.array([[bad]])
    for function in (f1_at, auc, choose, reliability):
        with pytest.raises(ValueError, match="0, 1 or NaN"):
            function(scores, truth)


@pytest.mark.parametrize("seed", SEEDS)
def test_chosen_threshold_is_the_best_there_is(seed: int) -> None:
    scores, truth = case(seed, samples=25)
    chosen = choose(scores, truth)
    for label in range(truth.shape[1]):
        one, true = known(scores, truth, label)
        if not true.any():
            assert chosen[label] == DEFAULT
            continue
        tried = [f1_score(true, one >= t) for t in [0, DEFAULT, *np.unique(one)]]
        got = f1_score(true, one >= chosen[label])
        assert got == pytest.approx(max(tried), abs=1e-12)
        if f1_score(true, one >= DEFAULT) == pytest.approx(max(tried), abs=1e-12):
            assert chosen[label] == DEFAULT


def test_threshold_lies_between_scores_and_near_the_middle() -> None:
    scores = np.array([[0.1], [0.2], [0.3]])
    truth = np.array([[0.0], [1.0], [1.0]])
    assert choose(scores, truth)[0] == pytest.approx(0.15)


def test_common_threshold_is_the_grid_loop() -> None:
    scores, truth = case(5)
    best = choose_common(scores, truth, step=0.05)
    grid = [0.05 * n for n in range(1, 20)]
    means = [np.nan_to_num(f1_at(scores, truth, threshold=t).values).mean() for t in grid]
    at_best = np.nan_to_num(f1_at(scores, truth, threshold=best).values).mean()
    assert at_best == pytest.approx(max(means), abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_reliability_is_the_loop(seed: int) -> None:
    scores, truth = case(seed)
    bins = 7
    curve = reliability(scores, truth, bins=bins)
    cells = [
        (score, true)
        for score, true in zip(scores.ravel(), truth.ravel(), strict=True)
        if not math.isnan(true)
    ]
    total = 0.0
    for place in range(bins):
        inside = [(s, t) for s, t in cells if min(int(s * bins), bins - 1) == place]
        assert curve.count[place] == len(inside)
        if not inside:
            assert math.isnan(curve.score[place])
            continue
        score, rate = np.mean([s for s, _ in inside]), np.mean([t for _, t in inside])
        assert curve.score[place] == pytest.approx(score, abs=1e-12)
        assert curve.rate[place] == pytest.approx(rate, abs=1e-12)
        total += abs(score - rate) * len(inside)
    assert curve.error == pytest.approx(total / len(cells), abs=1e-12)
    assert expected_calibration_error(scores, truth, bins=bins) == curve.error


def test_perfect_and_empty_calibration() -> None:
    truth = np.array([0.0, 1.0, 1.0])
    assert reliability(truth, truth).error == 0
    assert math.isnan(reliability(truth, np.full(3, np.nan)).error)
    with pytest.raises(ValueError, match="between 0 and 1"):
        reliability(truth * 2, truth)
