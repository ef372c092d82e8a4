"""Codes frame by frame and event by event, as people write them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mien.errors import MienError
from mien.study import sheet
from mien.study.code_sheet import Habits, codes_of_sheet
from mien.study.coding import EventCodes, RowCodes

NAN = float("nan")


def rows_of(tmp_path: Path, text: str, habits: Habits | None = None) -> list[RowCodes]:
    found = codes_of_sheet(sheet.read(saved(tmp_path, text)), habits or Habits())
    assert all(isinstance(each, RowCodes) for each in found)
    return [each for each in found if isinstance(each, RowCodes)]


def events_of(tmp_path: Path, text: str, habits: Habits | None = None) -> list[EventCodes]:
    found = codes_of_sheet(sheet.read(saved(tmp_path, text)), habits or Habits())
    return [each for each in found if isinstance(each, EventCodes)]


def saved(tmp_path: Path, text: str, name: str = "codes.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_occurrence_has_no_intensity(tmp_path: Path) -> None:
    (found,) = rows_of(tmp_path, "frame,AU12,au4\n0,1,0\n1,,9\n2,0,1\n")
    assert found.units == (4, 12)
    assert found.times is None
    assert found.frames is not None
    assert found.frames.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(found.present, [[0, 1], [NAN, NAN], [1, 0]])
    assert np.isnan(found.intensity).all()


def test_letters_and_numbers_are_intensities(tmp_path: Path) -> None:
    for cells in (("C", "A", "0"), ("3", "1", "0")):
        text = "time;12\n" + "".join(f"0,{at};{cell}\n" for at, cell in enumerate(cells))
        (found,) = rows_of(tmp_path, text)
        assert found.times is not None
        assert found.times.tolist() == [0.0, 0.1, 0.2]
        assert found.intensity[:, 0].tolist() == [3.0, 1.0, 0.0]
        assert found.present[:, 0].tolist() == [1.0, 1.0, 0.0]
        (strict,) = rows_of(tmp_path, text, Habits(level=2.0))
        assert strict.present[:, 0].tolist() == [1.0, 0.0, 0.0]


def test_both_sides_are_one_unit_by_the_stronger(tmp_path: Path) -> None:
    (found,) = rows_of(tmp_path, "frame,L12,R12\n0,2,4\n1,3,\n2,,\n")
    np.testing.assert_array_equal(found.intensity[:, 0], [4, 3, NAN])


def test_presence_and_intensity_columns_together(tmp_path: Path) -> None:
    text = "frame,AU12,AU12_intensity\n0,1,0.8\n1,0,0.2\n"
    (found,) = rows_of(tmp_path, text)
    assert found.present[:, 0].tolist() == [1.0, 0.0]
    assert found.intensity[:, 0].tolist() == [0.8, 0.2]


def test_clips_and_subjects_and_where_frames_count_from(tmp_path: Path) -> None:
    text = "video,participant,frame,12\nb,P2,2,1\na,P1,1,0\nb,P2,1,0\n"
    found = rows_of(tmp_path, text, Habits(first_frame=1))
    assert [(each.source, each.subject) for each in found] == [("b", "P2"), ("a", "P1")]
    assert found[0].frames is not None
    assert found[0].frames.tolist() == [0, 1]
    assert found[0].present[:, 0].tolist() == [0.0, 1.0]


def test_milliseconds_and_a_shift(tmp_path: Path) -> None:
    (found,) = rows_of(tmp_path, "time_ms,12\n500,1\n1000,0\n", Habits(shift=0.25))
    assert found.times is not None
    assert found.times.tolist() == [0.75, 1.25]


def test_a_parquet_truth_is_codes_too(tmp_path: Path) -> None:
    table = pa.table({"frame": [0, 1], "pts_ms": [0.0, 40.0], "AU12": [1.0, None], "x": [[1], [2]]})
    pq.write_table(table, tmp_path / "truth.parquet")
    (found,) = codes_of_sheet(sheet.read(tmp_path / "truth.parquet"), Habits())
    assert isinstance(found, RowCodes)
    assert found.times is not None
    assert found.times.tolist() == [0.0, 0.04]
    np.testing.assert_array_equal(found.present[:, 0], [1, NAN])


def test_events_with_letters_sides_and_combinations(tmp_path: Path) -> None:
    text = "source,unit,start,end\na,6B+12C,1,2\na,L4,3,3.5\nb,,,\n"
    first, second = events_of(tmp_path, text, Habits(units=(1,)))
    assert first.units == second.units == (1, 4, 6, 12)
    assert [(e.unit, e.start, e.end) for e in first.events] == [
        (6, 1.0, 2.0), (12, 1.0, 2.0), (4, 3.0, 3.5),
    ]  # fmt: skip
    assert [e.level for e in first.events[:2]] == [2.0, 3.0]
    assert second.source == "b"
    assert second.events == ()


def test_events_with_durations_and_doubt(tmp_path: Path) -> None:
    text = "au,onset,duration,intensity\n12,1,0.5,D\n12,2,1,?\n12,4,1,\n"
    (found,) = events_of(tmp_path, text)
    assert [(e.end, e.codable) for e in found.events] == [(1.5, True), (3.0, False), (5.0, True)]
    assert found.events[0].level == 4.0


def test_names_that_boris_gives_its_columns(tmp_path: Path) -> None:
    text = "Media file name,Subject,Behavior,Start (s),Stop (s)\nx/a.mp4,P1,AU12,1,2\n"
    (found,) = events_of(tmp_path, text)
    assert (found.source, found.subject, found.units) == ("x/a.mp4", "P1", (12,))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a,b\n1,2\n", "no codes"),
        ("frame,12\n0,F\n", "no code"),
        ("frame,12\n0,1\n0,0\n", "one time or frame"),
        ("12\n1\n0\n", "which moment"),
        ("frame,12\n,1\n", "no time or frame"),
        ("unit,start\n12,1\n", "end or duration"),
        ("unit,start,end\n12,2,1\n", "ends before"),
        ("unit,start,end\nsmile,1,2\n", "no unit"),
        ("time,12\nsoon,1\n", "no number"),
    ],
)
def test_what_is_wrong_is_named_with_a_remedy(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(MienError, match=problem) as raised:
        codes_of_sheet(sheet.read(saved(tmp_path, text)), Habits())
    assert raised.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "subject,condition,source,start,end,frames,scored,seconds,unit,mean,intensity\n",
        "source,unit,start,end,mean_change\na,12,1,2,0.5\n",
        "source,unit,start,end,lost_blurred\na,12,1,2,3\n",
        "subject,condition,frames,scored,seconds,AU12_mean,AU12_intensity\n",
    ],
)
def test_a_table_of_ours_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(MienError, match="mien summarise"):
        codes_of_sheet(sheet.read(saved(tmp_path, text)), Habits())
