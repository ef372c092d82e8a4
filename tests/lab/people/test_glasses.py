"""Glasses: drawn, fitted, seen before the eyes, kept through a clip; outlines against an oracle."""

from dataclasses import replace

import numpy as np
import pytest

from mien.lab.bodies.fit_glasses import fit
from mien.lab.bodies.posing import pose
from mien.lab.chance.pools import POOLS
from mien.lab.conditions.world import World
from mien.lab.expression import FaceState
from mien.lab.interview import Interview
from mien.lab.kernels.shade_glasses import outline
from mien.lab.people.draw import sample_person
from mien.lab.people.glasses import FRAMES, Glasses, draw_glasses
from mien.lab.render import render, render_scene


@pytest.fixture(scope="module")
def person():
    return replace(sample_person(np.random.default_rng(11)), glasses=Glasses())


def wearing(person, frame, **fields):
    return replace(person, glasses=Glasses(frame=frame, **fields))


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("size", [64, 112])
def test_every_frame_is_seen_around_the_eyes(person, frame, size):
    bare = render(person, FaceState(), World(), size=size)
    worn = render(wearing(person, frame), FaceState(), World(), size=size)
    np.testing.assert_array_equal(bare.landmarks, worn.landmarks)
    change = np.abs(bare.image.astype(int) - worn.image).sum(axis=2)
    eyes = bare.landmarks[[33, 263, 168], 1].mean()
    band = slice(max(0, round(eyes - 0.25 * size)), round(eyes + 0.25 * size))
    assert change.sum() > 2000 * (size / 64) ** 2
    assert change[band].sum() > 0.9 * change.sum()
    assert change[round(0.65 * size) :].max() < 30


def test_eyes_stay_visible_behind_the_lenses(person):
    """Open and shut eyes differ about as much behind glasses as without."""
    shut = FaceState.of({43: 5.0})
    gaps = []
    for one in (person, wearing(person, "large", tint=0.1)):
        open_eyes, closed = (
            render(one, face, World(), size=64).image for face in (FaceState(), shut)
        )
        gaps.append(np.abs(open_eyes.astype(int) - closed).sum())
    assert gaps[1] > 0.5 * gaps[0]


def test_glasses_turn_with_the_head_and_not_with_brows(person):
    worn = wearing(person, "thick")
    fitted = fit(worn)
    assert fitted is not None
    assert fit(person) is None
    middle = fitted.vertices[-1]
    assert fitted.vertices[:, 0].max() > 0.5
    assert abs(middle[0]) < 0.02

    raised = FaceState.of({1: 5, 2: 5, 12: 5})
    still, moved, turned = (
        pose(worn, face, World(yaw=yaw)).glasses
        for face, yaw in ((FaceState(), 0.0), (raised, 0.0), (FaceState(), 25.0))
    )
    assert still is not None
    assert turned is not None
    np.testing.assert_array_equal(still, moved)
    # Rigid: every point keeps its distance from the middle, which goes to the picture's right.
    spans = [np.linalg.norm(each - each[-1], axis=1) for each in (still, turned)]
    np.testing.assert_allclose(spans[0], spans[1], atol=1e-4)
    assert turned[-1, 0] > still[-1, 0] + 0.3

    def columns(yaw):
        shown, bare = (
            render_scene(
                one, FaceState(), World(yaw=yaw), width=112, height=112, centre=(56.0, 22.0),
                scale=112.0,
            ).image.astype(int)
            for one in (worn, person)
        )  # fmt: skip
        mask = np.abs(shown - bare).sum(axis=(0, 2))
        return (mask * np.arange(112)).sum() / mask.sum()

    assert columns(25.0) > columns(0.0) + 4


def test_more_of_the_old_wear_glasses():
    def share(age, pool):
        generator = np.random.default_rng(0)
        drawn = [draw_glasses(generator, age=age, pool=pool) for _ in range(800)]
        assert {each.frame for each in drawn} - {"none"} == {
            name for name, frame in FRAMES.items() if pool in frame.pools
        }
        return np.mean([each.frame != "none" for each in drawn])

    for pool in POOLS:
        assert 0.16 < share(25.0, pool) < 0.28
        assert 0.44 < share(75.0, pool) < 0.56


def test_a_subject_keeps_their_glasses():
    scenario = Interview(subjects=8, frames=2)
    seen: dict[str, set[str]] = {}
    for clip in scenario.clips(0):
        for index in range(2):
            shot = scenario.frame(clip, index)
            seen.setdefault(clip.subject, set()).add(shot.person.glasses.frame)
    assert all(len(frames) == 1 for frames in seen.values())
    assert len(set.union(*seen.values())) > 1


def test_outline_of_a_round_lens(person):
    """A round lens is a circle, whose distance is known."""
    fitted = fit(wearing(person, "round"))
    assert fitted is not None
    apart, radius, thick = (float(fitted.numbers[place]) for place in (0, 1, 5))
    found = np.zeros(3, np.float32)
    for angle in np.linspace(0.3, 6.0, 9):
        for away in (-0.1, -0.02, 0.5 * thick, 0.05):
            x = apart + (radius + away) * np.cos(angle)
            y = (radius + away) * np.sin(angle)
            outline(np.float32(x), np.float32(y), fitted.numbers, np.float32(0.002), found)
            assert found[1] == pytest.approx(away, abs=1e-4)
            if away == 0.5 * thick:
                assert found[0] > 0.9
