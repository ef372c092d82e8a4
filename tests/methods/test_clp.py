"""CLP against loops over its own embeddings; when it begins, whom it masks, what follows what."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from losses import slow_self_supervised as slow
from methods import tiny
from mien.data.views import View
from mien.errors import MienError
from mien.losses.similarity import unit
from mien.methods.clip_anchors import anchor_rows, anchors, clip_words
from mien.methods.clp import CLP
from mien.methods.memory import identity
from mien.methods.method import Floor

FRAMES = 3


def batch_of(method, *, seed=0, count=12):
    batch = tiny.batch(count, seed=seed, dtype=torch.float64)
    return batch.with_views(batch.views[:, : method.views])


def ready(method, *, seed=0):
    """A module whose memory is full of other batches' faces, its slow copies a step behind."""
    module = method.build(tiny.BACKBONE, seed=seed).double()
    for step in range(3):
        module(batch_of(method, seed=step + 1))
        with torch.no_grad():
            for parameter in module.encoder.parameters():
                parameter.mul_(1.01)
        module.after_step(step)
    return module


def in_loops(module, batch):
    """The loss of a batch, from the module's encoders and memory alone."""
    method, views = module.method, batch.views
    with torch.no_grad():
        embedded = unit(module.projection(module.encoder(views[:, 0])))
    clips = [rows.tolist() for rows in embedded.unflatten(0, (-1, FRAMES))]
    asking = [0] * len(clips)
    if method.temporal != "chain":
        asking = anchors(batch, frames=FRAMES, drawn=True).tolist()
    total = 0.0
    if method.temporal == "triplet":
        total += slow.triplet(clips, asking, method.margin, method.margin_grows)
    elif method.temporal == "chain":
        total += slow.chain(clips, method.margin)
    if method.reconstruction == "off":
        return total
    rows = [clip * FRAMES + r for clip, r in enumerate(asking)]
    with torch.no_grad():
        target = unit(module.slow_projection(module.slow_encoder(views[rows, -1])))
    who = identity(batch.subject, batch.clip)[rows].tolist()
    others = module.memory.identity.tolist()
    allowed = [[not method.mask or me != other for other in others] for me in who]
    query = [clips[clip][r] for clip, r in enumerate(asking)]
    _, rebuilt = slow.reconstruction(
        query, module.memory.keys.tolist(), allowed, method.temperature
    )
    if method.reconstruction == "cosine":
        losses = slow.regression(rebuilt, target.tolist())
    else:
        losses = slow.contrast(rebuilt, target.tolist(), method.contrast_temperature)
    return total + method.weight * sum(losses) / len(losses)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"margin_grows": True, "margin": 0.3, "weight": 2.5},
        {"temporal": "chain", "margin": 0.03},
        {"temporal": "chain", "reconstruction": "infonce", "contrast_temperature": 0.3},
        {"temporal": "off", "mask": False, "temperature": 0.5},
        {"reconstruction": "infonce", "transform": None},
        {"reconstruction": "off"},
    ],
    ids=str,
)
def test_the_step_equals_loops(changes):
    module = ready(tiny.clp(**changes))
    batch = batch_of(module.method)
    assert module(batch).loss.item() == pytest.approx(in_loops(module, batch), rel=1e-9)


def test_one_pair_is_among_all_and_follows_from_the_seed():
    module = ready(tiny.clp(pairs="one", reconstruction="off", margin=0.5))
    batch = batch_of(module.method)
    losses = {module(replace(batch, seed=seed)).loss.item() for seed in range(8)}
    assert len(losses) > 4
    assert module(replace(batch, seed=3)).loss == module(replace(batch, seed=3)).loss


def test_anchors_follow_from_seed_and_place_alone():
    batch = batch_of(tiny.clp(), count=12)
    whole = anchor_rows(batch, frames=FRAMES, drawn=True)
    assert (whole // FRAMES).tolist() == [0, 1, 2, 3]
    for cut in range(1, 12):
        first, second = batch.rows(slice(0, cut)), batch.rows(slice(cut, 12))
        parts = [anchor_rows(part, frames=FRAMES, drawn=True) for part in (first, second)]
        assert np.concatenate([parts[0], parts[1] + cut]).tolist() == whole.tolist()
    half = batch.rows(slice(6, 12))
    both = (anchors, lambda b, **_: clip_words(b, frames=FRAMES))
    for draws in both:
        mine = draws(half, frames=FRAMES, drawn=True)
        assert mine.tolist() == draws(batch, frames=FRAMES, drawn=True)[2:].tolist()
    first = anchor_rows(batch, frames=FRAMES, drawn=False)
    assert first.tolist() == [0, 3, 6, 9]
    seen = [anchors(replace(batch, seed=seed), frames=FRAMES, drawn=True) for seed in range(300)]
    counts = np.bincount(np.concatenate(seen), minlength=FRAMES)
    assert counts.min() > 0.8 * 400


def test_reconstruction_begins_when_the_memory_is_full():
    method = tiny.clp(memory=7)
    module = method.build(tiny.BACKBONE, seed=0)
    held = []
    for step in range(4):
        logs = module(tiny.batch(seed=step)).logs
        held.append(logs["memory/held"].item())
        assert (logs["loss/reconstruction"] > 0) == (step >= 2)
        module.after_step(step)
    assert held == pytest.approx([0, 4 / 7, 1, 1])


def test_the_memory_takes_in_frames_that_asked_as_the_slow_encoder_saw_them():
    module = ready(tiny.clp(memory=12))
    batch = batch_of(module.method)
    rows = anchor_rows(batch, frames=FRAMES, drawn=True)
    with torch.no_grad():
        want = unit(module.slow_projection(module.slow_encoder(batch.views[rows, 0])))
    before = int(module.memory.pushed)
    module(batch)
    assert int(module.memory.pushed) == before  # a step that is not taken leaves no trace
    module.after_step(3)
    places = torch.arange(before, before + 4) % 12
    torch.testing.assert_close(module.memory.keys[places], want)
    assert torch.equal(module.memory.row[places], batch.index[rows])
    assert torch.equal(module.memory.identity[places], identity(batch.subject, batch.clip)[rows])


@pytest.mark.parametrize("mask", [True, False])
def test_the_mask_keeps_a_person_out_of_its_own_reconstruction(mask):
    module = ready(tiny.clp(mask=mask, memory=8))
    batch = batch_of(module.method)
    rows = anchor_rows(batch, frames=FRAMES, drawn=True)
    who = identity(batch.subject, batch.clip)[rows]
    step = module(batch)
    assert 0 < step.logs["attention/same"] < 1  # what an open attention would give to the same
    weights = module.attend(batch.views[rows, 0], who)
    assert not weights[module.memory.same(who)].any()
    torch.testing.assert_close(weights.sum(1), torch.ones(4, dtype=torch.float64))


def test_a_memory_of_one_person_has_nothing_for_that_person():
    module = ready(tiny.clp(temporal="off"))
    batch = batch_of(module.method)
    batch.subject[:] = 2
    module.memory.identity[:] = 4
    step = module(batch)
    step.loss.backward()
    assert step.loss == 0
    assert all(p.grad.isfinite().all() for p in module.encoder.parameters())
    open_to_all = ready(tiny.clp(temporal="off", mask=False))
    open_to_all.memory.identity[:] = 4
    assert open_to_all(batch).loss > 0


@pytest.mark.parametrize("momentum", [0.0, 0.75, 1.0])
def test_slow_copies_follow(momentum):
    module = tiny.clp(momentum=momentum).build(tiny.BACKBONE, seed=0)
    began = {k: v.clone() for k, v in module.slow_encoder.state_dict().items()}
    with torch.no_grad():
        for parameter in module.encoder.parameters():
            parameter.add_(1.0)
    module.after_step(0)
    for name, value in module.slow_encoder.named_parameters():
        torch.testing.assert_close(value, began[name] + (1 - momentum))
        assert not value.requires_grad
    module.catch_up()
    fast = module.encoder.state_dict()
    assert all(torch.equal(v, fast[k]) for k, v in module.slow_encoder.state_dict().items())


def test_made_collapse_is_seen():
    module = ready(tiny.clp())
    batch = batch_of(module.method)
    alive = module(batch)
    floor = alive.floors["spread/deviation"]
    assert isinstance(floor, Floor)
    assert alive.logs["spread/deviation"] > floor.value
    assert alive.logs["spread/rank"] > 1
    assert alive.logs["attention/entropy"] < 1
    with torch.no_grad():
        module.projection.weight[1:] = 0  # every face becomes the same point
        module.projection.weight[0] = 1
        module.slow_projection.load_state_dict(module.projection.state_dict())
    for step in range(3):
        module(batch_of(module.method, seed=step))
        module.after_step(step)
    dead = module(batch)
    assert dead.logs["spread/deviation"] < floor.value
    assert dead.logs["spread/rank"] == 0
    assert dead.logs["attention/entropy"].item() == pytest.approx(1.0)
    assert dead.logs["loss/temporal"].item() == pytest.approx(module.method.margin)
    assert dead.logs["loss/reconstruction"].item() == pytest.approx(0.0, abs=1e-9)


def test_a_hot_attention_rebuilds_the_mean_of_the_memory():
    logs = [
        ready(tiny.clp(temperature=t))(batch_of(tiny.clp())).logs["attention/entropy"].item()
        for t in (0.01, 0.1, 100.0)
    ]
    assert logs == sorted(logs)
    assert logs[-1] == pytest.approx(1.0, abs=1e-4)


def test_views_share_the_clips_crop_and_alter_the_target():
    method = CLP(frames=4, transform=View(jitter=1.0, brightness=0.5))
    drawn = method.draw(8, generator=torch.Generator().manual_seed(0))
    assert drawn.box.shape == (8, 2, 4)
    assert (drawn.box[:4] == drawn.box[0, 0]).all()  # no crop in this transform
    assert (drawn.flip[4:] == drawn.flip[4, 0]).all()
    assert not drawn.jitter[:, 0].any()
    assert drawn.jitter[:, 1].all()
    for plain in (replace(method, transform=None), replace(method, reconstruction="off")):
        same = plain.draw(8, generator=torch.Generator().manual_seed(0))
        assert plain.views == same.box.shape[1] == 1
        assert torch.equal(same.box, drawn.box[:, :1])


@pytest.mark.parametrize(
    "changes",
    [
        {"temporal": "off", "reconstruction": "off"},
        {"frames": 2},
        {"frames": 1, "temporal": "off"},
        {"memory": 0},
        {"momentum": 1.5},
        {"temperature": 0.0},
        {"contrast_temperature": -1.0},
        {"margin": -0.1},
        {"weight": -1.0},
    ],
)
def test_what_cannot_be_meant_is_refused(changes):
    with pytest.raises(MienError) as caught:
        CLP(**changes)
    assert caught.value.remedy


def test_cut_clips_are_refused():
    module = tiny.clp().build(tiny.BACKBONE, seed=0)
    batch = tiny.batch()
    for part in (batch.rows(slice(0, 4)), batch.rows(slice(1, 4))):
        with pytest.raises(MienError, match="no whole clips of 3"):
            module(part)
