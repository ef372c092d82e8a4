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


def side_of(**changes):
    return Side(8, **{"drop": 0.0, "noise": 0.0, "seed": 0, **changes})


def test_withheld_shapes_are_as_unknown_ones():
    side, batch = side_of(), shaped()
    unknown = side(torch.full((1, geometry.WIDTH), torch.nan))
    found, shown = side.of(batch)
    torch.testing.assert_close(found[1:2], unknown)
    assert not torch.allclose(found[0:1], unknown)
    assert shown.all()
    always, shown = side_of(drop=1.0, pixel_drop=0.99).of(batch)
    torch.testing.assert_close(always, unknown.expand_as(always))
    assert shown.all()
    without, shown = side.of(replace(batch, geometry=None))
    torch.testing.assert_close(without, always)
    assert shown.all()


def test_each_part_is_withheld_alone_by_its_share_and_never_everything():
    side, batch = side_of(drop=0.2, part_drop=0.25, pixel_drop=0.4), shaped(4000)
    found, shown = side.of(batch)
    nothing = side(torch.full((1, geometry.WIDTH), torch.nan))
    points, scores = (
        (found[:, half] - nothing[:, half]).abs().amax(1) < 1e-6
        for half in (slice(0, 4), slice(4, 8))
    )
    known = torch.arange(4000) != 1
    both, one, other = points & scores & known, points & ~scores, ~points & scores
    assert abs(both.float().mean() - 0.2) < 0.03
    assert abs(one.float().mean() - 0.8 * 0.25) < 0.03
    assert abs(other.float().mean() - 0.8 * 0.25) < 0.03
    assert shown[points & scores].all()
    assert abs(shown[~(points & scores)].float().mean() - 0.6) < 0.04


def test_half_a_shape_is_read_for_what_it_is():
    side, batch = side_of().eval(), shaped()
    whole, half = side(batch.geometry), batch.geometry.clone()
    half[:, geometry.PARTS[1]] = torch.nan
    torch.testing.assert_close(side(half)[:, :4], whole[:, :4])
    assert not torch.allclose(side(half)[:, 4:], whole[:, 4:])


def test_pixels_withheld_in_training_are_not_seen():
    method = replace(METHOD, side_drop=0.0, part_drop=0.0, pixel_drop=0.5, side_noise=0.0)
    module, batch = built(method), shaped()
    other = replace(batch, views=batch.views.flip(0))
    width = module.encoder.width
    for each in (batch, other):
        shown = module.side.of(each)[1]
        assert shown.tolist() == module.side.of(batch)[1].tolist()
        seen = module.embed(each)["features"][:, :width]
        assert not seen[~shown].any()
        assert seen[shown].any(1).all()
    assert not shown.all()
    assert module.eval().side.of(batch)[1].all()


def test_tasks_apart_teach_neither_encoder_nor_side():
    batch = shaped()
    unlabelled = {
        name: torch.full_like(getattr(batch, name), torch.nan)
        for name in ("occurrence", "intensity")
    }
    told = replace(batch, **unlabelled)
    for apart in (("expression", "affect"), ()):
        module = built(replace(METHOD, apart=apart))
        step = module(told)
        assert step.logs["loss/statements"] > 0
        step.loss.backward()
        for name, taught in (
            ("encoder", not apart),
            ("side", not apart),
            ("image_projection", True),
        ):
            grads = [p.grad for p in module.get_submodule(name).parameters()]
            assert any(g is not None and bool(g.any()) for g in grads) == taught, name


def test_what_stands_apart_is_read_the_same():
    batch = shaped()
    one, other = (built(replace(METHOD, apart=each)) for each in (("expression", "affect"), ()))
    first, second = (module(batch).loss for module in (one, other))
    torch.testing.assert_close(first, second)


def test_a_mirrored_view_has_a_mirrored_shape():
    side, batch = side_of().eval(), shaped()
    turned = torch.from_numpy(geometry.mirrored(batch.geometry.numpy()))
    flipped = torch.ones(len(batch), dtype=torch.bool)
    torch.testing.assert_close(side.of(replace(batch, flipped=flipped))[0], side(turned))


def test_side_standardises_by_known_rows():
    side = side_of()
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
