"""`mien agree`, `mien summarise` and `mien replay` from their words to their files."""

import json
from collections.abc import Callable
from importlib import util
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from mien.cli import agree
from mien.cli.main import main
from mien.study.agreement import Agreement
from study.reading import bumps, clip_rows, write


@pytest.fixture
def reading(tmp_path: Path) -> Path:
    curves = np.stack([bumps(40), bumps(40, (10, 20))], axis=1)
    rows = [row for name in ("a.mp4", "b.mp4") for row in clip_rows(name, curves)]
    return write(tmp_path / "reading", rows)


def test_agree_writes_and_shows(
    reading: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = tmp_path / "codes.csv"
    codes.write_text("source,unit,start,end\na,12,1,2\nb,12,1,2.5\n")
    out = tmp_path / "agreement.csv"
    words = ["agree", str(reading), "--codes", str(codes), "--out", str(out), "--draws", "20"]
    assert main(words) == 0
    assert pa_csv.read_csv(out)["unit"].to_pylist() == [12]
    shown = capsys.readouterr().out
    assert "AU12" in shown
    assert "1 units of 2 clips" in shown


def test_two_people_are_compared_as_readings_are(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text("source,unit,start,end\na,12C,1,2\na,4,3,4\n")
    one, two, out = (tmp_path / name for name in ("one.csv", "two.csv", "out.json"))
    assert main(["agree", str(one), "--codes", str(two), "--out", str(out)]) == 0
    assert '"kappa": 1.0' in out.read_text()


def test_summarise_writes_and_says_what_is_empty(
    reading: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    markers = tmp_path / "markers.csv"
    markers.write_text("source,start,end,condition,subject\na,0,4,film,P1\nb,9,10,film,P2\n")
    out = tmp_path / "table.csv"
    words = ["summarise", str(reading), "--markers", str(markers), "--out", str(out)]
    assert main([*words, "--form", "wide"]) == 0
    assert pa_csv.read_csv(out)["AU12_events"].to_pylist() == [1, None]
    assert (tmp_path / "table.about.json").is_file()
    assert "1 rows without one scored frame" in capsys.readouterr().out


def test_replay_asks_which_clip_and_writes_it(
    reading: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "replay.mp4"
    words = ["replay", str(reading), "--out", str(out), "--width", "32", "--height", "32"]
    assert main(words) == 2
    assert "--source" in capsys.readouterr().err
    assert main([*words, "--source", "c"]) == 2
    assert not out.exists()
    assert main([*words, "--source", "b"]) == 0
    assert out.is_file()
    assert "may recognise" in capsys.readouterr().out


def test_replay_without_its_extra_names_it(
    reading: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    there = util.find_spec
    monkeypatch.setattr(
        "mien.cli.replay.find_spec", lambda name: None if name == "numba" else there(name)
    )
    assert main(["replay", str(reading), "--out", str(tmp_path / "r.mp4")]) == 2
    assert ".[replay]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "taken"),
    [
        (["agree", "READING", "--codes", "codes.csv", "--out", "codes.csv"], "codes.csv"),
        (["summarise", "READING", "--markers", "marks.csv", "--out", "marks.csv"], "marks.csv"),
        (["summarise", "READING", "--markers", "marks.csv", "--out", "new.csv"], "new.about.json"),
        (["replay", "READING", "--source", "b", "--out", "clip.mp4"], "clip.mp4"),
        (["replay", "READING", "--source", "b", "--out", "new.mp4"], "new.about.json"),
        (["report", "READING", "--out", "clip.mp4"], "clip.mp4"),
        (["report", "READING", "--out", "p.html", "--events", "codes.csv"], "codes.csv"),
    ],
)
def test_no_output_takes_the_place_of_a_file(
    words: list[str], taken: str, reading: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    content = {
        "codes.csv": "source,unit,start,end\na,12,1,2\nb,12,1,2.5\n",
        "marks.csv": "source,start,end,condition,subject\na,0,4,film,P1\nb,1,2,film,P2\n",
        "clip.mp4": "a recording",
        taken: "somebody's work",
    }
    content |= {"codes.csv": content["codes.csv"]} if taken != "codes.csv" else {}
    for name, text in content.items():
        Path(name).write_text(text)
    before = {path.name for path in tmp_path.iterdir()}
    assert main([str(reading) if word == "READING" else word for word in words]) == 2
    said = capsys.readouterr().err
    assert f"{taken}: the output file exists already" in said
    assert "remedy: name another" in said
    assert Path(taken).read_text() == "somebody's work"
    assert {path.name for path in tmp_path.iterdir()} == before


def test_every_number_of_an_agreement_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    ends = ("", "_low", "_high")
    scores = ("kappa", "kappa_adjusted", "f1", "icc_3_1", "event_f1")
    row = {f"{name}{end}": -0.25 for name in scores for end in ends}
    row |= {"unit": 12, "events_matched": 1200, "events_first": 3456, "events_second": 7890}
    agree._show(Agreement(table=pa.Table.from_pylist([row]), about={}))
    assert "1200 of 3456, 7890" in capsys.readouterr().out


def test_a_table_for_statistics_is_nobodys_codes(
    reading: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    markers, table, out = (tmp_path / name for name in ("m.csv", "table.csv", "out.csv"))
    markers.write_text("source,start,end,condition,subject\na,0,4,film,P1\nb,0,4,film,P2\n")
    assert main(["summarise", str(reading), "--markers", str(markers), "--out", str(table)]) == 0
    assert main(["agree", str(reading), "--codes", str(table), "--out", str(out)]) == 2
    assert "mien summarise" in capsys.readouterr().err
    assert not out.exists()


def _emptied(reading: Path, wanted: Callable[[str], bool], frames: int) -> None:
    """Take the first `frames` values of some columns out of a reading."""
    file = reading / "readings.parquet"
    table = pq.read_table(file)
    for place, name in enumerate(table.column_names):
        if wanted(name):
            values = [None] * frames + table[name].to_pylist()[frames:]
            table = table.set_column(place, name, pa.array(values, pa.float64()))
    pq.write_table(table, file)


def test_a_reading_whose_scores_are_empty_is_not_replayed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reading = write(tmp_path / "reading", clip_rows("a.mp4", np.stack([bumps(6)] * 2, axis=1)))
    _emptied(reading, lambda name: name.startswith("AU"), 6)
    words = ["replay", str(reading), "--out", str(tmp_path / "r.mp4"), "--width", "32"]
    assert main([*words, "--height", "32"]) == 2
    said = capsys.readouterr().err
    assert "hold no score" in said
    assert "remedy: " in said
    assert {path.name for path in tmp_path.iterdir()} == {"reading"}


@pytest.mark.parametrize(
    ("start", "frames", "shown", "left_out", "strength"),
    [
        ("AU12", 6, 6, ["AU12"], "intensity"),
        ("AU04_int AU12_int", 6, 6, [], "probability, as intensity"),
        ("AU12", 2, 4, [], "intensity"),
    ],
)
def test_what_was_not_scored_is_not_replayed(
    tmp_path: Path, start: str, frames: int, shown: int, left_out: list[str], strength: str
) -> None:
    reading = write(tmp_path / "reading", clip_rows("a.mp4", np.stack([bumps(6)] * 2, axis=1)))
    _emptied(reading, lambda name: name.startswith(tuple(start.split())), frames)
    words = ["replay", str(reading), "--out", str(tmp_path / "r.mp4"), "--width", "32"]
    assert main([*words, "--height", "32"]) == 0
    about = json.loads((tmp_path / "r.about.json").read_text())
    assert (about["frames"], about["units_left_out"]) == (shown, left_out)
    assert about["strength"] == strength
    assert about["gaps"] == ({} if shown == 6 else {"not scored": 2})
