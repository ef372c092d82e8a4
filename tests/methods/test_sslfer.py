"""SSLFER's step: what its switches leave of SimCLR, MaskFN's descriptors, refusals, views."""

from dataclasses import replace

import pytest
import torch

from methods import tiny
from mien.data.views import View, draw
from mien.errors import MienError
from mien.losses.false_negatives import masked_false_negatives
from mien.losses.nt_xent import nt_xent
from mien.losses.similarity import unit
from mien.methods.mask_fn import Look, MaskFN
from mien.methods.sslfer import SslFer
from mien.methods.sslfer_views import ANCHOR, POSITIVE

MASK = MaskFN(descriptor=tiny.WIDE, weight=0.5)


def one_view(count: int = 12, **options):
    batch = tiny.batch(count, **options)
    return batch.with_views(batch.views[:, :1])


def build(**options):
    return SslFer(dim=8, **options).build(tiny.BACKBONE, seed=0)


def faces(module, batch):
    features = module.encoder(batch.views[:, 0])
    return unit(module.head(features)).unflatten(0, (-1, 2))


def test_without_mask_it_is_nt_xent_of_neighbouring_rows():
    module, batch = build(temperature=0.2), one_view()
    want = nt_xent(faces(module, batch), temperature=0.2)
    torch.testing.assert_close(module(batch).loss, want)


def test_the_paper_has_a_hidden_layer_as_wide_as_the_encoder():
    head = build().head
    assert [layer.out_features for layer in head if hasattr(layer, "out_features")] == [16, 8]


def test_mask_adds_the_second_term_by_its_weight():
    module, batch = build(mask=MASK), one_view()
    step = module(batch)
    look = module.look(batch.patches)
    assert look.shape == (12, 2 * tiny.WIDE.width)
    torch.testing.assert_close(look.norm(dim=1), torch.ones(12))
    found = masked_false_negatives(
        faces(module, batch),
        look.unflatten(0, (-1, 2)),
        batch.faced.unflatten(0, (-1, 2)),
        batch.clip[::2],
        temperature=0.07,
    )
    torch.testing.assert_close(step.loss, found.pair + 0.5 * found.found)
    assert step.logs["mask/share"] == batch.faced.float().mean()


def test_released_options_change_who_is_masked():
    batch = one_view()
    shares = {
        skip: build(mask=replace(MASK, skip_faceless=skip))(batch).logs["mask/share"].item()
        for skip in (True, False)
    }
    assert shares == {True: pytest.approx(10 / 12), False: 1.0}
    one_clip = replace(batch, clip=torch.zeros(12, dtype=torch.int64))
    assert build(mask=MASK)(one_clip).logs["mask/share"] == 0
    free = build(mask=replace(MASK, exclude_own_clip=False))
    assert free(one_clip).logs["mask/share"] > 0


def test_the_descriptor_stays_as_it_is():
    module, batch = build(mask=MASK), one_view()
    before = {name: value.clone() for name, value in module.look.state_dict().items()}
    optimiser = torch.optim.SGD([p for p in module.parameters() if p.requires_grad], lr=0.1)
    for _ in range(2):
        module.train()
        module(batch).loss.backward()
        optimiser.step()
    assert all(torch.equal(before[k], v) for k, v in module.look.state_dict().items())


@pytest.mark.parametrize("room", [0, 5, 12, 100])
def test_kept_descriptors_are_those_computed(room):
    patches = torch.cat(
        [tiny.batch(8).patches, tiny.batch(8).patches[2:4], tiny.batch(4, seed=9).patches]
    )
    plain = Look(tiny.WIDE, seed=3, keep=0)
    wanted = torch.cat([plain(patches[row : row + 1]) for row in range(len(patches))])
    look = Look(tiny.WIDE, seed=3, keep=room * look_bytes(plain))
    seen = []
    look.encoder.register_forward_hook(lambda _, args, __: seen.append(len(args[0]) // 2))
    for _ in range(3):
        torch.testing.assert_close(look(patches), wanted)
    # Twelve different ones among fourteen rows; what is kept is not computed again.
    again = 12 - min(room, 12)
    assert seen == [12, *[again] * 2][: 3 if again else 1]
    assert look.double()(patches).dtype == torch.float64


def look_bytes(look):
    return look.width * 4


def test_descriptors_know_nothing_of_views():
    module, batch = build(mask=MASK), one_view()
    other = batch.with_views(torch.rand_like(batch.views))
    assert torch.equal(module.embed(batch)["look"], module.embed(other)["look"])


def test_without_patches_mask_fn_says_so():
    batch = replace(one_view(), patches=None)
    with pytest.raises(MienError, match="the batch has none"):
        build(mask=MASK)(batch)
    assert build()(batch).loss.isfinite()


def test_torn_pairs_are_refused():
    with pytest.raises(MienError, match="no whole clips of 2"):
        build()(one_view(11))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: SslFer(temperature=0.0), "temperature"),
        (lambda: MaskFN(weight=-1.0), "negative"),
    ],
)
def test_impossible_settings_are_refused(make, text):
    with pytest.raises(MienError, match=text):
        make()


def test_positives_are_altered_by_their_own_view():
    method = SslFer(view=View(jitter=1.0, grey=0.5), positive=View(jitter=0.0, grey=0.5))
    drawn = method.draw(400, generator=torch.Generator().manual_seed(0))
    assert drawn.jitter[::2].all()
    assert not drawn.jitter[1::2].any()
    assert 0.4 < drawn.grey.float().mean() < 0.6


def test_equal_views_are_drawn_as_anywhere_else():
    method = SslFer(view=ANCHOR, positive=ANCHOR)
    one = method.draw(8, generator=torch.Generator().manual_seed(3))
    two = draw(ANCHOR, 1, batch=8, generator=torch.Generator().manual_seed(3))
    for name in ("box", "flip", "factors", "jitter", "sigma"):
        assert torch.equal(getattr(one, name), getattr(two, name))


def test_the_views_are_the_papers():
    drawn = SslFer().draw(2000, generator=torch.Generator().manual_seed(0))
    assert drawn.jitter[::2].all()
    assert drawn.jitter[1::2].float().mean() == pytest.approx(0.8, abs=0.05)
    torch.testing.assert_close(drawn.box[..., 2:], torch.full((2000, 1, 2), 112 / 128))
    assert replace(POSITIVE, jitter=1.0) == ANCHOR


def test_the_default_descriptor_is_imagenets_and_can_be_blank():
    method = SslFer(mask=MaskFN())
    blank = method.blank()
    assert blank.mask.descriptor.pretrained is False
    assert method.mask.descriptor.weights == "imagenet"
    module = blank.build(tiny.BACKBONE, seed=0)
    assert module.look.width == 2560
    assert module(one_view(4)).loss.isfinite()
