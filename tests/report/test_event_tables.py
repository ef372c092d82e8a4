"""Events of a reading: on its page, in a file, and where a unit is there all the time."""

import csv
from pathlib import Path

import pyarrow.compute as pc
import pytest

from mien.report.page import Page, Table
from mien.report.readings import events_csv, page, write
from mien.study.tables import load
from report import reading_sample as sample
from report.shown import CLIP, of, words


def test_events_are_listed_by_unit_and_time(smile: Page) -> None:
    (table,) = of(Table, smile, "smile.mp4, face 0")
    assert table.header[:7] == ("unit", "onset", "apex", "offset", "duration", "peak", "mean")
    rows = [row for row in table.rows if row[0].startswith("AU1 ")]
    # AU1 is 0.5 - 0.5 cos(pi t / 2): above 0.4 = 0.8 x 0.5 for |t - 2| < 1.128; cut at 3 s
    assert rows[0][1] == "0.87"
    assert rows[0][2] == "2.00"
    assert rows[0][3] == "2.96"
    assert rows[0][7] == "5.0"
    assert rows[0][8] == "ends where nothing is known"
    assert rows[1][1:4] == ("4.87", "6.00", "7.13")
    onsets = [float(row[1]) for row in table.rows]
    assert onsets == sorted(onsets)


def test_all_events_go_to_a_file(tmp_path: Path) -> None:
    folder = sample.write(tmp_path / "r", sample.clip(CLIP), sample.provenance())
    out = write(folder, tmp_path / "page.html", events=tmp_path / "events.csv")
    assert out == tmp_path / "page.html"
    text = (tmp_path / "events.csv").read_text(encoding="utf-8")
    assert text == events_csv(load(folder))
    rows = list(csv.DictReader(text.splitlines()))
    first = next(row for row in rows if row["unit"] == "1")
    assert first["source"] == CLIP
    assert float(first["onset"]) == pytest.approx(0.872, abs=0.01)
    assert float(first["intensity_at_apex"]) == pytest.approx(5.0)
    assert (first["begins_open"], first["ends_open"]) == ("False", "True")


def always(tmp_path: Path) -> Path:
    """The smile, and a unit 25 that lies a little above its threshold all the time."""
    table = sample.clip(CLIP)
    at = table.schema.get_field_index("AU25")
    quiet = pc.if_else(pc.is_valid(table["AU25"]), 0.65, None)
    return sample.write(tmp_path / "always", table.set_column(at, "AU25", quiet))


def test_what_is_there_all_the_time_is_pointed_out(tmp_path: Path, smile: Page) -> None:
    shown = page(load(always(tmp_path)))
    assert "in nine frames of ten: AU25. Either" in words(shown)
    assert "--baseline 0-5" in words(shown)
    assert "nine frames of ten" not in words(smile)


def test_a_rise_leaves_out_what_is_there_all_the_time(tmp_path: Path) -> None:
    readings = load(always(tmp_path))
    units = [row["unit"] for row in csv.DictReader(events_csv(readings).splitlines())]
    raised = events_csv(readings, rise=3.0)
    left = [row["unit"] for row in csv.DictReader(raised.splitlines())]
    assert units.count("25") > 0
    assert left.count("25") == 0
    assert left.count("12") == units.count("12") > 0
    said = words(page(readings, rise=3.0))
    assert "nine frames of ten" not in said
    assert "reaches 3 times the odds of the face's own level" in said
