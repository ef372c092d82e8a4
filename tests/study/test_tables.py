"""Tables of readings in three file formats, and their rows as curves."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from mien.errors import MienError
from mien.study.follow import follow
from mien.study.tables import load, sources, tracks
from study import rows as made


@pytest.fixture(params=["parquet", "csv", "jsonl"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return made.write(tmp_path / f"readings.{request.param}", made.mixed())


def test_every_format_gives_the_same_table(file: Path) -> None:
    readings = load(file)
    assert readings.units == (1, 12)
    assert readings.intensities == (12,)
    assert readings.expressions == ("neutral",)
    assert readings.table.schema.field("frame").type == pa.int64()
    assert readings.table.schema.field("AU01").type == pa.float64()
    assert readings.table.num_rows == 8
    assert readings.table["AU12"].to_pylist()[:3] == [0.9, pytest.approx(0.2), None]
    assert readings.provenance == {}
    assert "8 rows" in repr(readings)


def test_a_folder_is_its_table_with_its_provenance(tmp_path: Path) -> None:
    made.write(tmp_path / "readings.csv", made.mixed())
    said = {"model": {"units": [12, 1], "thresholds": [0.3, 0.6]}}
    (tmp_path / "provenance.json").write_text(json.dumps(said))
    readings = load(tmp_path)
    assert readings.path.name == "readings.csv"
    assert readings.thresholds() == {1: 0.6, 12: 0.3}


def test_provenance_beside_one_file(tmp_path: Path) -> None:
    made.write(tmp_path / "mine.csv", made.mixed())
    (tmp_path / "provenance.json").write_text('{"mien": "folder"}')
    assert load(tmp_path / "mine.csv").provenance == {"mien": "folder"}
    (tmp_path / "mine.provenance.json").write_text('{"mien": "file"}')
    assert load(tmp_path / "mine.csv").provenance == {"mien": "file"}
    assert load(tmp_path / "mine.csv").thresholds() == {1: 0.5, 12: 0.5}


def test_sources_frames_and_faces(file: Path) -> None:
    photo, clip, broken = sources(load(file))
    assert (photo.name, photo.photo, photo.faces) == ("a.jpg", True, (0, 1))
    assert (clip.name, clip.photo, clip.faces) == ("b.mp4", False, (3, 1))
    assert clip.times.tolist() == [0.0, 0.1, 0.3]
    assert clip.step == pytest.approx(0.15)
    assert (broken.photo, broken.faces, len(broken.rows)) == (True, (), 1)


def test_a_track_stands_on_every_frame_of_its_clip(file: Path) -> None:
    readings = load(file)
    first, second = tracks(readings, sources(readings)[1])
    assert first.face == 3
    np.testing.assert_array_equal(first.values(readings, "AU01"), [0.5, np.nan, np.nan])
    assert first.status.tolist() == ["ok", "", "blurred"]
    np.testing.assert_array_equal(second.values(readings, "AU01"), [0.25, np.nan, np.nan])
    assert second.status.tolist() == ["ok", "", ""]


def test_frames_whose_time_does_not_rise_have_no_place(tmp_path: Path) -> None:
    table = made.rows(
        [
            {"source": "c", "frame": frame, "time": time, "status": "ok", "face": 0, "AU01": value}
            for frame, time, value in ((0, 0.0, 0.1), (1, 0.2, 0.2), (2, 0.2, 0.3), (3, 0.1, 0.4),
                                       (4, 0.3, 0.5))
        ]
    )  # fmt: skip
    readings = load(made.write(tmp_path / "t.parquet", table))
    (source,) = sources(readings)
    assert source.times.tolist() == [0.0, 0.2, 0.3]
    assert source.place.tolist() == [0, 1, -1, -1, 2]
    (track,) = tracks(readings, source)
    np.testing.assert_array_equal(track.values(readings, "AU01"), [0.1, 0.2, 0.5])


def test_interleaved_sources(tmp_path: Path) -> None:
    table = made.rows(
        [
            {"source": name, "frame": i, "time": i / 10, "status": "ok", "face": 0, "AU01": i / 10}
            for i in range(4)
            for name in ("z", "a")
        ]
    )
    readings = load(made.write(tmp_path / "t.parquet", table))
    assert [(each.name, len(each.rows), len(each.times)) for each in sources(readings)] == [
        ("z", 4, 4),
        ("a", 4, 4),
    ]


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(MienError, match="no such table"):
        load(tmp_path / "none.csv")
    with pytest.raises(MienError, match="holds no readings"):
        load(tmp_path)
    (tmp_path / "t.txt").write_text("x")
    with pytest.raises(MienError, match="ends in"):
        load(tmp_path / "t.txt")
    (tmp_path / "t.parquet").write_text("x")
    with pytest.raises(MienError, match="no table can be read"):
        load(tmp_path / "t.parquet")
    pa_csv.write_csv(pa.table({"frame": [1], "face_id": [0]}), tmp_path / "o.csv")
    with pytest.raises(MienError, match="no column source, time, status, face"):
        load(tmp_path / "o.csv")
    wrong = pa.table({name: ["x"] for name in ("source", "frame", "time", "status", "face")})
    pq.write_table(wrong, tmp_path / "w.parquet")
    with pytest.raises(MienError, match="column frame is not of its kind"):
        load(tmp_path / "w.parquet")
    made.write(tmp_path / "p.csv", made.mixed())
    (tmp_path / "p.provenance.json").write_text("{")
    with pytest.raises(MienError, match="not readable as JSON"):
        load(tmp_path / "p.csv")


def test_the_provenance_knows_clips_of_which_nothing_was_read(tmp_path: Path) -> None:
    table = made.rows([{"source": n, "status": "unreadable"} for n in ("a.mp4", "b.jpg", "c")])
    whole = pa.concat_tables([made.mixed(), table], promote_options="permissive")
    made.write(tmp_path / "readings.parquet", whole)
    kinds = {"a.mp4": "clip", "b.jpg": "photo", "b.mp4": "clip"}
    said = {"sources": [{"source": name, "kind": kind} for name, kind in kinds.items()]}
    (tmp_path / "provenance.json").write_text(json.dumps(said))
    found = {each.name: each for each in sources(load(tmp_path))}
    assert {name: each.photo for name, each in found.items()} == {
        "a.jpg": True, "b.mp4": False, "c.jpg": True, "a.mp4": False, "b.jpg": True, "c": True,
    }  # fmt: skip
    assert follow(load(tmp_path), found["a.mp4"]).status.tolist() == ["unreadable"]
