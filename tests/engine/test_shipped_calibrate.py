"""Calibration: against scikit-learn, on scores whose truth is known, and where little is known."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from mien.engine.shipped_calibrate import platt, temperature


def drawn(generator, scale, shift, count=4000):
    scores = generator.normal(size=count) * 2
    truth = generator.random(count) < 1 / (1 + np.exp(-(scale * scores + shift)))
    return torch.from_numpy(scores), torch.from_numpy(truth.astype(np.float64))


def test_platt_is_an_unpenalised_logistic_regression(generator):
    scores, truth = drawn(generator, 0.6, -1.2)
    truth[:100] = torch.nan
    found = platt(scores, truth)
    model = LogisticRegression(C=np.inf, tol=1e-8).fit(
        scores[100:, None].numpy(), truth[100:].numpy()
    )
    wanted = (float(model.coef_[0, 0]), float(model.intercept_[0]))
    np.testing.assert_allclose(found, wanted, atol=5e-3)  # Platt draws targets in by 1/(n + 2)
    np.testing.assert_allclose(found, (0.6, -1.2), atol=0.15)


@pytest.mark.parametrize("positives", [0, 3])
def test_with_too_few_of_a_kind_scores_stay(positives):
    truth = torch.zeros(50)
    truth[:positives] = 1.0
    assert platt(torch.linspace(-1, 1, 50), truth) == (1.0, 0.0)


def test_scores_that_say_the_contrary_are_not_turned_round(generator):
    scores, truth = drawn(generator, -1.0, 0.0)
    assert platt(scores, truth) == (1.0, 0.0)


def test_temperature_undoes_a_factor(generator):
    logits = torch.from_numpy(generator.normal(size=(5000, 4)))
    chance = logits.softmax(1).numpy()
    truth = torch.from_numpy(np.array([generator.choice(4, p=row / row.sum()) for row in chance]))
    truth[:10] = -1
    assert temperature(logits * 3, truth) == pytest.approx(3.0, rel=0.15)
    assert temperature(logits, torch.full((5000,), -1)) == 1.0
