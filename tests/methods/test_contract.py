"""What every method must hold, swept over methods and towers."""

import pytest
import torch

from methods import tiny
from mien.methods.labels import TASKS, LabelledMethod
from mien.methods.method import PredictingModule
from mien.recipes import record

METHODS = tiny.every_method()


@pytest.fixture(params=METHODS)
def method(request):
    return METHODS[request.param]


@pytest.fixture
def backbone(method):
    # Without projection both towers must be equally wide.
    return tiny.BACKBONE


@pytest.fixture
def module(method, backbone):
    return tiny.warm(method.build(backbone, seed=0), views_of(tiny.batch(seed=1), method))


def views_of(batch, method):
    return batch.with_views(batch.views[:, : method.views])


def test_loss_is_finite_and_gradient_reaches_every_trainable_parameter(method, module):
    step = module(views_of(tiny.batch(), method))
    assert step.loss.ndim == 0
    assert step.loss.isfinite()
    assert all(not value.requires_grad and value.ndim == 0 for value in step.logs.values())
    step.loss.backward()
    untouched = [
        name
        for name, parameter in module.named_parameters()
        if parameter.requires_grad and (parameter.grad is None or not parameter.grad.any())
    ]
    assert untouched == []
    idle = [n for n, p in module.named_parameters() if not p.requires_grad and p.grad is not None]
    assert idle == []


def test_loss_falls_in_twenty_steps(method, module):
    batch = views_of(tiny.batch(), method)
    parameters = [p for p in module.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=3e-3)
    losses = []
    for index in range(20):
        step = module(batch)
        optimiser.zero_grad()
        step.loss.backward()
        optimiser.step()
        module.after_step(index)
        losses.append(step.loss.item())
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("sizes", [(4, 4, 4), (5, 7), (1, 11)])
def test_embedding_in_parts_equals_the_whole(method, module, sizes):
    module.double()  # the tiny net ends in one pixel, whose group norm magnifies rounding
    batch = views_of(tiny.batch(dtype=torch.float64), method)
    whole = module.embed(batch)
    parts, start = [], 0
    for size in sizes:
        parts.append(module.embed(batch.rows(slice(start, start + size))))
        start += size
    joined = {name: torch.cat([part[name] for part in parts]) for name in whole}
    for name, value in whole.items():
        assert len(value) == len(batch)
        torch.testing.assert_close(joined[name], value, rtol=1e-9, atol=1e-11)
    torch.testing.assert_close(
        module.objective(joined, batch).loss, module.objective(whole, batch).loss
    )


def test_same_seed_same_weights_and_global_randomness_is_left_alone(method, backbone):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    one, two, other = (method.build(backbone, seed=s).state_dict() for s in (3, 3, 4))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert any(not torch.equal(one[name], other[name]) for name in one)


def test_groups_are_the_trainable_parameters(module):
    groups = module.parameter_groups()
    assert set(groups) == {"image", "text", "head"}
    listed = [id(p) for members in groups.values() for p in members]
    assert sorted(listed) == sorted(id(p) for p in module.parameters() if p.requires_grad)
    image = {id(p) for p in module.encoder.parameters()}
    assert {id(p) for p in groups["image"]} <= image
    assert not image & {id(p) for p in groups["head"] + groups["text"]}


def test_configs_compare_and_survive_a_record(method, backbone):
    again = record.decode(record.encode(method))
    assert again == method
    assert hash(again) == hash(method)
    assert method.blank() == method  # tiny text reads no weights
    assert method.build(backbone, seed=0).state_dict().keys() == (
        method.blank().build(backbone.blank(), seed=0).state_dict().keys()
    )
    assert sum(method == other for other in METHODS.values()) == 1


def test_a_batch_without_labels_moves_nothing(method, module):
    batch = views_of(tiny.batch(), method)
    nan = float("nan")
    for values in (batch.occurrence, batch.intensity, batch.affect):
        values.fill_(nan)
    batch.activity.fill_(-1)
    batch.expression.fill_(-1)
    step = module(batch)
    step.loss.backward()
    assert step.loss.isfinite()
    assert all(p.grad is not None for p in module.parameters() if p.requires_grad)
    assert all(p.grad.isfinite().all() for p in module.parameters() if p.requires_grad)


@pytest.mark.parametrize("text", tiny.TEXTS)
@pytest.mark.parametrize("backbone_name", tiny.BACKBONES)
def test_towers_of_any_width_meet(text, backbone_name):
    for make in (tiny.pretrain, tiny.finetune):
        method = make(text=tiny.TEXTS[text], joint=8)
        module = method.build(tiny.BACKBONES[backbone_name], seed=0)
        module(tiny.batch()).loss.backward()
        trained = [p for p in module.text.parameters() if p.grad is not None and p.grad.any()]
        assert bool(trained) == (text == "trained")
        assert module.text_projection.weight.grad.any()


def test_predictions_have_their_shapes_and_ranges(method, module):
    assert isinstance(module, PredictingModule) == isinstance(method, LabelledMethod)
    if not isinstance(module, PredictingModule):
        return
    module.eval()
    found = module.predict(tiny.batch(5).views[:, 0])
    sizes = {"au": 3, "intensity": 3, "expression": len(method.expressions), "affect": 2}
    assert module.output_names == tuple(task for task in TASKS if task in found)
    assert tuple(method.labels) == module.output_names
    assert found.pop("embedding").shape == (5, tiny.BACKBONE.width)
    low_high = {"au": (0, 1), "intensity": (0, 5), "expression": (0, 1), "affect": (-1, 1)}
    for task, values in found.items():
        assert values.shape == (5, sizes[task])
        assert not values.requires_grad
        low, high = low_high[task]
        assert values.min() >= low
        assert values.max() <= high
    if "expression" in found:
        torch.testing.assert_close(found["expression"].sum(1), torch.ones(5))


def test_the_exported_module_reads_pixels_as_predict_does(method, module):
    if not isinstance(module, PredictingModule):
        return
    module.eval()
    images = tiny.batch(4).images
    want = module.predict(images.float() / 255)
    exported = module.export_module()
    with torch.no_grad():
        got = exported(images.permute(0, 2, 3, 1).contiguous())
    assert exported.output_names == module.output_names
    for name, value in zip(module.output_names, got, strict=True):
        torch.testing.assert_close(value, want[name])


def test_training_scores_and_predictions_agree(method, module):
    """The reader's baked texts give the probabilities that the losses saw."""
    if not isinstance(module, PredictingModule):
        return
    module.eval()
    batch = views_of(tiny.batch(), method)
    seen = {}
    module.losses.register_forward_hook(lambda _, args, __: seen.update(args[0]))
    if getattr(method, "descriptions", False) and not method.names:
        return  # D alone trains with shuffled templates and reads with the first one
    module(batch)
    found = module.predict(batch.views[:, 0])
    torch.testing.assert_close(seen["au"].sigmoid(), found["au"])
    if "expression" in seen:
        torch.testing.assert_close(seen["expression"].softmax(1), found["expression"])


def test_half_precision_layers_give_nearly_the_same_loss(method, module):
    batch = views_of(tiny.batch(), method)
    plain = module(batch).loss
    with torch.autocast("cpu", torch.bfloat16):
        half = module(batch).loss
    half.backward()
    assert half.dtype == torch.float32
    torch.testing.assert_close(half, plain, rtol=0.1, atol=0.05)
    assert all(p.grad.isfinite().all() for p in module.parameters() if p.requires_grad)
