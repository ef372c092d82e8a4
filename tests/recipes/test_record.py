"""Records: round trip, and tags that must not be imported."""

import json
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.errors import MienError
from mien.recipes import record

PACKAGE = __name__.partition(".")[0]


@dataclass(frozen=True)
class Leaf:
    value: float | None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tree:
    leaves: tuple[Leaf, ...]
    deep: tuple[tuple[int, str], ...] = ()
    flag: bool = True
    derived: int = field(init=False, default=3)


leaves = st.builds(
    Leaf,
    value=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    words=st.lists(st.text(max_size=5), max_size=3).map(tuple),
)
trees = st.builds(
    Tree,
    leaves=st.lists(leaves, max_size=3).map(tuple),
    deep=st.lists(st.tuples(st.integers(), st.text(max_size=3)), max_size=3).map(tuple),
    flag=st.booleans(),
)


@given(tree=trees)
def test_round_trip(tree):
    text = json.dumps(record.encode(tree))
    assert record.decode(json.loads(text), packages=[PACKAGE]) == tree


def test_round_trip_through_a_file(tmp_path):
    tree = Tree(leaves=(Leaf(value=0.1),))
    record.write(tmp_path / "run.json", tree)
    assert record.read(tmp_path / "run.json", packages=[PACKAGE]) == tree
    with pytest.raises(MienError, match="no known package"):
        record.read(tmp_path / "run.json")


@pytest.mark.parametrize("value", [[1], {"a": 1}, {1}, object(), float("nan"), float("inf")])
def test_what_cannot_come_back_is_refused(value):
    with pytest.raises(TypeError):
        record.encode(Leaf(value=value))


def test_a_local_class_is_refused():
    @dataclass(frozen=True)
    class Local:
        pass

    with pytest.raises(TypeError, match="top of its module"):
        record.encode(Local())


@pytest.mark.parametrize(
    "tag",
    [
        "os:system",
        "subprocess:Popen",
        "mienx.evil:Class",
        "mien.errors:MienError",  # no dataclass
        "mien.recipes.record:Path",  # of another module
        "mien.recipes.record:encode",
        "mien.recipes.record:missing",
        "mien.no_such_module:Class",
        "mien",
        "",
        None,
        3,
    ],
)
def test_a_bad_tag_is_refused(tag):
    with pytest.raises(MienError):
        record.decode({"type": tag})


def test_fields_that_do_not_fit_are_refused(tmp_path):
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"type": "mien.recipes.run:Optimiser", "speed": 3}))
    with pytest.raises(MienError, match="does not fit") as caught:
        record.read(path)
    assert caught.value.path == str(path)


@pytest.mark.parametrize("content", ["", "{", "\x00"])
def test_no_json_is_refused(tmp_path, content):
    path = tmp_path / "run.json"
    path.write_text(content)
    with pytest.raises(MienError, match="no valid JSON"):
        record.read(path)
    with pytest.raises(MienError, match="cannot be read"):
        record.read(tmp_path / "missing.json")
