"""Cached gradients equal plain ones, however the batch is split, dropout included."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from engine import tiny
from mien.data.batch import Batch
from mien.data.loader import Loader, step_generator
from mien.data.store import Store
from mien.data.views import View, draw
from mien.engine.backward import backward, refuse_live_batch_norm
from mien.engine.cached import cached_backward
from mien.engine.plan import prepare
from mien.engine.ranks import Ranks
from mien.engine.views import with_views
from mien.errors import MienError
from mien.methods.method import MethodModule, Step
from mien.models.mobilenet_v2 import MobileNetV2
from mien.models.vit import ViT

ALONE = Ranks(0, 1, torch.device("cpu"))


def _gradients(run, store):
    data = prepare(run, store)
    loader = Loader(data.parts["train"], run.data.sampler, size=run.batch, seed=0)
    module = run.method.build(run.backbone, seed=0).double().train()
    batch = loader.batch(0, 0)
    parts = [part.with_views(part.views.double()) for part in with_views(batch, run, ALONE)]
    step = backward(module, module, parts, batch, run=run, ranks=ALONE)
    return step.loss.detach(), {
        name: parameter.grad
        for name, parameter in module.named_parameters()
        if parameter.grad is not None
    }


@pytest.mark.parametrize("make", [tiny.pretrain, tiny.finetune, tiny.supervised, tiny.probe])
@pytest.mark.parametrize("backbone", [tiny.BACKBONE, ViT(model="mini", size=32)])
def test_every_split_gives_the_gradient_of_the_whole(store, make, backbone):
    opened = Store(store)
    run = make(backbone=backbone)
    loss, plain = _gradients(run, opened)
    for accumulation in (2, 4, 8):
        found, cached = _gradients(replace(run, accumulation=accumulation), opened)
        assert_close(found, loss)
        assert_close(cached, plain, rtol=1e-9, atol=1e-11)
        assert cached


class _Noisy(MethodModule):
    """A layer with dropout, and an objective over the whole batch with dropout of its own."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(2, 4), nn.Dropout(0.5), nn.Linear(4, 2))
        self.after = nn.Dropout(0.5)
        self.masks = []

    def embed(self, batch):
        found = self.encoder(batch.affect)
        self.masks.append((found.detach().clone(), torch.is_grad_enabled()))
        return {"features": found, "codes": batch.subject}

    def objective(self, embeddings, batch):
        assert not embeddings["codes"].requires_grad
        return Step(loss=self.after(embeddings["features"]).logsumexp(0).square().sum())

    def after_step(self, step):
        pass

    def parameter_groups(self):
        return {"image": list(self.parameters()), "text": [], "head": []}


class _Sided(_Noisy):
    """An objective that looks at left and right."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def embed(self, batch):
        assert batch.sided is not None
        return {"features": self.scale * batch.sided.flatten(1)}

    def objective(self, embeddings, batch):
        assert_close(batch.sided.flatten(1), embeddings["features"].detach(), rtol=0, atol=0)
        return Step(loss=embeddings["features"].sum())


@pytest.mark.parametrize("accumulation", [1, 2, 4])
def test_left_and_right_follow_the_mirror(store, accumulation):
    opened = Store(store)
    method = replace(tiny.supervised().method, view=View(flip=0.5))
    run = tiny.supervised(method=method, accumulation=accumulation)
    data = prepare(run, opened)
    batch = Loader(data.parts["train"], run.data.sampler, size=run.batch, seed=0).batch(0, 0)
    sided = torch.rand(8, 12, 2)
    sided[0, 0, 0] = float("nan")
    assert batch.sided.shape == sided.shape
    assert batch.sided.isnan().all()
    assert all(part.sided is None for part in with_views(replace(batch, sided=None), run, ALONE))
    flip = draw(method.view, 1, batch=8, generator=step_generator(batch)).flip[:, 0]
    assert flip.any()
    assert not flip.all()
    found = with_views(replace(batch, sided=sided), run, ALONE)
    expected = torch.stack(
        [row.flip(1) if mirrored else row for row, mirrored in zip(sided, flip, strict=True)]
    )
    seen = torch.cat([part.sided for part in found])
    assert_close(seen, expected, rtol=0, atol=0, equal_nan=True)
    # The objective of the whole batch sees what its parts see.
    parts = [replace(part, sided=part.sided.nan_to_num()) for part in found]
    module, whole = _Sided(), replace(batch, sided=sided.nan_to_num())
    step = backward(module, module, parts, whole, run=run, ranks=ALONE)
    assert_close(step.loss.detach(), sided.nansum())


def _rows(affect):
    """A batch of which `_Noisy` looks at two columns."""
    count = len(affect)
    codes = torch.arange(count)
    return Batch(
        images=torch.zeros(count, 3, 2, 2, dtype=torch.uint8),
        subject=codes,
        clip=codes,
        activity=codes,
        occurrence=torch.zeros(count, 0),
        intensity=torch.zeros(count, 0),
        expression=codes,
        affect=affect,
        index=codes,
        seed=0,
    )


def test_random_layers_see_the_same_numbers_twice():
    torch.manual_seed(3)
    module, rows = _Noisy(), torch.randn(6, 2)
    parts = [_rows(rows[:2]), _rows(rows[2:3]), _rows(rows[3:])]
    torch.manual_seed(5)
    first = cached_backward(
        module, parts, _rows(rows), computing=lambda: torch.autocast("cpu", enabled=False)
    )
    after = torch.rand(3)
    values = [value for value, _ in module.masks]
    assert [graded for _, graded in module.masks] == [False] * 3 + [True] * 3
    assert_close(values[:3], values[3:], rtol=0, atol=0)

    # The same forward by hand: embed parts in turn, then the objective.
    cached = [parameter.grad.clone() for parameter in module.parameters()]
    module.zero_grad()
    torch.manual_seed(5)
    features = torch.cat([module.embed(part)["features"] for part in parts])
    plain = module.objective({"features": features, "codes": torch.arange(6)}, _rows(rows))
    plain.loss.backward()
    assert_close(first.loss, plain.loss)
    assert_close(cached, [parameter.grad for parameter in module.parameters()])
    assert_close(after, torch.rand(3), rtol=0, atol=0)


@pytest.mark.parametrize(
    ("accumulation", "size", "device", "refused"),
    [
        (1, 1, "cpu", False),
        (2, 1, "cpu", True),
        (1, 2, "cpu", True),
        (1, 2, "cuda", False),
        (2, 1, "cuda", True),
    ],
)
def test_live_batch_norm_is_refused_where_it_cannot_be_exact(accumulation, size, device, refused):
    run = tiny.supervised(
        backbone=MobileNetV2(weights=None, norm="batch", size=32, multiplier=0.25),
        accumulation=accumulation,
    )
    module = run.method.build(run.backbone, seed=0)
    ranks = Ranks(0, size, torch.device(device))
    if refused:
        with pytest.raises(MienError, match="live BatchNorm"):
            refuse_live_batch_norm(module, run, ranks)
    else:
        refuse_live_batch_norm(module, run, ranks)


@pytest.mark.parametrize("norm", ["frozen-batch", "group"])
def test_other_norms_are_fine(norm):
    run = tiny.supervised(
        backbone=MobileNetV2(weights=None, norm=norm, size=32, multiplier=0.25), accumulation=2
    )
    refuse_live_batch_norm(
        run.method.build(run.backbone, seed=0), run, Ranks(0, 2, torch.device("cpu"))
    )
