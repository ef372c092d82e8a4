"""Hair, fringes and covers: every kind is seen where it should be, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest

from mien.lab.bodies.clothes import clothes_on
from mien.lab.bodies.covers import COVERS, cover_on
from mien.lab.bodies.garment import kept_by
from mien.lab.bodies.hairdo import hair_on
from mien.lab.bodies.outfit import outfit
from mien.lab.bodies.shape import shape
from mien.lab.chance.pools import POOLS
from mien.lab.conditions.world import Framing, World
from mien.lab.expression import FaceState
from mien.lab.people.cuts import CUTS
from mien.lab.people.draw import sample_person
from mien.lab.people.glasses import Glasses
from mien.lab.people.person import FRINGES, HAIR_STYLES, Clothes
from mien.lab.picture import worn
from mien.lab.render import render

WIDE = World(framing=Framing(log_scale=-0.5))


@pytest.fixture(scope="module")
def person():
    drawn = sample_person(np.random.default_rng(11))
    hair = replace(drawn.hair, style="short", fringe="none", hairline=0.0, curl=0.2, length=0.5)
    return replace(
        drawn, hair=hair, glasses=Glasses(), cover=replace(drawn.cover, kind="none", depth=0.5)
    )


def shown(person, world=WIDE, size=80):
    return render(person, FaceState(), world, size=size).image.astype(int)


def styled(person, style, **fields):
    return replace(person, hair=replace(person.hair, style=style, **fields))


@pytest.mark.parametrize("style", HAIR_STYLES)
def test_every_style_differs_from_the_others(person, style):
    image = shown(styled(person, style))
    for other in HAIR_STYLES:
        if other != style:
            assert (image != shown(styled(person, other))).any(), other


@pytest.mark.parametrize("style", HAIR_STYLES)
def test_hair_leaves_eyes_and_mouth_free(person, style):
    """Beside a shadow, no style without a fringe touches the middle of the face."""
    bald, haired = (shown(styled(person, each), World(), 64) for each in ("bald", style))
    change = np.abs(bald - haired).sum(axis=2)
    assert np.median(change[16:50, 22:42]) <= 6


@pytest.mark.parametrize("fringe", FRINGES[1:])
def test_every_fringe_covers_forehead_and_not_the_eyes(person, fringe):
    plain = styled(person, "medium", fringe="none", length=1.0, parting=0.5)
    cut = styled(person, "medium", fringe=fringe, length=1.0, parting=0.5)
    landmarks = render(plain, FaceState(), WIDE, size=80).landmarks
    brow, eye = landmarks[[105, 334], 1].mean(), landmarks[[33, 263], 1].mean()
    change = np.abs(shown(plain) - shown(cut)).sum(axis=2)
    assert change[: round(brow)].sum() > 3 * change[round(eye) :].sum()
    assert change[: round(brow)].max() > 100


@pytest.mark.parametrize("kind", COVERS)
def test_every_cover(person, kind):
    covered = replace(person, cover=replace(person.cover, kind=kind, colour=(0.8, 0.05, 0.05)))
    made = cover_on(covered, shape(covered).vertices)
    assert (made is None) == (kind == "none")
    change = np.abs(shown(covered) - shown(person)).sum(axis=2)
    if kind == "none":
        assert change.max() == 0
        return
    landmarks = render(person, FaceState(), WIDE, size=80).landmarks
    left, right = landmarks[[50, 280], 0]
    top, bottom = landmarks[[105, 334], 1].min(), landmarks[17, 1]
    face = change[round(top) : round(bottom), round(left) : round(right)]
    assert change.max() > 150
    assert np.median(face) < 30


def test_covers_that_hide_all_hair(person):
    for kind in COVERS:
        covered = replace(person, cover=replace(person.cover, kind=kind))
        hidden = hair_on(covered, shape(covered).vertices) is None
        assert hidden == (kind in ("scarf", "turban", "hood"))
        clothes = len(clothes_on(covered, shape(covered).vertices))
        assert len(outfit(covered)) == clothes + (kind != "none") + (not hidden)


def test_faces_outside_the_cuts_are_left_out():
    cuts = np.array([[1, 1], [1, -1], [-1, 1], [-0.05, 0.2], [-1, -1]], np.float32)
    faces = np.array([[0, 1, 2], [1, 2, 4], [3, 1, 4]], np.int32)
    np.testing.assert_array_equal(kept_by(cuts, faces), [1, 0, 1])


def test_hair_casts_a_shadow_on_the_neck(person):
    """Loose hair darkens skin that it does not hide, by the key light's direction."""
    long = styled(person, "long", colour=(0.9, 0.9, 0.9), curl=0.0)
    bare = styled(person, "bald")
    change = shown(long).sum(axis=2) - shown(bare).sum(axis=2)
    assert (change < -40).sum() > 20


def test_spread_of_what_is_worn():
    for pool in POOLS:
        people = [sample_person(np.random.default_rng(seed), pool=pool) for seed in range(150)]
        assert 0.15 < np.mean([one.glasses.frame != "none" for one in people]) < 0.45
        assert 0.04 < np.mean([one.cover.kind != "none" for one in people]) < 0.2
        assert len({one.hair.style for one in people}) >= 6
        assert len({one.hair.fringe for one in people}) >= 4
    trained = {sample_person(np.random.default_rng(seed)).cover.kind for seed in range(300)}
    assert not trained & {"turban", "band"}


@pytest.mark.parametrize("kind", CUTS)
def test_every_kind_of_clothing_lies_below_the_face(person, kind):
    """Clothes change the shoulders by the main colour, and nothing above the chin."""

    def dressed(kind):
        clothes = replace(person.clothes, kind=kind, second=(0.7, 0.7, 0.7))
        return replace(person, clothing=(0.02, 0.02, 0.5), clothes=clothes)

    change = np.abs(shown(dressed(kind)) - shown(dressed("bare"))).sum(axis=2)
    chin = render(person, FaceState(), WIDE, size=80).landmarks[152, 1]
    assert change[: int(chin) - 6].max() <= 12
    assert (change[int(chin) :].max() > 100) == (kind != "bare")
    made = clothes_on(dressed(kind), shape(person).vertices)
    assert len(made) == (kind != "bare") * (1 + bool(CUTS[kind].collar) + CUTS[kind].jacket)


def test_a_jacket_is_open_over_a_lighter_shirt(person):
    clothes = replace(person.clothes, kind="suit", second=(0.8, 0.8, 0.8))
    image = shown(replace(person, clothing=(0.01, 0.01, 0.01), clothes=clothes))
    assert image[-4:, 36:44].mean() > 2 * image[-4:, 8:20].mean()


def test_rows_drawn_alone_are_the_whole_picture(person, monkeypatch):
    """Only the rows that something spans are drawn; the same picture comes of drawing all."""
    hair = replace(person.hair, style="long")
    cover = replace(person.cover, kind="cap")
    dressed = replace(
        person, hair=hair, cover=cover, glasses=Glasses(frame="thick"), clothes=Clothes(kind="suit")
    )
    world = World(yaw=20.0, roll=10.0, framing=Framing(dx=0.1, dy=-0.2))
    quick = shown(dressed, world)
    monkeypatch.setattr(worn, "_rows", lambda _, height: (0, height))
    np.testing.assert_array_equal(quick, shown(dressed, world))
    monkeypatch.setattr(worn, "_rows", lambda *_: (0, 0))
    assert (quick != shown(dressed, world)).any()
