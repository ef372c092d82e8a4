"""Sheets: separators, headings, damage."""

from pathlib import Path

import pytest

from mien.errors import MienError
from mien.study import sheet


def saved(tmp_path: Path, content: bytes, name: str = "a.csv") -> Path:
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_are_seen(tmp_path: Path, separator: str) -> None:
    text = f"\ufeffa{separator}B c\n1{separator} two \n\n3\n"
    path = saved(tmp_path, text.encode())
    page = sheet.read(path)
    assert page.rows == 2
    assert page.text(page.find("b_c")) == ["two", ""]
    assert page.numbers("a") == [1.0, 3.0]
    assert sheet.heading(path) == ["a", "B c"]


def test_quoted_cells_hold_anything(tmp_path: Path) -> None:
    page = sheet.read(saved(tmp_path, b'a,b\n"one, or\ntwo","say ""x"""\n'))
    assert page.text("a") == ["one, or\ntwo"]
    assert page.text("b") == ['say "x"']


def test_seconds_come_from_milliseconds_too(tmp_path: Path) -> None:
    page = sheet.read(saved(tmp_path, b"Start_ms\n250\nn/a\n"))
    found = page.seconds("start")
    assert found is not None
    assert found[0] == 0.25
    assert found[1] != found[1]
    assert page.seconds("end") is None


@pytest.mark.parametrize(
    ("content", "name", "problem"),
    [
        (b"", "a.csv", "empty"),
        (b"\xff\xfe\x00", "a.csv", "UTF-8"),
        (b"a,a\n1,2\n", "a.csv", "one name"),
        (b"a,b\n1,2,3\n", "a.csv", "3 cells"),
        (b"PAR1 no", "a.parquet", "no table"),
    ],
)
def test_damage_is_named(tmp_path: Path, content: bytes, name: str, problem: str) -> None:
    with pytest.raises(MienError, match=problem):
        sheet.read(saved(tmp_path, content, name))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MienError, match="no such file"):
        sheet.read(tmp_path / "none.csv")
