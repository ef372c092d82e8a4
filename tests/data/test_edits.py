"""Edits: each one's rule, who is changed, who donates, and that nothing depends on ranks."""

import numpy as np
import pytest
import torch

from data.faces68 import picture, points68
from mien.data.component_mask import COMPONENTS, MARGIN, ComponentMask, cover
from mien.data.cutmix import CutMix, cutmix
from mien.data.donors import Donors
from mien.data.edits import Editor, Edits
from mien.data.face_patches import PATCH, face_patches
from mien.data.face_swap import FaceSwap, face_swap
from mien.data.landmarks import landmarks68
from mien.data.loader import Labelled, Loader
from mien.data.store import Store, StoreWriter
from mien.data.tuples import Tuples
from mien.errors import MienError
from mien.faces.groups import TO_68

SIZE, PEOPLE, FRAMES = 40, 6, 24
EVERYTHING = Edits(swap=FaceSwap(), cutmix=CutMix(), component=ComponentMask(), patches=True)


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    """Six people, a clip each at 25/6 fps; the last person has no landmarks."""
    generator = np.random.default_rng(4)
    path = tmp_path_factory.mktemp("edits") / "store"
    with StoreWriter(path) as writer:
        for person in range(PEOPLE):
            base = picture(generator, SIZE) // 2 + 20 * person
            for frame in range(FRAMES):
                landmarks = np.zeros((478, 2), np.float32)
                landmarks[TO_68] = points68(generator, SIZE)
                writer.add(
                    (base + frame).astype(np.uint8),
                    subject=f"S{person}",
                    clip=f"S{person}-0",
                    frame=frame,
                    pts_ms=frame * 240.0,
                    **({} if person == PEOPLE - 1 else {"landmarks": landmarks}),
                )
    return Store(path)


def loader(store: Store, edits: Edits | None = None, **options) -> Loader:
    return Loader(Labelled.of(store), Tuples(), size=24, seed=5, edits=edits, **options)


def images(batch) -> np.ndarray:
    return batch.images.permute(0, 2, 3, 1).numpy()


def test_landmarks_are_the_stores(store):
    rows = np.array([3, 130, 0])
    found = landmarks68(store, rows)
    assert found.shape == (3, 68, 2)
    np.testing.assert_array_equal(found[0], store.column("landmarks")[3][TO_68])
    assert np.isnan(found[1]).all()


@pytest.mark.parametrize("edits", [EVERYTHING, Edits(patches=True), Edits(cutmix=CutMix())])
@pytest.mark.parametrize("world", [2, 3])
def test_ranks_make_the_edits_of_one_process(store, edits, world):
    whole = loader(store, edits)
    for epoch in range(2):
        want = whole.batch(epoch, 0)
        parts = [
            loader(store, edits, rank=rank, world=world, cache="none").batch(epoch, 0)
            for rank in range(world)
        ]
        for name in ("images", "patches", "faced"):
            if getattr(want, name) is not None:
                joined = torch.cat([getattr(part, name) for part in parts])
                assert torch.equal(joined, getattr(want, name))


def test_the_cache_is_not_edited(store):
    plain = loader(store, cache="none")
    kept = loader(store, EVERYTHING, cache="memory")
    first = kept.batch(0, 0).images
    assert torch.equal(kept.batch(0, 0).images, first)
    rows = kept.batch(0, 0).index
    assert not torch.equal(first, torch.from_numpy(store.images(rows.tolist())).permute(0, 3, 1, 2))
    assert torch.equal(plain.batch(0, 0).index, rows)


def test_only_positives_are_swapped_and_by_somebody_else(store):
    edits = Edits(swap=FaceSwap(probability=1.0, feather=0.0))
    points = landmarks68(store, np.arange(len(store)))
    stored = store.images(range(len(store)))
    for epoch in range(3):
        batch = loader(store, edits).batch(epoch, 0)
        found, rows = images(batch), batch.index.numpy()
        donors: dict[int, set[int]] = {}
        for place, row in enumerate(rows):
            if place % 2 == 0 or np.isnan(points[row]).any():
                assert np.array_equal(found[place], stored[row])
                continue
            made = [
                face_swap(
                    stored[row], stored[d], face=points[row], donor_face=points[d],
                    options=edits.swap,
                )[0]
                for d in range(len(store))
            ]  # fmt: skip
            fits = {d for d, image in enumerate(made) if np.array_equal(image, found[place])}
            assert fits
            clip = int(batch.clip[place])
            donors[clip] = donors.get(clip, fits) & fits
        # P and Q share a donor, and it is of another clip, hence another person here.
        assert all(donors.values())
        for clip, shared in donors.items():
            people = {d // FRAMES for d in shared if not np.isnan(points[d]).any()}
            assert clip not in people


def test_four_of_five_positives_are_swapped(store):
    edits = Edits(swap=FaceSwap())
    made, plain = loader(store, edits), loader(store)
    changed = []
    for epoch in range(60):
        one, two = made.batch(epoch, 0), plain.batch(epoch, 0)
        differs = (one.images != two.images).flatten(1).any(1)[1::2]
        changed.append(differs[two.subject[1::2] < PEOPLE - 1].float())
    share = torch.cat(changed)
    # A donor without landmarks (one in five of the others) leaves the frame as it is.
    assert abs(share.mean() - 0.8 * 0.8) < 4 * (0.64 * 0.36 / len(share)) ** 0.5


def test_donors_are_drawn_anew_or_fixed(store):
    def heads(donor: str, epoch: int) -> list:
        edits = Edits(swap=FaceSwap(probability=1.0, donor=donor))
        codes = Labelled.of(store).codes
        asked = []

        def fetch(rows):
            asked.append(rows.copy())
            return store.images(rows)

        points = landmarks68(store, np.arange(len(store)))
        editor = Editor(edits, codes=codes, points=points, fetch=fetch, seed=1)
        rows = np.repeat(np.arange(PEOPLE) * FRAMES, 2)
        editor.edit(store.images(rows), rows, places=np.arange(12), epoch=epoch, step=0)
        return asked[0].tolist()

    assert heads("fixed", 1) == heads("fixed", 2) == heads("redrawn", 0)
    assert heads("redrawn", 1) != heads("redrawn", 2)


def test_donors_may_share_the_identity_if_told(store):
    codes = Labelled.of(store).codes
    seen = []
    edits = Edits(swap=FaceSwap(probability=1.0, other_identity=False))
    points = landmarks68(store, np.arange(len(store)))

    def fetch(rows):
        seen.append(codes.subject[rows].copy())
        return store.images(rows)

    editor = Editor(edits, codes=codes, points=points, fetch=fetch, seed=1)
    rows = np.zeros(2, np.int64)
    for epoch in range(80):
        editor.edit(store.images(rows), rows, places=np.arange(2), epoch=epoch, step=0)
    assert set(np.concatenate(seen).tolist()) == set(range(PEOPLE))


def test_exchanged_channels_concern_the_whole_batch(store):
    rgb = loader(store, Edits(swap=FaceSwap())).batch(0, 0).images
    bgr = loader(store, Edits(swap=FaceSwap(channels="bgr"))).batch(0, 0).images
    assert torch.equal(rgb.flip(1), bgr)


def test_donors_are_all_others_alike(generator):
    group = generator.integers(-1, 4, 60)
    donors = Donors(group, name="subject")
    for row in np.flatnonzero(group >= 0)[:6]:
        others = np.flatnonzero((group >= 0) & (group != group[row]))
        luck = (np.arange(len(others)) + 0.5) / len(others)
        found = donors.draw(np.full(len(luck), row), luck)
        assert sorted(found.tolist()) == others.tolist()
    with pytest.raises(MienError, match="unknown subject"):
        donors.draw(np.flatnonzero(group < 0)[:1], np.array([0.5]))
    with pytest.raises(MienError, match="of 1 known subject"):
        Donors(np.zeros(5, np.int64), name="subject")


def test_cutmix_pastes_a_box():
    image, other = np.zeros((20, 30, 3), np.uint8), np.full((20, 30, 3), 9, np.uint8)
    cutmix(image, other, area=0.25, centre=(0.5, 0.5))
    assert image[5:15, 8:22].all()
    assert (image > 0).mean() == pytest.approx(0.25, abs=0.03)
    corner = np.zeros_like(image)
    cutmix(corner, other, area=0.25, centre=(0.0, 1.0))
    assert (corner > 0).mean() == pytest.approx(0.25 / 4, abs=0.02)
    whole = np.zeros_like(image)
    cutmix(whole, other, area=1.0, centre=(0.5, 0.5))
    assert (whole == 9).all()


def test_cutmix_changes_positives_only(store):
    plain, mixed = loader(store), loader(store, Edits(cutmix=CutMix()))
    share = []
    for epoch in range(30):
        one, two = plain.batch(epoch, 0).images, mixed.batch(epoch, 0).images
        differs = (one != two).flatten(1).float()
        assert not differs[::2].any()
        share.append(differs[1::2])
    # Boxes of even area, cut off at the edges: about a third of 0.8 of the pixels.
    assert 0.1 < torch.cat(share).mean() < 0.35


@pytest.mark.parametrize("component", range(3))
def test_an_ellipse_covers_the_component(component):
    generator = np.random.default_rng(component)
    image, points = picture(generator, 64), points68(generator, 64)
    before = image.copy()
    cover(image, points, component=component)
    box = points[COMPONENTS[component]]
    (x0, y0), (x1, y1) = box.min(0) - MARGIN * 64, box.max(0) + MARGIN * 64
    mean = np.rint(before.mean(axis=(0, 1))).astype(np.uint8)
    for y, x in np.ndindex(64, 64):
        u = (x + 0.5 - (x0 + x1) / 2) / ((x1 - x0) / 2)
        v = (y + 0.5 - (y0 + y1) / 2) / ((y1 - y0) / 2)
        wanted = mean if u * u + v * v <= 1 else before[y, x]
        assert np.array_equal(image[y, x], wanted)


def test_components_are_drawn_for_each_image_or_once(store):
    def kinds(rule: str, epochs: int) -> tuple[set[int], float]:
        edits, seen, changed = Edits(component=ComponentMask(component=rule)), set(), []
        points = landmarks68(store, np.arange(len(store)))
        stored = store.images(range(len(store)))
        for epoch in range(epochs):
            batch = loader(store, edits).batch(epoch, 0)
            for found, row in zip(images(batch), batch.index.tolist(), strict=True):
                if np.isnan(points[row]).any():
                    assert np.array_equal(found, stored[row])
                    continue
                changed.append(not np.array_equal(found, stored[row]))
                for component in range(3) if changed[-1] else ():
                    wanted = stored[row].copy()
                    cover(wanted, points[row], component=component)
                    if np.array_equal(found, wanted):
                        seen.add(component)
        return seen, float(np.mean(changed))

    seen, share = kinds("image", 12)
    assert seen == {0, 1, 2}
    assert share == pytest.approx(0.8, abs=0.1)
    assert len(kinds("run", 4)[0]) == 1


def test_patches_show_eyes_and_mouth(store):
    generator = np.random.default_rng(0)
    image, points = np.zeros((112, 112, 3), np.uint8), points68(generator, 112)
    x0, x1 = points[36:48, 0].min(), points[36:48, 0].max()
    y0, y1 = points[36:48, 1].min() - 5, points[36:48, 1].max() + 5
    box = (slice(int(y0), int(np.ceil(y1))), slice(int(x0), int(np.ceil(x1))))
    image[box] = 200
    eyes, mouth = face_patches(image, points)
    assert eyes.shape == mouth.shape == (PATCH, PATCH, 3)
    high = round(PATCH * (box[0].stop - box[0].start) / (box[1].stop - box[1].start))
    top = (PATCH - high) // 2
    assert (eyes[top : top + high] == 200).mean() > 0.95
    assert not eyes[:top].any()
    assert not eyes[top + high :].any()
    assert not mouth.any()
    assert not face_patches(image, np.full((68, 2), np.nan, np.float32)).any()


def test_patches_are_of_frames_before_any_change(store):
    plain = loader(store, Edits(patches=True)).batch(0, 0)
    edited = loader(store, EVERYTHING).batch(0, 0)
    assert not torch.equal(plain.images, edited.images)
    assert torch.equal(plain.patches, edited.patches)
    assert plain.patches.shape == (24, 2, 3, PATCH, PATCH)
    assert torch.equal(plain.faced, plain.subject < PEOPLE - 1)
    assert not plain.patches[~plain.faced].any()
    want = face_patches(
        store.images([int(plain.index[0])])[0], landmarks68(store, plain.index.numpy()[:1])[0]
    )
    assert np.array_equal(plain.patches[0].permute(0, 2, 3, 1).numpy(), want)


@pytest.mark.parametrize("make", [CutMix, ComponentMask])
def test_impossible_probabilities_are_refused(make):
    with pytest.raises(MienError, match=r"probability 1\.5"):
        make(probability=1.5)


def test_no_edits_is_no_editor(store):
    assert not Edits()
    assert torch.equal(loader(store, Edits()).batch(0, 0).images, loader(store).batch(0, 0).images)
