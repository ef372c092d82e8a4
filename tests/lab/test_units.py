"""Units drawn region by region, crops that reach beyond a photograph, and the plain look."""

from dataclasses import replace

import numpy as np
import pytest

from mien.errors import MienError
from mien.facs import LAB_AUS, PROTOTYPES
from mien.lab.conditions.world import Light, World
from mien.lab.conditions.worlds import sample_world
from mien.lab.edged import Edged, ended
from mien.lab.expression import FaceState
from mien.lab.people.draw import sample_person
from mien.lab.picture.plain_light import environment, harmonics, irradiance
from mien.lab.plain import PlainRenderer
from mien.lab.renderer import CPU, Renderer
from mien.lab.units import REGIONS, Units


def intensities(scenario: Units, seed: int) -> np.ndarray:
    return np.stack(
        [scenario.states(clip).intensity[0].max(axis=1) for clip in scenario.clips(seed)]
    )


def test_every_unit_is_drawn_and_none_too_often():
    shown = intensities(Units(people=300, prototypes=0.0), 0) >= 1.0
    share = dict(zip(LAB_AUS, shown.mean(axis=0).tolist(), strict=True))
    assert min(value for unit, value in share.items() if unit != 45) > 0.012
    assert share[45] == 0.0
    assert max(share.values()) < 0.45


def test_regions_are_drawn_apart():
    """Brows tell nothing of mouths: no correlation between units of different regions."""
    found = intensities(Units(people=500, prototypes=0.0, still=0.0, stray=0.0), 1)
    columns = {unit: found[:, LAB_AUS.index(unit)] for unit in (1, 4, 12, 25)}
    for brow, mouth in ((1, 12), (1, 25), (4, 12), (4, 25)):
        assert abs(np.corrcoef(columns[brow], columns[mouth])[0, 1]) < 0.09


def test_shares_of_still_and_prototypes():
    scenario = Units(people=400, pictures=2, still=0.25, prototypes=0.5)
    kinds = [clip.emotion for clip in scenario.clips(3)]
    assert np.isclose(kinds.count("neutral") / len(kinds), 0.25, atol=0.05)
    assert np.isclose(sum(kind in PROTOTYPES for kind in kinds) / len(kinds), 0.75, atol=0.05)
    calm = next(clip for clip in scenario.clips(3) if clip.emotion == "neutral")
    assert scenario.states(calm).intensity.max() == 0.0


def test_labels_are_those_of_the_shot_and_expressions_stay_unknown():
    scenario = Units(people=8)
    for clip in scenario.clips(5):
        labels = scenario.frame(clip, 0).labels
        acting = any(labels[f"AU{unit:02d}"] == 1.0 for unit in LAB_AUS)
        assert labels["expression"] == (None if acting else "neutral")
        assert np.isnan(labels["valence"])
        assert labels["subject"] == f"units5-p{clip.person:06d}"


def test_the_same_seed_gives_the_same_plan_and_people_return():
    one, other = Units(people=3, pictures=2), Units(people=3, pictures=2)
    assert one.clips(7) == other.clips(7)
    assert [clip.person for clip in one.clips(7)] == [0, 0, 1, 1, 2, 2]
    assert one.clips(7) != one.clips(8)


@pytest.mark.parametrize(
    "wrong", [{"people": 0}, {"still": 0.7, "prototypes": 0.7}, {"stray": 1.5}, {"turn": -1.0}]
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(MienError):
        Units(**wrong)


def test_every_choice_names_units_and_amounts_of_the_lab():
    for region in REGIONS:
        for choice in region:
            assert choice.share > 0.0
            for unit, (low, high) in choice.units.items():
                assert unit in LAB_AUS
                assert 0.0 <= low <= high <= 5.0


def test_a_photograph_ends_in_black_and_keeps_eyes_and_mouth():
    white = np.full((64, 64, 3), 255, np.uint8)
    dark = []
    for seed in range(60):
        cut = ended(white, np.random.default_rng(seed))
        dark.append(float((cut == 0).mean()))
        assert cut[18:40, 22:42].min() == 255
    assert max(dark) > 0.3
    assert min(dark) < 0.02


def test_edges_touch_the_asked_share_and_nothing_else():
    person, world = sample_person(np.random.default_rng(0)), World()
    plain = CPU.render(person, FaceState(), world, size=32, seed=4)
    never = Edged(share=0.0).render(person, FaceState(), world, size=32, seed=4)
    assert np.array_equal(plain.image, never.image)
    pictures = [
        Edged(share=1.0).render(person, FaceState(), world, size=32, seed=seed).image
        for seed in range(6)
    ]
    assert any((picture == 0).all(axis=2).mean() > 0.05 for picture in pictures)
    assert isinstance(Edged(), Renderer)
    with pytest.raises(MienError):
        Edged(share=1.2)


def test_a_plain_face_moves_where_the_lab_moves_it():
    renderer = PlainRenderer()
    assert isinstance(renderer, Renderer)
    person = sample_person(np.random.default_rng(3))
    world = replace(sample_world(np.random.default_rng(4), hardness=0.0), yaw=0.0, pitch=0.0)
    calm = renderer.render(person, FaceState(), world, size=64, seed=1)
    smile = renderer.render(person, FaceState.of({12: 5.0, 25: 3.0}), world, size=64, seed=1)
    own = CPU.render(person, FaceState.of({12: 5.0, 25: 3.0}), world, size=64, seed=1)
    assert np.array_equal(smile.landmarks, own.landmarks)
    change = np.abs(calm.image.astype(float) - smile.image).mean(axis=2)
    assert change[32:44, 20:44].mean() > 4.0 * change[:16].mean()
    again = renderer.render(person, FaceState(), world, size=64, seed=1)
    assert np.array_equal(calm.image, again.image)
    assert np.abs(own.image.astype(float) - smile.image).mean() > 4.0


def test_a_plain_scene_shows_the_head_where_it_is_asked():
    person = sample_person(np.random.default_rng(3))
    scene = PlainRenderer().render_scene(
        person,
        FaceState(),
        World(),
        width=96,
        height=80,
        centre=(48.0, 30.0),
        scale=48.0,
        seed=0,
    )
    assert scene.image.shape == (80, 96, 3)
    assert np.abs(scene.landmarks[[33, 133, 362, 263]].mean(axis=0) - (48.0, 30.0)).max() < 5.0


def test_nine_numbers_reproduce_lamberts_law():
    """One distant lamp gives 1/4 + c/2 + 5 (3c² - 1)/32, the second-order form of max(c, 0)."""
    world = World(lights=(Light(yaw=0.0, pitch=0.0, intensity=1.0),), ambient=(0.0, 0.0, 0.0))
    angle = np.linspace(0.0, np.pi, 41)
    normals = np.stack([np.sin(angle), np.zeros(41), np.cos(angle)], axis=1).astype(np.float32)
    lit = irradiance(environment(world), normals)[:, 0]
    cosine = np.cos(angle)
    wanted = 0.25 + 0.5 * cosine + 5.0 / 32.0 * (3.0 * cosine**2 - 1.0)
    assert np.allclose(lit, np.maximum(wanted, 0.0), atol=1e-4)
    assert np.abs(lit - np.maximum(cosine, 0.0)).max() < 0.094
    dark = World(lights=(Light(yaw=0.0, pitch=0.0, intensity=0.0),), ambient=(0.3, 0.3, 0.3))
    level = irradiance(environment(dark), normals)
    assert np.allclose(level, 0.21, atol=1e-3)


def test_harmonics_are_orthonormal():
    points = np.random.default_rng(0).normal(size=(200_000, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    values = harmonics(points.astype(np.float32)).astype(np.float64)
    assert np.allclose(values.T @ values / len(points) * 4.0 * np.pi, np.eye(9), atol=0.03)
