"""`mien report` from the command line."""

from pathlib import Path

import pytest

from mien.cli.main import main
from report import reading_sample as sample


def test_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = sample.write(tmp_path / "r", sample.clip("smile.mp4"), sample.provenance())
    out, events = tmp_path / "page.html", tmp_path / "events.csv"
    words = ["report", str(folder), "--out", str(out), "--no-pictures", "--events", str(events)]
    assert main(words) == 0
    assert capsys.readouterr().out.split() == [str(out), str(events)]
    assert "holds no picture of anyone" in out.read_text(encoding="utf-8")
    assert events.read_text(encoding="utf-8").startswith("source,face,unit,onset")


def test_a_missing_reading_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path / "none"), "--out", str(tmp_path / "p.html")]) == 2
    said = capsys.readouterr().err
    assert "remedy" in said
    assert not (tmp_path / "p.html").exists()
