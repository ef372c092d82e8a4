"""Markers and windows: measures by hand, losses, baselines, forms, BIDS."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from mien.errors import MienError
from mien.study import tables
from mien.study.markers import load_markers
from mien.study.summary import Layout, summarise, write
from study.reading import bumps, clip_rows
from study.reading import write as write_reading

MARKERS = (
    "source,start,end,condition,subject\n"
    "a.mp4,0,2,rest,P1\na.mp4,2,4,film,P1\na.mp4,4,6,film,P1\nb,0,2,rest,P2\nb,2,6,film,P2\n"
)


@pytest.fixture
def readings(tmp_path: Path) -> tables.Readings:
    """Unit 12 is up in 2.5-3.5 s of both clips; `a` loses five frames of the last window."""
    curves = np.stack([bumps(60), bumps(60, (25, 35))], axis=1)
    rows = clip_rows(
        "f/a.mp4", curves, lost={**dict.fromkeys(range(50, 54), "blurred"), 54: "no face"}
    )
    return tables.load(write_reading(tmp_path / "reading", rows + clip_rows("f/b.mp4", curves)))


def marked(tmp_path: Path, text: str = MARKERS) -> Path:
    (tmp_path / "markers.csv").write_text(text)
    return tmp_path / "markers.csv"


def names(readings: tables.Readings) -> list[str]:
    return [source.name for source in tables.sources(readings)]


def table_of(readings: tables.Readings, path: Path, **layout: object) -> list[dict]:
    found = load_markers(path, names(readings))
    return summarise(readings, found, layout=Layout(**layout)).table.to_pylist()


def test_a_row_for_each_trial_and_unit(readings: tables.Readings, tmp_path: Path) -> None:
    rows = table_of(readings, marked(tmp_path))
    assert len(rows) == 5 * 2
    film = next(r for r in rows if (r["subject"], r["condition"], r["unit"]) == ("P1", "film", 12))
    assert (film["trial"], film["source"], film["start"], film["end"]) == (1, "f/a.mp4", 2.0, 4.0)
    assert (film["frames"], film["scored"]) == (20, 20)
    assert film["seconds"] == pytest.approx(2.0)
    assert film["mean"] == pytest.approx(0.5 * 0.9 + 0.5 * 0.1)
    assert film["max"] == pytest.approx(0.9)
    assert film["present"] == pytest.approx(0.5)
    assert film["events"] == 1
    assert film["rate"] == pytest.approx(30.0)
    assert film["intensity"] == pytest.approx(2.5)
    assert film["intensity_max"] == pytest.approx(4.5)
    later = next(r for r in rows if r["trial"] == 2)
    assert (later["frames"], later["scored"]) == (20, 15)
    assert (later["lost_blurred"], later["lost_no_face"]) == (4, 1)


def test_a_baseline_condition_is_taken_off(readings: tables.Readings, tmp_path: Path) -> None:
    rows = table_of(readings, marked(tmp_path), baseline="rest")
    film = next(r for r in rows if (r["condition"], r["unit"], r["trial"]) == ("film", 12, 1))
    assert film["mean_change"] == pytest.approx(0.4)
    assert film["present_change"] == pytest.approx(0.5)
    assert film["intensity_change"] == pytest.approx(2.0)
    assert film["baseline_seconds"] == pytest.approx(2.0)
    rest = next(r for r in rows if r["condition"] == "rest")
    assert rest["mean_change"] == 0
    with pytest.raises(MienError, match="P1 has no condition calm"):
        table_of(readings, marked(tmp_path), baseline="calm")


def test_a_baseline_before_each_window(readings: tables.Readings, tmp_path: Path) -> None:
    text = "source,start,end,condition,subject\na,3.5,4.5,film,P1\n"
    rows = table_of(readings, marked(tmp_path, text), before=0.5)
    assert rows[1]["unit"] == 12
    assert rows[1]["mean_change"] == pytest.approx(0.1 - 0.9)
    first = "source,start,end,condition,subject\na,0,1,film,P1\n"
    assert table_of(readings, marked(tmp_path, first), before=0.5)[1]["mean_change"] is None


def test_trials_of_a_condition_together(readings: tables.Readings, tmp_path: Path) -> None:
    rows = table_of(readings, marked(tmp_path), per="condition")
    film = next(r for r in rows if (r["subject"], r["condition"], r["unit"]) == ("P1", "film", 12))
    assert film["trials"] == 2
    assert film["frames"] == 40
    assert film["mean"] == pytest.approx((10 * 0.9 + 25 * 0.1) / 35)
    assert "trial" not in film


def test_wide_is_long_turned(readings: tables.Readings, tmp_path: Path) -> None:
    long = table_of(readings, marked(tmp_path), baseline="rest")
    wide = table_of(readings, marked(tmp_path), baseline="rest", form="wide")
    assert len(wide) == 5
    for row in long:
        twin = next(
            w for w in wide
            if all(w[k] == row[k] for k in ("subject", "condition", "trial"))
        )  # fmt: skip
        for name in ("mean", "rate", "mean_change", "intensity_max"):
            assert twin[f"AU{row['unit']:02d}_{name}"] == row[name]


def test_frames_count_by_how_long_they_last(tmp_path: Path) -> None:
    rows = clip_rows("a.mp4", np.array([[0.0, 1.0], [0.0, 0.0], [0.0, 0.0]]))
    for row, time in zip(rows, (0.0, 0.3, 0.4), strict=True):
        row["time"] = time
    readings = tables.load(write_reading(tmp_path / "uneven", rows))
    text = "condition,subject\nall,P\n"
    row = table_of(readings, marked(tmp_path, text))[1]
    assert row["seconds"] == pytest.approx(0.3 + 0.1 + 0.2)
    assert row["mean"] == pytest.approx(0.5)


def test_a_rise_counts_events_from_the_face_s_own_level(tmp_path: Path) -> None:
    curve = np.where((np.arange(100) % 50) > 40, 0.9, 0.45)  # two smiles, never below 0.4
    rows = clip_rows("a.mp4", np.stack([curve, curve], axis=1))
    readings = tables.load(write_reading(tmp_path / "quiet", rows))
    markers = marked(tmp_path, "condition,subject\nall,P\n")
    assert table_of(readings, markers)[1]["events"] == 1
    assert table_of(readings, markers, rise=3.0)[1]["events"] == 2


def test_a_window_without_a_frame_stays_and_is_empty(
    readings: tables.Readings, tmp_path: Path
) -> None:
    text = "source,start,end,condition,subject\na,100,101,late,P1\n"
    row = table_of(readings, marked(tmp_path, text))[0]
    assert (row["frames"], row["scored"], row["seconds"]) == (0, 0, 0.0)
    assert row["mean"] is None
    assert row["events"] is None


def test_bids_events_find_their_clip_and_person(tmp_path: Path) -> None:
    curve = np.stack([bumps(20), bumps(20)], axis=1)
    clips = [f"sub-0{n}_task-film_video.mp4" for n in (1, 2)]
    readings = tables.load(
        write_reading(tmp_path / "r", [row for c in clips for row in clip_rows(c, curve)])
    )
    for n in (1, 2):
        folder = tmp_path / f"bids/sub-0{n}/beh"
        folder.mkdir(parents=True)
        text = "onset\tduration\ttrial_type\n0.5\t0\tsad\n1.0\t0\tn/a\n1.2\t0\tsad\n"
        (folder / f"sub-0{n}_task-film_events.tsv").write_text(text)
    found = load_markers(tmp_path / "bids", names(readings), window=(-0.25, 0.5))
    assert [(m.source, m.subject, m.trial) for m in found] == [
        (clips[0], "01", 1), (clips[0], "01", 2), (clips[1], "02", 1), (clips[1], "02", 2),
    ]  # fmt: skip
    assert (found[0].start, found[0].end) == (0.25, 1.0)
    with pytest.raises(MienError, match="ends where it starts"):
        load_markers(tmp_path / "bids", names(readings))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("source,start,end\na,0,1\n", "condition"),
        ("source,start,end,condition\na,1,1,x\n", "ends"),
        ("start,end,condition\n0,1,x\n", "which clip"),
        ("source,start,end,condition\nq,0,1,x\n", "no clip q"),
        ("source,start,end,condition\na,0,1,\n", "not one marker"),
    ],
)
def test_wrong_markers_are_named(
    readings: tables.Readings, tmp_path: Path, text: str, problem: str
) -> None:
    with pytest.raises(MienError, match=problem) as raised:
        load_markers(marked(tmp_path, text), names(readings))
    assert raised.value.remedy


@pytest.mark.parametrize("wrong", [{"baseline": "a", "before": 1.0}, {"before": 0.0}])
def test_wrong_baselines_are_refused(wrong: dict) -> None:
    with pytest.raises(MienError, match="baseline"):
        Layout(**wrong)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_written_with_what_it_came_from(
    readings: tables.Readings, tmp_path: Path, ending: str
) -> None:
    found = summarise(readings, load_markers(marked(tmp_path), names(readings)))
    beside = write(found, tmp_path / f"table.{ending}")
    out = tmp_path / f"table.{ending}"
    again = pa_csv.read_csv(out) if ending == "csv" else pq.read_table(out)
    assert again["mean"].to_pylist() == pytest.approx(found.table["mean"].to_pylist())
    about = json.loads(beside.read_text())
    assert about["thresholds"] == {"AU04": 0.5, "AU12": 0.4}
    assert about["model"] == "tiny"
    assert set(about["measures"]) >= set(found.table.column_names) - {
        "subject", "condition", "trial", "source", "start", "end", "frames", "scored", "seconds",
        "lost_blurred", "lost_no_face", "unit",
    }  # fmt: skip
    with pytest.raises(MienError, match="csv"):
        write(found, tmp_path / "table.xls")


def test_empty_columns_are_numbers(readings: tables.Readings, tmp_path: Path) -> None:
    found = summarise(
        readings, load_markers(marked(tmp_path, "source,condition\na,x\n"), names(readings))
    )
    assert found.table.schema.field("start").type == pa.float64()
    assert found.table["subject"][0].as_py() == "a"
