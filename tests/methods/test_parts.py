from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from methods import tiny
from mien.errors import MienError
from mien.methods.initialise import initialise
from mien.methods.probe import Probe
from mien.methods.standardise import Standardise


def built(method, *, seed, backbone=tiny.BACKBONE):
    return method.build(backbone, seed=seed)


@pytest.mark.parametrize("parts", [("encoder",), ("encoder", "text", "text_projection")])
@pytest.mark.parametrize("place", ["state", "file", "folder", "run"])
def test_parts_of_another_run_are_taken_over(tmp_path, parts, place):
    first, second = built(tiny.pretrain(), seed=1), built(tiny.finetune(), seed=2)
    file = {"folder": tmp_path, "run": tmp_path / "final"}.get(place, tmp_path)
    file.mkdir(exist_ok=True)
    save_file(first.state_dict(), file / "model.safetensors")
    sources = {"state": first.state_dict(), "file": file / "model.safetensors"}
    before = {name: value.clone() for name, value in second.state_dict().items()}
    initialise(second, sources.get(place, tmp_path), parts=parts)
    for name, value in second.state_dict().items():
        taken = name.partition(".")[0] in parts
        assert torch.equal(value, first.state_dict()[name] if taken else before[name])


def test_a_frozen_text_tower_forgets_what_it_said_before():
    method = tiny.finetune(text=tiny.FROZEN)
    first, second = built(tiny.pretrain(text=tiny.FROZEN), seed=1), built(method, seed=2)
    before = second.text.encode(["a smile"])
    initialise(second, first.state_dict(), parts=("text",))
    assert torch.equal(second.text.encode(["a smile"]), first.text.encode(["a smile"]))
    assert not torch.equal(second.text.encode(["a smile"]), before)


def test_what_does_not_fit_is_refused_and_nothing_is_copied(tmp_path):
    module = built(tiny.finetune(), seed=2)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    other = built(tiny.pretrain(), seed=1).state_dict()
    wide = built(tiny.pretrain(), seed=1, backbone=tiny.WIDE).state_dict()
    fewer = {k: v for k, v in other.items() if k != "encoder.body.stem.weight"}
    more = {**other, "encoder.extra": torch.zeros(1)}
    for state, parts, complaint in (
        (wide, ("encoder",), "is .*, not"),
        (fewer, ("encoder",), "stem.weight is missing"),
        (more, ("encoder",), "extra is unknown"),
        ({}, ("encoder",), "the other run has no weights"),
        (other, ("encoder", "scorers.au"), "this method has no weights"),
        (wide, ("text", "encoder"), "is .*, not"),
    ):
        with pytest.raises(MienError, match=complaint) as caught:
            initialise(module, state, parts=parts)
        assert caught.value.remedy
    with pytest.raises(MienError, match=r"holds no model\.safetensors"):
        initialise(module, tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"no weights at all")
    with pytest.raises(MienError, match="cannot be read"):
        initialise(module, tmp_path)
    assert all(torch.equal(before[k], v) for k, v in module.state_dict().items())


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("count", [2, 7])
def test_standardise_equals_batch_norm(count):
    ours, theirs = Standardise(4), nn.BatchNorm1d(4, affine=False)
    for seed in range(3):
        rows = torch.randn(count, 4, generator=torch.Generator().manual_seed(seed)) * 3 + 1
        mine, peer = rows.clone().requires_grad_(), rows.clone().requires_grad_()
        torch.testing.assert_close(ours(mine), theirs(peer))
        ours(mine).square().sum().backward()
        theirs(peer).square().sum().backward()
        torch.testing.assert_close(mine.grad, peer.grad, rtol=1e-3, atol=1e-5)
    torch.testing.assert_close(ours.mean, theirs.running_mean)
    torch.testing.assert_close(ours.variance, theirs.running_var)
    ours.eval(), theirs.eval()
    torch.testing.assert_close(ours(rows), theirs(rows))


def test_a_probe_leaves_its_encoder_as_it_is():
    module = built(Probe(**tiny.LABELS), seed=0).train()
    batch = tiny.batch()
    before = {name: value.clone() for name, value in module.encoder.state_dict().items()}
    assert not module.embed(batch)["features"].requires_grad
    module(batch).loss.backward()
    torch.optim.SGD(module.parameter_groups()["head"], lr=1.0).step()
    assert all(torch.equal(before[k], v) for k, v in module.encoder.state_dict().items())
    assert not module.parameter_groups()["image"]


def test_batches_without_views_are_read_as_they_are():
    module = built(tiny.finetune(), seed=0)
    batch = tiny.batch()
    plain = module.embed(replace(batch.rows(slice(0, 3)), views=None))["features"]
    torch.testing.assert_close(plain, module.encoder(batch.images[:3].float() / 255))
