"""The blocks of metrics.json hold what the functions say, as plain JSON."""

import json

import numpy as np
import pytest

from metrics.arrays import case, numbers, subjects
from mien.metrics.auc import auc
from mien.metrics.blocks import (
    Resampling,
    agreement_block,
    expression_block,
    headline,
    plain,
    unit_block,
)
from mien.metrics.f1 import f1_at
from mien.metrics.icc import icc_per_label

HOW = Resampling(draws=50, seed=1)


def strict(block: object) -> str:
    return json.dumps(block, allow_nan=False)


@pytest.mark.parametrize("seed", range(5))
def test_unit_block(seed: int) -> None:
    scores, truth = case(seed)
    who = subjects(seed, samples=len(scores))
    thresholds = np.array([0.3, 0.4, 0.5, 0.6])
    block = unit_block(scores, truth, who, aus=(1, 2, 4, 12), chosen=thresholds, resampling=HOW)
    assert json.loads(strict(block)) == block
    assert block["labels"] == [1, 2, 4, 12]
    result = f1_at(scores, truth)
    assert block["f1"]["values"] == plain(result.values)
    assert block["f1"]["defined"] == sum(not reason for reason in result.reasons)
    assert set(block["f1"]["undefined"].values()) == {r for r in result.reasons if r}
    assert block["auc"]["values"] == plain(auc(scores, truth).values)
    chosen = f1_at(scores, truth, threshold=thresholds)
    assert block["f1_chosen"]["values"] == plain(chosen.values)
    support = block["support"]
    total = [sum(support[key][n] for key in support) for n in range(4)]
    assert total == [len(scores)] * 4
    for key in ("f1", "auc", "f1_chosen"):
        column = block[key]
        assert column["mean_low"] <= column["mean"] <= column["mean_high"]


def test_agreement_block() -> None:
    scores, truth = numbers(0)
    who = subjects(0, samples=len(scores))
    block = agreement_block(scores, truth, who, labels=(1, 2, 4), resampling=HOW)
    assert block["icc"]["values"] == plain(icc_per_label(scores, truth).values)
    assert set(block) == {"labels", "support", "icc", "pcc", "ccc", "mae", "mse", "rmse"}
    strict(block)


def test_expression_block_and_headline() -> None:
    generator = np.random.default_rng(0)
    probabilities = generator.random((30, 3))
    truth = generator.integers(-1, 3, 30)
    who = subjects(0, samples=30)
    names = ("neutral", "happiness", "sadness")
    block = expression_block(probabilities, truth, who, names=names, resampling=HOW)
    strict(block)
    assert sum(map(sum, block["confusion"])) == int((truth >= 0).sum())
    assert block["accuracy"] == pytest.approx(
        np.mean(probabilities.argmax(1)[truth >= 0] == truth[truth >= 0])
    )
    assert headline({"expression": block}) == {
        "au_f1": None,
        "au_auc": None,
        "expression_uar": block["recall"]["mean"],
    }


def test_one_subject_gives_no_interval() -> None:
    scores, truth = case(0)
    block = unit_block(scores, truth, np.array(["a"] * len(scores)), aus=(1, 2, 4, 5))
    assert block["f1"]["mean"] is not None
    assert block["f1"]["mean_low"] is None
    assert block["f1"]["low"] == [None] * 4


def test_plain_has_no_nan() -> None:
    assert plain(np.array([[1.0, np.nan], [np.inf, 2.0]])) == [[1.0, None], [None, 2.0]]
    assert plain(float("nan")) is None
    assert Resampling().block() == {"unit": "subject", "draws": 1000, "seed": 0, "level": 0.95}
