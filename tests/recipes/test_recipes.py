"""Every named recipe: documented, buildable into a record and back; lookup and refusals."""

import dataclasses

import pytest

from mien.errors import MienError
from mien.recipes import every, named, record
from mien.recipes.run import Run

RECIPES = every()


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_has_its_name_a_line_and_a_round_trip(name, tmp_path):
    run = RECIPES[name]()
    assert run.name == name
    assert run == named(name)
    assert RECIPES[name].__doc__.strip().splitlines()[0].endswith(".")
    record.write(tmp_path / "run.json", run)
    assert record.read(tmp_path / "run.json") == run
    assert run.method.blank() is not None


def test_what_starts_from_another_run_names_a_recipe():
    for name, recipe in RECIPES.items():
        init = recipe().init
        assert init is None or init.removeprefix("runs/") in RECIPES, name


def test_recipes_to_compare_differ_only_where_they_should():
    pairs = {
        ("demo-clef", "demo-clef-no-stage1"): {"name", "init"},
        ("demo-clef-no-stage1", "demo-image-only"): {"name", "method", "optimiser"},
        ("clef-finetune", "clef-no-stage1"): {"name", "init"},
        ("clef-no-stage1", "image-only"): {"name", "method"},
        ("clef-r3-lab", "clef-r6-lab"): {"name", "init"},
        ("clef-r3-lab", "clef-r11-lab"): {"name", "init"},
        ("clef-r2-lab", "clef-r3-lab"): {"name", "method"},
        ("clef-r1-lab", "clef-r8-lab"): {"name", "init"},
        ("clef-r1-lab", "clef-r2-lab"): {"name", "method"},
        ("clef-r3-clip", "clef-r6-farl"): {"name", "method", "backbone"},
        ("clef-pretrain-lab", "clef-pretrain-images-lab"): {"name", "method"},
        ("clef-pretrain-lab", "clef-simclr-lab"): {"name", "method", "data"},
    }
    for (one, other), wanted in pairs.items():
        first, second = RECIPES[one](), RECIPES[other]()
        different = {
            field.name
            for field in dataclasses.fields(Run)
            if getattr(first, field.name) != getattr(second, field.name)
        }
        assert different == wanted, (one, other)


def test_demo_rivals_differ_in_the_rate_of_the_head_alone():
    one = RECIPES["demo-clef-no-stage1"]()
    other = RECIPES["demo-image-only"]()
    equal = dataclasses.replace(other.optimiser, lr_head=one.optimiser.lr_head)
    assert equal == one.optimiser
    assert one.method.weights == other.method.weights
    assert one.method.view == other.method.view


def test_stage_one_and_two_share_their_split():
    for one, other in (("clef-pretrain", "clef-finetune"), ("demo-pretrain", "demo-clef")):
        first, second = RECIPES[one]().data, RECIPES[other]().data
        for name in ("folds", "fold", "split_seed", "validation"):
            assert getattr(first, name) == getattr(second, name)


def test_own_recipes_by_module(tmp_path, monkeypatch):
    (tmp_path / "my_lab_recipes.py").write_text(
        "from mien.recipes import Run\nfrom mien.recipes.smoke import smoke_pretrain\n"
        "from dataclasses import replace\n"
        "def mine() -> Run:\n    return replace(smoke_pretrain(), name='mine')\n"
        "def no_recipe(): pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert named("my_lab_recipes:mine").name == "mine"
    with pytest.raises(MienError, match="has no recipe 'no-recipe'"):
        named("my_lab_recipes:no-recipe")
    with pytest.raises(MienError, match="has no recipe 'smoke-pretrain'"):
        named("my_lab_recipes:smoke-pretrain")
    with pytest.raises(MienError, match="cannot be imported"):
        named("no_such_module:mine")
    with pytest.raises(MienError, match="no recipe 'cleff'"):
        named("cleff")


@pytest.mark.parametrize(
    "changes",
    [
        {"epochs": 3, "steps": 3},
        {"epochs": None, "steps": None},
        {"steps": 0, "epochs": None},
        {"batch": 0},
        {"batch": 10, "accumulation": 4},
        {"accumulation": 0},
        {"log_every": 0},
    ],
)
def test_fields_at_odds_are_refused(changes):
    with pytest.raises(MienError):
        dataclasses.replace(named("smoke-pretrain"), **changes)
