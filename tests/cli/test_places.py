"""An output that cannot be written is refused before anything is read or computed for it."""

import os
from pathlib import Path

import pytest

from mien import atomic
from mien.cli.main import main
from mien.errors import MienError


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "file").write_text("somebody's work")
    (tmp_path / "page.html").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("agree nothing --codes nothing --out x.txt", "is written as .json, .csv or .parquet"),
        ("summarise nothing --markers nothing --out x.txt", "is written as .csv or .parquet"),
        ("replay nothing --out x.txt", "is written as .mp4, .mov or .mkv"),
        ("lab clip --out x.txt interview --subjects 1", "is written as .mp4, .mov or .mkv"),
        ("report nothing --out page.html", "the output folder exists already"),
        ("report nothing --out file/r.html", "would lie in a file"),
        ("report nothing --out r.html --events file/e.csv", "would lie in a file"),
        ("predict nothing.jpg --out file/reading", "would lie in a file"),
        ("bench serve --bundle nothing --out file", "--out is a file"),
        ("bench shipped --out file/deeper/results", "would lie in a file"),
        ("bench clp --work file", "--work is a file"),
        ("bench real --out file", "--out is a file"),
        ("data pseudo nothing --out page.html", "the output folder exists already"),
    ],
)
def test_outputs_are_looked_at_before_inputs(
    words: str, said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(here.rglob("*"))
    assert main(words.split()) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert "remedy: " in shown
    assert sorted(here.rglob("*")) == before


def test_a_place_is_a_folder_or_can_be_made(here: Path) -> None:
    atomic.refuse_homeless(here / "new", here / "one" / "two" / "three", Path("relative"))
    with pytest.raises(MienError, match="would lie in a file"):
        atomic.refuse_homeless(here / "new", here / "file" / "two" / "three")


def test_a_folder_where_nothing_may_be_written_is_told(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != here)
    with pytest.raises(MienError, match="nothing may be written"):
        atomic.refuse_homeless(here / "new" / "out.csv")
