"""The user's error says where, what and what to do."""

import ast
from pathlib import Path

import pytest

import mien
from mien.errors import MienError


def test_everything_is_said_in_order() -> None:
    error = MienError("the file is empty", remedy="write it again", path=Path("a/b.csv"))
    assert str(error) == "a/b.csv: the file is empty\n  remedy: write it again"
    assert error.path == "a/b.csv"
    assert error.problem == "the file is empty"
    assert error.remedy == "write it again"


def test_problem_alone() -> None:
    error = MienError("nothing to do")
    assert str(error) == "nothing to do"
    assert error.path is None
    assert error.remedy is None


def test_it_is_an_exception_with_its_text() -> None:
    with pytest.raises(MienError, match="no subject"):
        raise MienError("no subject")
    assert MienError("x", path="y").args == ("y: x",)


def test_every_error_of_the_house_names_a_remedy() -> None:
    without = []
    for path in Path(mien.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            raised = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "MienError"
            if raised and "remedy" not in {each.arg for each in node.keywords}:
                without.append((path.name, ast.unparse(node.args[0])))
    # Counted as reasons by `ingest`, never shown by themselves; the manifest is our own file.
    without = [(file, said) for file, said in without if said not in {"NO_FACE", "NOT_SQUARE"}]
    assert [file for file, _ in without if file != "listing.py"] == []
