"""Both stages against their equations, put together from the outside."""

from dataclasses import replace

import pytest
import torch

from losses import slow_losses
from methods import tiny
from methods.tiny import unit
from mien import facs
from mien.errors import MienError
from mien.methods import prompts

NAN = float("nan")


def double(method, *, seed=0):
    return method.build(tiny.BACKBONE, seed=seed).double().eval()


BATCH = tiny.batch(dtype=torch.float64)


def joint(module, view):
    return unit(module.image_projection(module.encoder(BATCH.views[:, view]))).tolist()


def texts_of(module, texts):
    return unit(module.text_projection(module.text.encode(texts))).tolist()


@pytest.mark.parametrize("images", [True, False])
@pytest.mark.parametrize("texts", [True, False])
@torch.no_grad()
def test_stage_1_is_the_sum_of_its_terms(images, texts):
    if not (images or texts):
        return
    module = double(tiny.pretrain(images=images, texts=texts, temperature=0.2))
    view = joint(module, 0)
    want = 0.0
    if images:
        want += slow_losses.activity_image(
            view,
            joint(module, 1),
            BATCH.activity.tolist(),
            BATCH.subject.tolist(),
            0.2,
            True,
            "positive",
        )
    if texts:
        sentences = [facs.activity_text(each) for each in facs.ACTIVITIES["bp4d"]]
        sentences = texts_of(module, sentences)
        want += slow_losses.activity_text(view, sentences, BATCH.activity.tolist(), 0.2)
    step = module(BATCH)
    assert step.loss.item() == pytest.approx(want, rel=1e-6)
    assert len(step.logs) == images + texts


@torch.no_grad()
def test_stage_1_by_instance_ignores_activities():
    module = double(tiny.pretrain(pairing="instance", texts=False, temperature=0.2))
    rows = list(range(len(BATCH)))
    want = slow_losses.activity_image(
        joint(module, 0), joint(module, 1), rows, rows, 0.2, True, "positive"
    )
    assert module(BATCH).loss.item() == pytest.approx(want, rel=1e-6)


def test_stage_1_has_one_view_without_the_image_term():
    assert tiny.pretrain().views == 2
    assert tiny.pretrain(images=False).views == 1


def test_stage_1_asks_for_its_second_view():
    module = tiny.pretrain().build(tiny.BACKBONE, seed=0)
    with pytest.raises(MienError, match="two views"):
        module(tiny.batch(views=1))


@pytest.mark.parametrize("form", ["sigmoid", "pair"])
@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("descriptions", [True, False])
@torch.no_grad()
def test_stage_2_is_the_weighted_sum_of_its_terms(form, names, descriptions):
    if not (names or descriptions) or (form == "pair" and not names):
        return
    weights = tiny.Weights(au=2.0, expression=0.5)
    module = double(
        tiny.finetune(au_form=form, names=names, descriptions=descriptions, weights=weights)
    )
    if form == "sigmoid":
        module.comparers["au"].bias.fill_(-0.3)
    face = joint(module, 0)
    seed = BATCH.seed
    au_looks = prompts.unit_descriptions(tiny.AUS, seed=seed)
    looks = prompts.expression_descriptions(tiny.EXPRESSIONS, seed=seed)
    au_names, kinds = prompts.unit_names(tiny.AUS), prompts.expression_names(tiny.EXPRESSIONS)
    target = texts_of(module, au_names if names else au_looks)
    absent = texts_of(module, prompts.unit_names(tiny.AUS, template=prompts.ABSENT_TEMPLATE))
    dot = slow_losses.dot
    if form == "pair":
        logits = [
            [10 * (dot(v, yes) - dot(v, no)) for yes, no in zip(target, absent, strict=True)]
            for v in face
        ]
    else:
        logits = [[10 * dot(v, t) - 0.3 for t in target] for v in face]
    faces = texts_of(module, kinds if names else looks)
    classes = [[10 * dot(v, t) for t in faces] for v in face]
    want = 2 * slow_losses.binary(logits, BATCH.occurrence.tolist())
    want += 0.5 * slow_losses.softmax(classes, BATCH.expression.tolist())
    if names and descriptions:
        for weight, said, named in ((2, au_looks, au_names), (0.5, looks, kinds)):
            d, n = texts_of(module, said), texts_of(module, named)
            want += weight * slow_losses.activity_text(d, n, list(range(3)), 0.1)
    assert module(BATCH).loss.item() == pytest.approx(want, rel=1e-6)


def test_stage_2_without_texts_is_the_supervised_baseline():
    plain = tiny.every_method()["supervised"]
    image_only = tiny.finetune(names=False, descriptions=False, imbalance=plain.imbalance).build(
        tiny.BACKBONE, seed=5
    )
    module = plain.build(tiny.BACKBONE, seed=5)
    assert module.state_dict().keys() == image_only.state_dict().keys()
    for name, value in module.state_dict().items():
        assert torch.equal(value, image_only.state_dict()[name])
    assert torch.equal(module(BATCH_32).loss, image_only(BATCH_32).loss)


BATCH_32 = tiny.batch()


def test_every_method_starts_from_the_same_encoder():
    encoders = [
        method.build(tiny.BACKBONE, seed=7).encoder.state_dict()
        for method in tiny.every_method().values()
    ]
    for other in encoders[1:]:
        assert all(torch.equal(encoders[0][name], other[name]) for name in other)


def test_shuffling_follows_the_batch_seed():
    module = tiny.finetune().build(tiny.BACKBONE, seed=0)
    losses = [module(replace(BATCH_32, seed=seed)).loss for seed in (1, 1, 2, 3, 4)]
    assert torch.equal(losses[0], losses[1])
    assert len({loss.item() for loss in losses}) > 1
    still = tiny.finetune(shuffle=False).build(tiny.BACKBONE, seed=0)
    assert len({still(replace(BATCH_32, seed=seed)).loss.item() for seed in range(4)}) == 1


def test_descriptions_teach_the_text_side_only():
    module = tiny.finetune().build(tiny.BACKBONE, seed=0)
    unlabelled = replace(
        BATCH_32,
        occurrence=torch.full_like(BATCH_32.occurrence, NAN),
        intensity=torch.full_like(BATCH_32.intensity, NAN),
        affect=torch.full_like(BATCH_32.affect, NAN),
        expression=torch.full_like(BATCH_32.expression, -1),
    )
    module(unlabelled).loss.backward()
    assert not any(p.grad.any() for p in module.encoder.parameters())
    assert not module.image_projection.weight.grad.any()
    assert module.text_projection.weight.grad.any()
    assert any(p.grad.any() for p in module.text.parameters())


def test_learned_scales_stay_within_the_limit():
    module = tiny.finetune().build(tiny.BACKBONE, seed=0)
    stage_1 = tiny.pretrain(learn_temperature=True).build(tiny.BACKBONE, seed=0)
    scales = [module.comparers["au"].scale, module.comparers["au"].description_scale]
    scales += [stage_1.image_scale, stage_1.text_scale]
    for scale in scales:
        scale.logarithm.data.fill_(20.0)
    module.after_step(0)
    stage_1.after_step(0)
    for scale in scales:
        assert scale().item() == pytest.approx(100)
    assert tiny.pretrain(temperature=0.001).build(tiny.BACKBONE, seed=0).image_scale().item() == (
        pytest.approx(1000)  # a fixed temperature is taken as given
    )
