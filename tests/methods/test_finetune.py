"""Fine-tuning's head and losses: widths, dropout, balanced softmax, 1 - CCC in its forms."""

import pytest
import torch
from torch import nn

from methods import tiny
from mien.errors import MienError
from mien.losses.concordance import concordance_loss
from mien.losses.intensity import masked_intensity_loss
from mien.losses.softmax import masked_softmax_loss
from mien.methods.finetune import FineTune
from mien.methods.labels import AffectLoss, Imbalance, Weights

CATEGORIES = Weights(au=0.0, expression=1.0)
AFFECT = Weights(au=0.0, expression=0.0, affect=1.0)


def one_view():
    batch = tiny.batch()
    return batch.with_views(batch.views[:, :1])


def module_of(**options):
    return FineTune(expressions=tiny.EXPRESSIONS, **options).build(tiny.BACKBONE, seed=0)


def test_the_head_halves_the_width_twice():
    head = module_of(weights=CATEGORIES).scorers["expression"]
    kinds = [type(layer) for layer in head]
    assert kinds == [
        nn.ReLU, nn.Dropout, nn.Linear, nn.ReLU, nn.Dropout, nn.Linear, nn.Dropout, nn.Linear
    ]  # fmt: skip
    assert [(x.in_features, x.out_features) for x in head if isinstance(x, nn.Linear)] == [
        (16, 8), (8, 4), (4, 3)
    ]  # fmt: skip


def test_dropout_works_while_training_only():
    module, batch = module_of(weights=CATEGORIES), one_view()
    torch.manual_seed(0)
    assert module(batch).loss != module(batch).loss
    module.eval()
    assert module(batch).loss == module(batch).loss


def test_categories_learn_by_the_balanced_softmax():
    counts = (90.0, 9.0, 1.0)
    module = module_of(weights=CATEGORIES, imbalance=Imbalance(expression_counts=counts)).eval()
    batch = one_view()
    logits = module.scorers["expression"](module.encoder(batch.views[:, 0]))
    want = masked_softmax_loss(logits, batch.expression, counts=torch.tensor(counts))
    torch.testing.assert_close(module(batch).loss, want)
    assert want != masked_softmax_loss(logits, batch.expression)


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("integers", [False, True])
def test_affect_learns_by_one_minus_ccc(smooth, mixed, integers):
    form = AffectLoss(smooth=smooth, mixed=mixed, integers=integers)
    module, batch = module_of(weights=AFFECT, affect=form).eval(), one_view()
    batch.affect[3] = torch.tensor([1.0, -1.0])
    values = module.scorers["affect"](module.encoder(batch.views[:, 0])).tanh()
    target = batch.affect.trunc() if integers else batch.affect
    want = masked_intensity_loss(values, target) if smooth else torch.tensor(0.0)
    if mixed:
        want = want + concordance_loss(values.reshape(-1, 1), target.reshape(-1, 1))
    else:
        parts = [concordance_loss(values[:, [k]], target[:, [k]]) for k in (0, 1)]
        want = want + sum(parts) / 2
    torch.testing.assert_close(module(batch).loss, want)


def test_the_default_is_one_ccc_of_each_dimension():
    assert FineTune().affect == AffectLoss(smooth=False, mixed=False, integers=False)


def test_contradictions_are_refused():
    with pytest.raises(MienError, match="dropout of 1"):
        FineTune(dropout=1.0)
    with pytest.raises(MienError, match="expressions are counted"):
        FineTune(imbalance=Imbalance(count_expressions=True, expression_counts=(1.0,) * 7))
