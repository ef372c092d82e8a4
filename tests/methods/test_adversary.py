"""Identity adversary: the head learns who is shown, the encoder unlearns it, nothing else moves."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from engine.conftest import write_store
from engine.tiny import supervised as supervised_run
from methods import tiny
from mien.engine.train import train
from mien.errors import MienError
from mien.methods.adversary import Adversary, IdentityHead
from mien.methods.probe import Probe
from mien.methods.supervised import Supervised


def gradients(weight):
    """Gradients of the encoder, and of the adversary where there is one."""
    method = Supervised(**tiny.LABELS, adversary=Adversary(weight=weight, subjects=6))
    module = method.build(tiny.BACKBONE, seed=0).double()
    step = module(tiny.batch(dtype=torch.float64, labels=torch.float64))
    step.loss.backward()
    return {name: p.grad for name, p in module.named_parameters()}, step, module


def test_the_encoder_unlearns_what_the_head_learns():
    plain, without, module = gradients(0.0)
    assert module.adversary is None
    hiding, step, module = gradients(0.7)
    batch = tiny.batch(dtype=torch.float64, labels=torch.float64)
    features = module.encoder(batch.views[:, 0])
    naming = functional.cross_entropy(module.adversary.linear(features), batch.subject)
    torch.testing.assert_close(step.loss, without.loss + naming)
    torch.testing.assert_close(step.logs["loss/identity"], naming.detach())
    names = [name for name in plain if name.startswith("encoder.")]
    taught = torch.autograd.grad(
        naming, [module.get_parameter(name) for name in names], retain_graph=True
    )
    for name, gradient in zip(names, taught, strict=True):
        torch.testing.assert_close(hiding[name], plain[name] - 0.7 * gradient)
    (head,) = torch.autograd.grad(naming, [module.adversary.linear.weight])
    torch.testing.assert_close(hiding["adversary.linear.weight"], head)
    for name in plain.keys() - set(names):
        torch.testing.assert_close(hiding[name], plain[name])


def test_unknown_people_take_no_part():
    _, _, module = gradients(0.7)
    batch = tiny.batch(dtype=torch.float64, labels=torch.float64)
    batch.subject[:] = -1
    step = module(batch)
    assert step.logs["loss/identity"] == 0
    assert step.logs["identity/accuracy"] == 0


def test_a_head_on_features_that_hold_the_person_names_them_and_loses_its_hold():
    """People are points; the head finds them, and with reversal the points run together."""

    def spread(weight):
        rows = torch.eye(4).repeat(3, 1).requires_grad_()
        subject = torch.arange(4).repeat(3)
        head = IdentityHead(Adversary(weight=weight, subjects=4), 4, seed=0)
        fast = torch.optim.SGD(head.parameters(), lr=1.0)
        slow = torch.optim.SGD([rows], lr=0.05)
        for _ in range(200):
            loss, right = head(rows, subject)
            fast.zero_grad(), slow.zero_grad()
            loss.backward()
            fast.step(), slow.step()
        centres = torch.stack([rows[subject == s].mean(0) for s in range(4)])
        return centres.detach().std(0).mean(), right

    still, named = spread(0.0)
    assert named == 1
    assert spread(1.0)[0] < 0.7 * still


def test_what_cannot_hide_anybody_is_refused(tmp_path):
    with pytest.raises(MienError, match="frozen encoder"):
        Probe(adversary=Adversary(weight=1.0))
    for odd in ({"weight": -1.0}, {"weight": 1.0, "subjects": 1}):
        with pytest.raises(MienError, match="will not do"):
            Adversary(**odd)
    noise = write_store(tmp_path / "noise")
    crowded = Supervised(adversary=Adversary(weight=1.0, subjects=3))
    run = supervised_run(method=crowded, steps=2)
    with pytest.raises(MienError, match="its training rows name 5") as caught:
        train(run, tmp_path / "run", store=noise)
    assert caught.value.remedy == "--method.adversary.subjects 5"
    roomy = replace(crowded, adversary=Adversary(weight=1.0, subjects=5))
    assert train(replace(run, method=roomy), tmp_path / "run", store=noise).status == "finished"
    nobody = write_store(tmp_path / "nobody", subjects=False)
    with pytest.raises(MienError, match="name 0") as caught:
        train(run, tmp_path / "other", store=nobody)
    assert "leave the adversary out" in caught.value.remedy
