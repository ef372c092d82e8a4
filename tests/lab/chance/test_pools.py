"""Two pools share no identity, texture, light rig or camera, and both stay varied."""

import numpy as np
import pytest

from mien.data.schema import PERSON_COLUMNS
from mien.errors import MienError
from mien.lab.anatomy import head as heads
from mien.lab.chance.pools import (
    OPPOSITES,
    POOLS,
    choose,
    known,
    lean,
    opposite,
    seed_pool,
    shape_pool,
)
from mien.lab.conditions.cameras import PROFILES
from mien.lab.conditions.rigs import RIGS
from mien.lab.conditions.worlds import sample_world
from mien.lab.people.draw import sample_person
from mien.lab.wild import Wild


@pytest.mark.parametrize("pool", POOLS)
def test_people_lie_in_their_pool(pool):
    people = [sample_person(np.random.default_rng(seed), pool=pool) for seed in range(40)]
    assert {shape_pool(person.shape) for person in people} == {pool}
    assert {seed_pool(person.texture_seed) for person in people} == {pool}
    assert len({person.shape for person in people}) == len(people)


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("hardness", [0.0, 0.5, 1.0])
def test_worlds_lie_in_their_pool(pool, hardness):
    generator = np.random.default_rng(4)
    worlds = [sample_world(generator, hardness=hardness, pool=pool) for _ in range(60)]
    assert all(pool in RIGS[world.rig].pools for world in worlds)
    assert all(pool in PROFILES[world.camera.profile].pools for world in worlds)
    assert all(world.degradation.profile == world.camera.profile for world in worlds)
    assert {seed_pool(world.background.seed) for world in worlds} == {pool}
    assert len({world.rig for world in worlds}) >= 3
    assert len({world.camera.profile for world in worlds}) >= 3


def test_catalogues_are_split():
    for catalogue in (RIGS, PROFILES):
        parts = [{name for name, each in catalogue.items() if pool in each.pools} for pool in POOLS]
        assert not parts[0] & parts[1]
        assert parts[0] | parts[1] == set(catalogue)
        assert all(parts)


def test_every_opposite_is_a_shape_of_the_head():
    names = {name.removeprefix("local/") for name in heads.head().names if "local/" in name}
    paired = [name for name in names if opposite(name)]
    assert len(paired) > 100
    assert {opposite(name) for name in paired} <= names
    assert all(opposite(opposite(name)) == name for name in paired)
    assert len(OPPOSITES) == 6


def test_opposite_faces_lie_on_opposite_sides():
    shape = sample_person(np.random.default_rng(2)).shape
    turned = tuple((opposite(name) or name, weight) for name, weight in shape)
    assert lean(turned) == pytest.approx(-lean(shape))
    assert lean(shape) > 0
    assert lean(()) == 0


def test_a_scenario_keeps_to_its_pool():
    for pool in POOLS:
        scenario = Wild(people=4, pool=pool)
        for clip in scenario.clips(3):
            shot = scenario.frame(clip, 0)
            assert shape_pool(shot.person.shape) == pool
            assert pool in RIGS[shot.world.rig].pools


def test_choice_follows_the_weights():
    generator = np.random.default_rng(0)
    drawn = [choose(generator, "abc", (1.0, 0.0, 3.0)) for _ in range(2000)]
    assert "b" not in drawn
    assert drawn.count("c") / 2000 == pytest.approx(0.75, abs=0.04)


def test_people_can_be_told_apart_in_reports():
    scenario = Wild(people=30)
    labels = [scenario.frame(clip, 0).labels for clip in scenario.clips(0)]
    for name in PERSON_COLUMNS:
        assert len({each[name] for each in labels}) > 1, name
    people = [scenario.person(clip) for clip in scenario.clips(0)]
    assert [each["glasses"] for each in labels] == [
        float(person.glasses.frame != "none") for person in people
    ]
    assert all(0 <= each["melanin"] <= 1 and 18 <= each["age"] <= 80 for each in labels)


def test_other_pools_are_refused():
    known("test")
    with pytest.raises(MienError, match="no pool 'both'"):
        known("both")
