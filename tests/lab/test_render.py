"""Pictures: a pure function of their arguments, framed by the template, true to their landmarks."""

import hashlib
import subprocess
import sys
from dataclasses import fields, replace

import numpy as np
import pytest

from mien.errors import MienError
from mien.faces.pose import Pose
from mien.faces.template import CANONICAL
from mien.facs import LAB_AUS, SIDES
from mien.lab.anatomy import head as heads
from mien.lab.bodies.posing import pose
from mien.lab.conditions.world import (
    BACKGROUNDS,
    OCCLUDERS,
    Background,
    Camera,
    Degradation,
    Framing,
    Light,
    World,
)
from mien.lab.conditions.worlds import sample_world
from mien.lab.expression import FaceState
from mien.lab.kernels.light import shadow_of, smooth_normals
from mien.lab.people.draw import sample_person
from mien.lab.people.person import HAIR_STYLES
from mien.lab.render import render, render_scene

SMILE = FaceState.of({6: 3, 12: 4, 25: 3})


@pytest.fixture(scope="module")
def person():
    return sample_person(np.random.default_rng(11))


def digest(images):
    return hashlib.sha256(b"".join(image.tobytes() for image in images)).hexdigest()


SCRIPT = """
import hashlib, numpy as np
from mien.lab.expression import FaceState
from mien.lab.people.draw import sample_person
from mien.lab.render import render
from mien.lab.conditions.worlds import sample_world
generator = np.random.default_rng(5)
pairs = [(sample_person(generator), sample_world(generator, hardness=0.8)) for _ in range(3)]
face = FaceState.of({6: 3, 12: 4, 25: 3})
images = [render(p, face, w, size=48, seed=n).image for n, (p, w) in ORDER(list(enumerate(pairs)))]
print(hashlib.sha256(b"".join(image.tobytes() for image in RESTORE(images))).hexdigest())
"""


def test_same_pixels_in_another_process_and_order():
    generator = np.random.default_rng(5)
    pairs = [(sample_person(generator), sample_world(generator, hardness=0.8)) for _ in range(3)]
    here = digest(
        [render(p, SMILE, w, size=48, seed=number).image for number, (p, w) in enumerate(pairs)]
    )
    backwards = SCRIPT.replace("ORDER(", "reversed(").replace("RESTORE(images)", "images[::-1]")
    child = subprocess.run(
        [sys.executable, "-c", backwards], capture_output=True, text=True, check=True, timeout=500
    )
    assert child.stdout.strip() == here


def test_seed_is_only_noise(person):
    noisy = replace(World(), degradation=Degradation(noise=6.0))
    first, again, other = (render(person, SMILE, noisy, size=48, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.image, again.image)
    assert (first.image != other.image).any()
    np.testing.assert_array_equal(first.landmarks, other.landmarks)
    clean = World()
    np.testing.assert_array_equal(
        render(person, SMILE, clean, size=48, seed=1).image,
        render(person, SMILE, clean, size=48, seed=2).image,
    )


@pytest.mark.parametrize("size", [40, 64, 112])
def test_shapes_and_types(person, size):
    shown = render(person, SMILE, World(yaw=10.0), size=size)
    assert shown.image.shape == (size, size, 3)
    assert shown.image.dtype == np.uint8
    assert shown.landmarks.shape == (478, 2)
    assert shown.landmarks.dtype == np.float32
    assert shown.pose == (10.0, 0.0, 0.0)


def test_crop_is_the_templates(person):
    landmarks = render(person, SMILE, World(yaw=15.0, pitch=-5.0, roll=9.0), size=112).landmarks
    np.testing.assert_allclose(
        CANONICAL.matrix(landmarks.astype(np.float64), 112), [[1, 0, 0], [0, 1, 0]], atol=2e-3
    )


def test_framing_moves_the_crop(person):
    world = replace(World(), framing=Framing(dx=0.1, dy=-0.05, log_scale=0.1))
    plain = render(person, SMILE, World(), size=100).landmarks
    moved = render(person, SMILE, world, size=100).landmarks
    np.testing.assert_allclose(moved, (plain - 50) * np.exp(0.1) + 50 + [10, -5], atol=1e-3)


def test_crop_equals_the_crop_of_a_scene(person):
    """What faces would cut from a whole frame is what the lab draws directly."""
    world = World(yaw=8.0, roll=6.0)
    scene = render_scene(
        person, SMILE, world, width=320, height=320, centre=(160.0, 140.0), scale=224.0
    )
    cut = CANONICAL.crop(scene.image, scene.landmarks.astype(np.float64), 112)
    drawn = render(person, SMILE, world, size=112).image
    middle = (slice(20, 92), slice(30, 82))
    gap = np.abs(cut[middle].astype(int) - drawn[middle].astype(int))
    assert np.median(gap) <= 4
    assert gap.mean() < 8


def test_scene_puts_the_head_where_asked(person):
    shown = render_scene(
        person, FaceState(), World(), width=200, height=160, centre=(70.0, 90.0), scale=80.0
    )
    assert shown.image.shape == (160, 200, 3)
    middle = shown.landmarks[list(CANONICAL.indices)].mean(axis=0)
    np.testing.assert_allclose(middle, (70, 90), atol=1e-3)
    eyes = np.linalg.norm(shown.landmarks[263] - shown.landmarks[33])
    crop = render(person, FaceState(), World(), size=80).landmarks
    np.testing.assert_allclose(eyes, np.linalg.norm(crop[263] - crop[33]), rtol=1e-3)


@pytest.mark.parametrize(
    ("axis", "sign"), [("yaw", 1), ("yaw", -1), ("pitch", 1), ("pitch", -1), ("roll", 1)]
)
def test_signs_of_pose_agree_with_faces(person, axis, sign):
    shown = render_scene(
        person, FaceState(), replace(World(), **{axis: 20.0 * sign}),
        width=128, height=128, centre=(64.0, 64.0), scale=80.0,
    )  # fmt: skip
    tip, bridge, crown, chin = (shown.landmarks[index] for index in (1, 168, 10, 152))
    if axis == "yaw":
        assert (tip - bridge)[0] * sign > 2
    elif axis == "pitch":
        level = render_scene(
            person, FaceState(), World(), width=128, height=128, centre=(64.0, 64.0), scale=80.0
        ).landmarks
        assert ((tip - bridge)[1] - (level[1] - level[168])[1]) * sign < -1
    else:
        assert (crown - chin)[0] > 5
    assert Pose(yaw=20.0, pitch=0.0, roll=0.0).matrix()[0, 2] > 0


def test_the_subjects_left_is_on_the_right(person):
    landmarks = render(person, FaceState(), World(), size=112).landmarks
    assert landmarks[263, 0] > landmarks[33, 0]
    wink, rest = (scene(person, face) for face in (FaceState.of({43: (5, 0)}), FaceState()))
    change = np.abs(wink - rest).sum(axis=2)
    assert change[:, 56:].sum() > 20 * change[:, :56].sum()


def scene(person, face):
    """A frame as large as a crop, which does not move with the face."""
    return render_scene(
        person, face, World(), width=112, height=112, centre=(56.0, 22.0), scale=112.0
    ).image.astype(int)


@pytest.mark.parametrize("style", HAIR_STYLES)
def test_every_hair_style(person, style):
    haired = replace(person, hair=replace(person.hair, style=style))
    image = render(haired, FaceState(), World(), size=64).image
    bald = replace(person, hair=replace(person.hair, style="bald"))
    same = (image == render(bald, FaceState(), World(), size=64).image).all()
    assert same == (style == "bald")


@pytest.mark.parametrize("kind", BACKGROUNDS)
def test_every_background(person, kind):
    world = replace(World(), background=Background(kind=kind, seed=3))
    image = render(person, FaceState(), world, size=48).image
    assert 20 < image.mean() < 235


@pytest.mark.parametrize("occluder", OCCLUDERS)
def test_every_occluder(person, occluder):
    clear = render(person, FaceState(), World(), size=64).image
    world = replace(World(), degradation=Degradation(occluder=occluder))
    hidden = render(person, FaceState(), world, size=64).image
    assert (clear == hidden).all() == (occluder == "none")


def test_unknown_kinds_are_refused(person):
    sea = replace(World(), background=Background(kind="sea"))
    cat = replace(World(), degradation=Degradation(occluder="cat"))
    with pytest.raises(ValueError, match="background"):
        render(person, FaceState(), sea, size=32)
    with pytest.raises(ValueError, match="occluder"):
        render(person, FaceState(), cat, size=32)


def test_grey_blur_and_jpeg(person):
    grey = render(person, SMILE, replace(World(), degradation=Degradation(grey=True)), size=64)
    assert (np.ptp(grey.image, axis=2) <= 1).all()
    sharp, soft = (
        render(person, SMILE, replace(World(), degradation=damage), size=64).image.astype(float)
        for damage in (Degradation(), Degradation(blur=2.0, motion=3.0, resolution=0.5, jpeg=40))
    )
    assert np.abs(np.diff(soft, axis=1)).mean() < 0.8 * np.abs(np.diff(sharp, axis=1)).mean()


def test_light_comes_from_where_it_stands(person):
    def shown(yaw):
        world = World(lights=(Light(yaw=yaw, pitch=10.0, intensity=1.0),), ambient=(0.1, 0.1, 0.1))
        return render(person, FaceState(), world, size=64).image[20:44, 14:50].astype(float)

    right, left = shown(70.0), shown(-70.0)
    assert right[:, 18:].mean() > right[:, :18].mean() + 15
    assert left[:, :18].mean() > left[:, 18:].mean() + 15


def test_exposure_brightens(person):
    dim, bright = (
        render(person, FaceState(), replace(World(), camera=Camera(exposure=stops)), size=48).image
        for stops in (-1.0, 1.0)
    )
    assert bright.mean() > dim.mean() + 20


def test_light_summary():
    world = World(lights=(Light(yaw=30.0, pitch=20.0, intensity=0.6),), ambient=(0.2, 0.2, 0.2))
    assert (world.light_yaw, world.light_pitch) == (30, 20)
    assert world.light_ratio == pytest.approx(0.75)


@pytest.mark.parametrize("hardness", [0.0, 0.5, 1.0])
def test_sampled_worlds_render(hardness):
    generator = np.random.default_rng(9)
    for number in range(6):
        world = sample_world(generator, hardness=hardness)
        person = sample_person(generator)
        image = render(person, SMILE, world, size=48, seed=number).image
        assert 3 < image.mean() < 253
        assert image.std() > 2
        assert abs(world.yaw) <= 45
        assert isinstance(hash(person), int)
    with pytest.raises(MienError, match="hardness cannot be"):
        sample_world(generator, hardness=1.5)


def test_people_are_drawn_from_the_generator_alone():
    first, again = (sample_person(np.random.default_rng(4)) for _ in range(2))
    assert first == again
    others = {sample_person(np.random.default_rng(seed)) for seed in range(20)}
    assert len(others) == 20
    assert all(18 <= person.age <= 80 for person in others)
    assert all(sum(person.ancestry) == pytest.approx(1) for person in others)
    assert {field.name for field in fields(first)} >= {"skin", "brows", "eyes", "lips", "hair"}


def test_units_change_the_pixels_of_their_region(person):
    rest = scene(person, FaceState())
    regions = {1: (0, 45), 4: (0, 45), 43: (10, 50), 12: (38, 112), 17: (50, 112), 27: (42, 112)}
    for unit, (top, bottom) in regions.items():
        change = np.abs(scene(person, FaceState.of({unit: 5})) - rest)
        assert change[top:bottom].sum() > 0.75 * change.sum(), unit


def test_normals_and_shadow_of_a_flat_square():
    position = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    normals = np.zeros((4, 3), np.float32)
    smooth_normals(position, faces, 2, normals)
    np.testing.assert_allclose(normals, np.tile([0, 0, 1], (4, 1)), atol=1e-6)
    frame = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [4, 8, 16]], np.float32)
    depth = np.full((16, 16), 10.0, np.float32)
    zero, near = np.float32(0), np.float32(0.05)
    assert shadow_of(depth, frame, zero, zero, zero, near) == 1
    assert shadow_of(depth + 1, frame, zero, zero, zero, near) == 0


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("unit", LAB_AUS)
def test_only_shut_lids_push_an_eyeball_back(person, unit, side):
    here, there = (heads.EYE_LEFT, heads.EYE_RIGHT)[:: 1 if side == "left" else -1]
    amount = (4.0, 0.0) if side == "left" else (0.0, 4.0)
    moved = pose(person, FaceState.of({unit: amount}), World()).vertices
    moved = moved - pose(person, FaceState(), World()).vertices
    back = -0.03 * 4.0 / 5.0 if unit in (43, 45) else 0.0
    np.testing.assert_allclose(moved[heads.head().group_vertices(here)][:, 2], back, atol=1e-5)
    np.testing.assert_allclose(moved[heads.head().group_vertices(there)], 0.0, atol=1e-5)
