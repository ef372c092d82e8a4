"""The user's error says where, what and what to do."""

from pathlib import Path

import pytest

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
