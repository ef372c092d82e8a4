"""The shipped reader's method: shape beside pixels, teachers, and phrases."""

from dataclasses import replace

import pytest
import torch

from methods import tiny
from mien.errors import MienError
from mien.faces import geometry
from mien.facs.statements import TAUGHT, TEMPLATES
from mien.losses.similarity import unit
from mien.methods.side import Side
from mien.methods.text_reader import TextReader, told_kind
from mien.methods.told import columns, told_loss

METHOD = TextReader(**tiny.LABELS, text=tiny.FROZEN, joint=16, geometry=True, side=8)


def shaped(count=12, **changes):
    batch = tiny.batch(count)
    generator = torch.Generator().manual_seed(5)
    shapes = torch.randn((count, geometry.WIDTH), generator=generator)
    shapes[1] = torch.nan
    return replace(batch, geometry=shapes, **changes)


def built(method=METHOD):
    return method.build(tiny.BACKBONE, seed=0)


def test_every_parameter_learns_from_shape_and_pixels():
    module = built()
    module(shaped()).loss.backward()
    idle = [n for n, p in module.named_parameters() if p.grad is None or not p.grad.any()]
    assert idle == []


def test_shape_embedded_in_parts_equals_the_whole():
    module, batch = built().double(), shaped(13)
    batch = replace(batch, views=batch.views.double(), flipped=torch.arange(13) % 2 == 0)
    whole = module.embed(batch)["features"]
    parts = [module.embed(batch.rows(slice(a, b)))["features"] for a, b in ((0, 5), (5, 13))]
    torch.testing.assert_close(torch.cat(parts), whole, rtol=1e-9, atol=1e-11)


def test_withheld_shapes_are_as_unknown_ones():
    side = Side(8, drop=0.0, noise=0.0, seed=0)
    batch = shaped()
    unknown = side(torch.full((1, geometry.WIDTH), torch.nan))
    torch.testing.assert_close(side.of(batch)[1:2], unknown)
    assert not torch.allclose(side.of(batch)[0:1], unknown)
    always = Side(8, drop=1.0, noise=0.0, seed=0).of(batch)
    torch.testing.assert_close(always, unknown.expand_as(always))
    torch.testing.assert_close(side.of(replace(batch, geometry=None)), always)


def test_a_mirrored_view_has_a_mirrored_shape():
    side, batch = Side(8, drop=0.0, noise=0.0, seed=0).eval(), shaped()
    turned = torch.from_numpy(geometry.mirrored(batch.geometry.numpy()))
    flipped = torch.ones(len(batch), dtype=torch.bool)
    torch.testing.assert_close(side.of(replace(batch, flipped=flipped)), side(turned))


def test_side_standardises_by_known_rows():
    side = Side(8, drop=0.0, noise=0.0, seed=0)
    values = torch.randn((200, geometry.WIDTH)) * 3 + 5
    values[7] = torch.nan
    side.standardise(values)
    torch.testing.assert_close(side.mean, torch.full_like(side.mean, 5.0), rtol=0.3, atol=0.3)
    torch.testing.assert_close(side.deviation, torch.full_like(side.mean, 3.0), rtol=0.4, atol=0.4)


def test_the_reader_reads_with_and_without_shape():
    module, batch = built().eval(), shaped()
    reader = module.reader()
    with torch.no_grad():
        alone = reader(batch.views[:, 0])
        both = reader(batch.views[:, 0], batch.geometry)
        features = module.embed(batch)["features"]
        trained = module.scores(features, unit(module.image_projection(features)))
    torch.testing.assert_close(both["au"], trained["au"].sigmoid())
    assert not torch.allclose(alone["au"][0], both["au"][0])
    torch.testing.assert_close(alone["au"][1], both["au"][1])
    faces = reader.score(batch.views[:, 0], batch.geometry)[2]
    torch.testing.assert_close(faces.norm(dim=1), torch.ones(12))


def test_wordings_are_drawn_by_the_seed_and_lie_between_two_of_their_statement():
    module = built(replace(METHOD, text_noise=0.0))
    words = module.wordings
    count = sum(len(each.wordings) for each in TAUGHT) * len(TEMPLATES)
    assert words.vectors.shape == (count, tiny.FROZEN.width)
    torch.testing.assert_close(words.drawn(3), words.drawn(3))
    assert not torch.allclose(words.drawn(3), words.drawn(4))
    one = words.drawn(3)[0]
    own = words.vectors[words.spans[0].start : words.spans[0].stop]
    between = torch.cdist(one[None], own).sort().values[0]
    longest = torch.cdist(own, own).max()
    assert between[0] <= longest
    torch.testing.assert_close(words.means(0, 1)[0], own.mean(0))


def test_teachers_columns_and_loss():
    labels = METHOD.labels
    places = columns(labels)
    assert [(p.start, p.stop) for p in places.values()] == [(0, 3), (3, 6), (6, 9), (9, 11)]
    scores = {task: torch.randn(5, count) for task, count in labels.items()}
    told = torch.rand(5, 11)
    told[0, 0] = torch.nan
    losses = told_loss(scores, told)
    p, q = scores["au"].sigmoid(), told[:, :3]
    each = -(q * p.log() + (1 - q) * (1 - p).log())
    torch.testing.assert_close(losses["au"], each[~q.isnan()].mean())
    soft = -(told[:, 6:9] * scores["expression"].log_softmax(1)).sum(1).mean()
    torch.testing.assert_close(losses["expression"], soft)


def test_a_pupil_alone_with_its_teachers_learns_what_they_say():
    method = replace(METHOD, geometry=False, distil=1.0, statements=0.0)
    assert method.tables == {"told": told_kind(method)}
    module = built(method)
    told = torch.rand(12, 11)
    batch = replace(tiny.batch(), told=told)
    step = module(batch)
    features = module.embed(batch)["features"]
    scores = module.scores(features, unit(module.image_projection(features)))
    losses = told_loss(scores, told)
    wanted = sum(method.weights.of(task) * loss for task, loss in losses.items())
    torch.testing.assert_close(step.loss, wanted)


def test_what_contradicts_itself_is_refused():
    with pytest.raises(MienError, match="text tower is to be trained"):
        replace(METHOD, text=tiny.TEXT)
    with pytest.raises(MienError, match="no wordings"):
        replace(METHOD, aus=(45,))
    with pytest.raises(MienError, match="out of its range"):
        replace(METHOD, distil=1.5)
