"""The vocabulary is complete and agrees with itself."""

import ast
import math
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mien.facs as facs
from mien.errors import MienError


def test_units_are_ascending_and_know_their_number() -> None:
    assert list(facs.ACTION_UNITS) == sorted(facs.ACTION_UNITS)
    assert all(unit.number == number and unit.name for number, unit in facs.ACTION_UNITS.items())
    names = [unit.name for unit in facs.ACTION_UNITS.values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("number", facs.LAB_AUS)
def test_lab_units_have_every_field(number: int) -> None:
    unit = facs.ACTION_UNITS[number]
    assert all((unit.name, unit.muscle, unit.description, unit.look))
    assert not unit.description.endswith(".")
    assert unit.description[0].islower()
    assert unit.look.endswith(".")
    assert unit.look[0].isupper()
    for text in (unit.name, unit.muscle, unit.description, unit.look):
        assert text == text.strip()
        assert "  " not in text


def test_lab_has_24_units_in_ascending_order() -> None:
    assert len(facs.LAB_AUS) == 24
    assert list(facs.LAB_AUS) == sorted(set(facs.LAB_AUS))


def test_descriptions_differ() -> None:
    texts = [facs.ACTION_UNITS[number].description for number in facs.LAB_AUS]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("label_set", facs.LABEL_SETS.values(), ids=lambda each: each.name)
def test_label_sets_name_known_units_once(label_set: facs.LabelSet) -> None:
    assert set(label_set.aus) <= set(facs.ACTION_UNITS)
    assert len(set(label_set.aus)) == len(label_set.aus)
    assert facs.label_set(label_set.name) is label_set
    assert set(label_set.aus) <= set(facs.LAB_AUS)


def test_corpora_facts() -> None:
    assert facs.DEMO_AUS == facs.BP4D.aus == (1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24)
    assert facs.DISFA8.threshold == facs.DISFA12.threshold == 2
    assert facs.BP4D.coded
    assert not facs.DISFA8.coded
    assert set(facs.DISFA8.aus) | {5, 15, 17, 20} == set(facs.DISFA12.aus)
    assert len(facs.GFT.aus) == 10
    columns = facs.BP4D_PLUS_COLUMNS
    assert len(columns) == 34
    assert set(columns) <= set(facs.ACTION_UNITS)
    assert not {25, 26} & set(columns)
    places = [columns.index(au) + 1 for au in facs.BP4D_PLUS.aus]
    assert places == [1, 2, 3, 5, 6, 8, 10, 12, 13, 15, 20, 21]


def test_unknown_label_set_lists_those_there_are() -> None:
    with pytest.raises(MienError, match="bp4d-plus"):
        facs.label_set("bp5d")


@given(st.sampled_from(sorted(facs.ACTION_UNITS)), st.sampled_from((None, *facs.SIDES)))
def test_column_names_round_trip(au: int, side: str | None) -> None:
    assert facs.read_column(facs.au_column(au)) == facs.Column(au=au, intensity=False)
    name = facs.intensity_column(au) if side is None else facs.sided_column(au, side)
    assert facs.read_column(name) == facs.Column(au=au, intensity=True, side=side)


def test_column_names_are_the_documented_ones() -> None:
    assert facs.au_column(1) == "AU01"
    assert facs.intensity_column(12) == "AU12_intensity"
    assert facs.sided_column(12, "left") == "AU12_left_intensity"


@pytest.mark.parametrize(
    "name", ["", "AU1", "AU99", "au12", "AU12_left", "AU12_intensity ", "AU12_right", "xAU12"]
)
def test_other_names_are_no_columns(name: str) -> None:
    assert facs.read_column(name) is None


def test_a_side_is_left_or_right() -> None:
    with pytest.raises(ValueError, match="middle"):
        facs.sided_column(12, "middle")


@given(st.floats(0, 5), st.sampled_from([1, 2, 0.5, 3.0]))
def test_occurrence_is_the_threshold_rule(intensity: float, threshold: float) -> None:
    assert facs.occurrence(intensity, threshold) == float(intensity >= threshold)


def test_occurrence_of_unknown_is_unknown() -> None:
    assert math.isnan(facs.occurrence(math.nan))
    assert math.isnan(facs.occurrence(math.nan, 2))
    assert facs.occurrence(1) == 1.0
    assert facs.occurrence(1, 2) == 0.0


def test_expressions_are_described() -> None:
    assert facs.EXPRESSIONS_8[:7] == facs.EXPRESSIONS_7
    assert facs.EXPRESSIONS_8[7] == "contempt"
    for table in (facs.EXPRESSION_DESCRIPTIONS, facs.EXPRESSION_PHRASES):
        assert tuple(table) == facs.EXPRESSIONS_8
        assert all(table.values())
    assert set(facs.EXPRESSIONS_8) <= set(facs.PROTOTYPES)


def test_prototypes_use_units_the_lab_can_show() -> None:
    for name, units in facs.PROTOTYPES.items():
        assert set(units) <= set(facs.LAB_AUS), name
        assert list(units) == sorted(units), name
        assert all(0 < value <= 5 for value in units.values()), name
        assert not {26, 27} <= set(units), name
        if {26, 27} & set(units):
            assert 25 in units, name
    assert facs.PROTOTYPES["neutral"] == {}
    for name, units in facs.ONE_SIDED.items():
        assert set(units) <= set(facs.PROTOTYPES[name])


def test_circumplex_places_every_prototype() -> None:
    assert set(facs.CIRCUMPLEX) == set(facs.PROTOTYPES)
    assert facs.CIRCUMPLEX["neutral"] == (0.0, 0.0)
    for valence, arousal in facs.CIRCUMPLEX.values():
        assert -1 <= valence <= 1
        assert -1 <= arousal <= 1


@pytest.mark.parametrize("corpus", facs.ACTIVITIES)
def test_activities(corpus: str) -> None:
    activities = facs.ACTIVITIES[corpus]
    assert [each.code for each in activities] == [f"T{n + 1}" for n in range(len(activities))]
    for each in activities:
        assert each.state in facs.PROTOTYPES
        assert not each.text.endswith(".")
        text = facs.activity_text(each)
        assert text == f"{each.text}. The target emotion is {each.emotion}."
    texts = {facs.activity_text(each) for each in activities}
    assert len(texts) == len(activities)


def test_activity_counts() -> None:
    assert len(facs.ACTIVITIES["bp4d"]) == 8
    assert len(facs.ACTIVITIES["bp4d-plus"]) == 10


def test_templates_have_one_slot() -> None:
    for template in (*facs.NAME_TEMPLATES, *facs.DESCRIPTION_TEMPLATES):
        assert template.count("{}") == 1
        assert template.format("x")


def test_a_word_and_a_letter_for_each_intensity() -> None:
    assert len(facs.INTENSITY_WORDS) == len(facs.INTENSITY_LETTERS) == 6


def test_public_face() -> None:
    assert sorted(facs.__all__) == sorted(
        name
        for name, value in vars(facs).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    )


def test_only_the_standard_library() -> None:
    for path in Path(str(facs.__file__)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                root = (node.module or "").split(".")[0]
            elif isinstance(node, ast.Import):
                root = node.names[0].name.split(".")[0]
            else:
                continue
            assert root == "mien" or root in sys.stdlib_module_names, path


def test_documented_tables_are_the_data() -> None:
    page = (Path(__file__).parents[1] / "docs" / "facs.md").read_text(encoding="utf-8")
    for each in facs.CONVENTIONS:
        assert f"| {each.topic} | {each.rule} |" in page
    for number in facs.LAB_AUS:
        unit = facs.ACTION_UNITS[number]
        assert f"| {number} | {unit.name} | {unit.muscle} | {unit.look} |" in page
    for name, (valence, arousal) in facs.CIRCUMPLEX.items():
        units = " ".join(f"{au}:{value:g}" for au, value in facs.PROTOTYPES[name].items())
        assert f"| {name} | {units} | {valence:g} | {arousal:g} |" in page
