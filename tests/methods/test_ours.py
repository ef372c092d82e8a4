"""Ours: every term against loops and parts tested elsewhere, what is masked, what is watched."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from engine.conftest import write_store
from engine.tiny import supervised as run_of
from losses import slow_self_supervised as slow
from methods import tiny
from mien.data.tuples import Tuples
from mien.engine.train import train
from mien.errors import MienError
from mien.losses.nt_xent import nt_xent
from mien.losses.similarity import unit
from mien.losses.subject_contrast import subject_nt_xent
from mien.methods.across import Across
from mien.methods.adversary import Adversary
from mien.methods.memory import identity
from mien.methods.ours import Ours, TimeMargin
from mien.methods.sslfer import SslFer

ACROSS = Across(memory=6, momentum=0.9, dim=16, weight=0.7)
HIDING = Adversary(weight=0.3, subjects=8)


def batch_of(*, seed=0, count=12):
    batch = tiny.batch(count, seed=seed, dtype=torch.float64)
    pair = torch.arange(count) // 2  # both of a pair are of one clip
    return replace(batch.with_views(batch.views[:, :1]), subject=pair % 5, clip=pair)


def ready(seed=0, **options):
    """A module whose memory is full of other batches' faces, its slow copies a step behind."""
    module = Ours(dim=8, **options).build(tiny.BACKBONE, seed=seed).double()
    for step in range(2):
        module(batch_of(seed=step + 1))
        with torch.no_grad():
            for parameter in module.encoder.parameters():
                parameter.mul_(1.01)
        module.after_step(step)
    return module


def pairs_of(module, batch):
    return unit(module.head(module.encoder(batch.views[:, 0]))).unflatten(0, (-1, 2))


def test_with_all_switches_off_it_is_sslfer_of_the_same_weights():
    batch = batch_of()
    module = Ours(dim=8).build(tiny.BACKBONE, seed=3).double()
    other = SslFer(dim=8).build(tiny.BACKBONE, seed=3).double()
    torch.testing.assert_close(module(batch).loss, other(batch).loss)
    assert module.state_dict().keys() == other.state_dict().keys()


def test_the_same_person_weighs_as_told():
    batch = batch_of()
    who = identity(batch.subject, batch.clip)[::2]
    for same in (0.0, 4.0):
        module = ready(same=same, weight=1.5, temperature=0.2)
        pairs = pairs_of(module, batch)
        want = 1.5 * subject_nt_xent(pairs, who, temperature=0.2, same=same)
        torch.testing.assert_close(module(batch).loss, want)
        assert module(batch).loss != 1.5 * nt_xent(pairs, temperature=0.2)


@pytest.mark.parametrize("form", ["cosine", "infonce"])
def test_reconstruction_equals_loops(form):
    module, batch = ready(across=replace(ACROSS, form=form)), batch_of()
    step = module(batch)
    part, images = module.across, batch.views[:, 0]
    with torch.no_grad():
        query = unit(part.projection(module.encoder(images[::2])))
        target = unit(part.slow_projection(part.slow_encoder(images[1::2])))
    who = identity(batch.subject, batch.clip)[::2].tolist()
    allowed = [[me != other for other in part.memory.identity.tolist()] for me in who]
    assert not all(all(row) for row in allowed)  # somebody meets a face of their own
    _, rebuilt = slow.reconstruction(query.tolist(), part.memory.keys.tolist(), allowed, 0.1)
    if form == "cosine":
        losses = slow.regression(rebuilt, target.tolist())
    else:
        losses = slow.contrast(rebuilt, target.tolist(), 0.1)
    mean = sum(losses) / len(losses)
    assert step.logs["loss/reconstruction"].item() == pytest.approx(mean, rel=1e-9)
    want = nt_xent(pairs_of(module, batch), temperature=0.07).item() + 0.7 * mean
    assert step.loss.item() == pytest.approx(want, rel=1e-9)


def test_the_memory_takes_in_first_faces_once_the_step_is_taken():
    module, batch = ready(across=replace(ACROSS, memory=12)), batch_of()
    part = module.across
    with torch.no_grad():
        want = part.slow(batch.views[::2, 0])
    assert int(part.memory.pushed) == 12
    module(batch)
    assert int(part.memory.pushed) == 12
    module.after_step(2)
    torch.testing.assert_close(part.memory.keys[:6], want)
    assert torch.equal(part.memory.row[:6], batch.index[::2])
    assert torch.equal(part.memory.identity[:6], identity(batch.subject, batch.clip)[::2])


def test_reconstruction_begins_when_the_memory_is_full_and_moves_no_slow_weight():
    module = Ours(dim=8, across=replace(ACROSS, memory=7)).build(tiny.BACKBONE, seed=0).double()
    for step in range(3):
        taken = module(batch_of(seed=step))
        assert (taken.logs["loss/reconstruction"] > 0) == (step >= 2)
        taken.loss.backward()
        module.after_step(step)
    slow_ones = [p for n, p in module.named_parameters() if ".slow_" in n]
    assert slow_ones
    assert all(p.grad is None for p in slow_ones)
    assert module.across.projection.weight.grad.any()


@pytest.mark.parametrize("momentum", [0.0, 0.75])
def test_slow_copies_follow_and_catch_up(momentum):
    across = replace(ACROSS, momentum=momentum)
    module = Ours(dim=8, across=across).build(tiny.BACKBONE, seed=0)
    began = [p.clone() for p in module.across.slow_encoder.parameters()]
    with torch.no_grad():
        for parameter in module.encoder.parameters():
            parameter.add_(1.0)
    module.after_step(0)
    for slow_one, before in zip(module.across.slow_encoder.parameters(), began, strict=True):
        torch.testing.assert_close(slow_one, before + (1 - momentum))
    module.catch_up()
    fast = module.encoder.state_dict()
    for name, value in module.across.slow_encoder.state_dict().items():
        assert torch.equal(value, fast[name])


def test_the_adversary_hears_first_faces_and_reverses():
    batch = batch_of()
    plain, hiding = ready(), ready(adversary=HIDING)
    without, step = plain(batch), hiding(batch)
    features = hiding.encoder(batch.views[::2, 0])
    naming = functional.cross_entropy(hiding.adversary.linear(features), batch.subject[::2])
    torch.testing.assert_close(step.loss, without.loss + naming)
    torch.testing.assert_close(step.logs["loss/identity"], naming.detach())
    without.loss.backward()
    step.loss.backward()
    names = [name for name, _ in plain.encoder.named_parameters()]
    taught = torch.autograd.grad(naming, list(hiding.encoder.parameters()))
    for name, gradient in zip(names, taught, strict=True):
        one, two = plain.encoder.get_parameter(name), hiding.encoder.get_parameter(name)
        torch.testing.assert_close(two.grad, one.grad - 0.3 * gradient)


def test_margin_in_time_equals_loops():
    module, batch = ready(margin=TimeMargin(weight=0.5, margin=0.4)), batch_of()
    pairs = pairs_of(module, batch)
    clips = pairs.detach().flatten(0, 1).unflatten(0, (-1, 4)).tolist()
    losses = []
    for a, p, n, q in clips:
        asked = ((a, p, (n, q)), (n, q, (a, p)))
        for anchor, near, others in asked:
            apart = slow.distance(anchor, near)
            losses += [max(0.0, apart - slow.distance(anchor, far) + 0.4) for far in others]
    mean = sum(losses) / len(losses)
    assert 0 < mean != pytest.approx(0.4)
    step = module(batch)
    assert step.logs["loss/temporal"].item() == pytest.approx(mean)
    want = nt_xent(pairs, temperature=0.07).item() + 0.5 * mean
    assert step.loss.item() == pytest.approx(want)
    with pytest.raises(MienError, match="no whole clips of 4"):
        module(batch_of(count=10))


def test_terms_add_up():
    margin = TimeMargin(weight=0.5)
    step = ready(across=ACROSS, adversary=HIDING, margin=margin, weight=2.0)(batch_of())
    logs = {name: value.item() for name, value in step.logs.items()}
    want = (
        2 * logs["loss/pair"] + 0.7 * logs["loss/reconstruction"] + 0.5 * logs["loss/temporal"]
        + logs["loss/identity"]
    )  # fmt: skip
    assert step.loss.item() == pytest.approx(want)


def test_made_collapse_is_seen_wherever_a_term_acts():
    module, batch = ready(across=ACROSS, adversary=HIDING), batch_of()
    alive = module(batch)
    assert set(alive.floors) == {"spread/deviation", "query/deviation", "features/deviation"}
    assert all(alive.logs[name] > floor.value for name, floor in alive.floors.items())
    with torch.no_grad():  # every face asks with the same point
        module.across.projection.weight[1:] = 0
        module.across.projection.weight[0] = 1
    asking = module(batch)
    below = {n for n, floor in asking.floors.items() if asking.logs[n] < floor.value}
    assert below == {"query/deviation"}
    dark = batch.with_views(torch.zeros_like(batch.views))
    step = module(dark)
    assert all(step.logs[name] < floor.value for name, floor in step.floors.items())
    assert set(ready()(batch).floors) == {"spread/deviation"}


@pytest.mark.parametrize(
    "make",
    [
        lambda: Ours(temperature=0.0),
        lambda: Ours(weight=0.0),
        lambda: Ours(same=-1.0),
        lambda: TimeMargin(margin=-0.1),
        lambda: Across(weight=-1.0),
        lambda: Across(momentum=1.5),
        lambda: Across(memory=0),
        lambda: Across(temperature=0.0),
    ],
)
def test_impossible_settings_are_refused(make):
    with pytest.raises(MienError):
        make()


def test_a_run_needs_pairs_tuples_and_places_for_its_people(tmp_path):
    noise = write_store(tmp_path / "noise")
    run = run_of(method=Ours(dim=8), steps=2, batch=4)
    with pytest.raises(MienError, match="which Shuffled does not give"):
        train(run, tmp_path / "one", store=noise)
    pairs = replace(run.data, sampler=Tuples(negatives="none", rate=50.0))
    margin = replace(run, data=pairs, method=Ours(dim=8, margin=TimeMargin()))
    with pytest.raises(MienError, match="compares 4 rows of a clip, and the sampler gives 2"):
        train(margin, tmp_path / "two", store=noise)
    crowded = Ours(dim=8, adversary=Adversary(weight=1.0, subjects=3))
    with pytest.raises(MienError, match="its training rows name 5"):
        train(replace(run, data=pairs, method=crowded), tmp_path / "three", store=noise)
    roomy = Ours(dim=8, across=ACROSS, adversary=HIDING)
    done = train(replace(run, data=pairs, method=roomy), tmp_path / "four", store=noise)
    assert done.status == "finished"
