"""The report of a reading: what it shows, what it leaves out, and that it stays small and safe."""

import json
import re
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from mien.errors import MienError
from mien.facs import au_column
from mien.report.page import Figure, Gallery, Page, Pictures, Table, Tiles, render
from mien.report.readings import page, write
from mien.report.stills import Moment
from mien.study.tables import load
from report import reading_sample as sample
from report.shown import CLIP, grey, made, of, words
from report.test_page import HOSTILE, Reader, without_plotly


def test_the_page_is_whole_and_fetches_nothing(smile: Page) -> None:
    text = render(smile)
    assert len(text) < 6_000_000
    ours = without_plotly(text)
    assert not re.search(r"(https?:)?//[a-z0-9.-]+\.[a-z]{2,}", ours)
    reader = Reader(ours)
    assert all(each.get("alt") for each in reader.all("img"))
    assert all(each.get("scope") for each in reader.all("th"))
    assert len(reader.all("caption")) == len(reader.all("table"))
    for spec in reader.specs:
        go.Figure(spec)


def test_sections_in_order(smile: Page) -> None:
    assert [each.title for each in smile.sections] == [
        "In short", "What made this", "smile.mp4, face 0", "Sources", "How to read this page",
    ]  # fmt: skip
    assert smile.title == "Reading of smile.mp4"


def test_what_made_it_and_what_it_is_not_for(smile: Page) -> None:
    said = words(smile)
    for part in ("tiny", "ab" * 32, "Not for hiring.", "nothing should be decided", "Apache-2.0",
                 "2030-01-02", "canonical", "setting limits size"):  # fmt: skip
        assert part in said


def test_without_provenance_it_says_so(tmp_path: Path) -> None:
    shown = page(load(sample.write(tmp_path / "r", sample.clip(CLIP))))
    assert "is not known here" in words(shown)
    assert "nothing should be decided" in words(shown)


def test_figures_of_a_face_zoom_together(smile: Page) -> None:
    figures = of(Figure, smile, "smile.mp4, face 0")
    linked = [each for each in figures if each.group]
    assert len(linked) == 4
    assert {each.group for each in linked} == {"face0"}
    assert len({tuple(each.figure.layout.xaxis.range) for each in linked}) == 1
    assert all(each.figure.layout.xaxis.fixedrange is False for each in linked)
    assert len({each.figure.layout.margin.l for each in linked}) == 1


def test_gaps_are_gaps(smile: Page) -> None:
    strip, heat, lanes, _ = (
        each.figure for each in of(Figure, smile, "smile.mp4, face 0") if each.group
    )
    assert [str(name) for name in strip.data[0].y] == ["scored", "blurred"]
    z = np.asarray(heat.data[0].z)
    assert np.isnan(z[:, 75:100]).all()
    assert np.isfinite(z[:, :75]).all()
    (veil,) = lanes.layout.shapes
    assert (veil.x0, veil.x1) == (pytest.approx(3.0), pytest.approx(4.0))
    curve = lanes.data[0]
    assert np.isnan(np.asarray(curve.y)[75:100]).all()
    assert (curve.x0, curve.dx) == (pytest.approx(0.0), pytest.approx(0.04))
    assert curve.connectgaps is None


def test_the_model_s_thresholds_are_drawn(smile: Page) -> None:
    lanes = [each.figure for each in of(Figure, smile, "smile.mp4, face 0") if each.group][2]
    axes = (lanes.layout.yaxis, lanes.layout.yaxis2, lanes.layout.yaxis3)
    assert [each.tickvals[0] for each in axes] == list(sample.THRESHOLDS)
    assert [each.ticktext[0] for each in axes] == ["AU1", "AU12", "AU25"]


def test_expressions_need_their_purpose(tmp_path: Path) -> None:
    table = sample.clip(CLIP)
    half = pa.array([0.5] * len(table), pa.float32())
    for name in ("expression_happiness", "valence", "ask: eyes wide open"):
        table = table.append_column(name, half)
    without = made(tmp_path / "a", table)
    assert "no purpose is stated" in words(without)
    assert "happiness" not in render(without)
    stated = made(tmp_path / "b", table, purpose="sleep study <1>")
    assert "Expressions, read for this purpose: sleep study <1>." in words(stated)
    lanes = of(Figure, stated, "smile.mp4, face 0")
    shown = [str(trace.hovertemplate) for each in lanes for trace in each.figure.data]
    assert any("happiness" in each for each in shown)
    assert any("(valence + 1) / 2" in each for each in shown)
    assert any("eyes wide open" in each for each in shown)


def test_photos_stand_in_a_gallery(tmp_path: Path) -> None:
    table = sample.together(
        sample.photo("a/one.jpg"), sample.photo("none.jpg", values=None), sample.clip(CLIP)
    )
    shown = made(tmp_path, table)
    assert shown.title == "Reading of 3 files"
    (gallery,) = of(Gallery, shown, "Photos")
    assert gallery.names == ("AU1", "AU12", "AU25")
    (entry,) = gallery.entries
    assert (entry.name, entry.note) == ("one.jpg", "face 0")
    assert entry.values == pytest.approx((0.9, 0.1, 0.7))
    assert entry.present == (True, False, True)
    assert entry.picture is not None
    reader = Reader(without_plotly(render(shown)))
    assert [each.get("class") for each in reader.all("td") if "--v" in (each.get("style") or "")]
    sources = of(Table, shown, "Sources")[0]
    assert [row[0] for row in sources.rows] == ["one.jpg", "none.jpg", "smile.mp4"]
    assert sources.rows[1][4] == "1 no face"


def test_pictures_only_where_wanted_and_never_too_many(tmp_path: Path) -> None:
    many = sample.together(
        *(sample.photo(f"{i}.jpg") for i in range(30)),
        *(sample.clip(f"{i}.mp4", seconds=4.0, gap=(9.0, 9.0)) for i in range(4)),
    )
    folder = sample.write(tmp_path / "r", many, sample.provenance())
    asked: list[Moment] = []

    def counted(moments: list[Moment]) -> list[np.ndarray]:
        asked.extend(moments)
        return grey(moments)

    for most in (0, 3, 24):
        asked.clear()
        text = render(page(load(folder), stills=counted, most=most))
        assert len(Reader(without_plotly(text)).all("img")) == len(asked) <= most
        assert (most == 0) == ("This page holds no picture of anyone." in text)
    assert len(asked) == 24
    assert not Reader(without_plotly(render(page(load(folder), stills=None)))).all("img")


def test_apexes_are_the_pictures(smile: Page) -> None:
    (grid,) = of(Pictures, smile, "smile.mp4, face 0")
    assert [(each.caption, each.note) for each in grid.pictures] == [
        ("AU25", "0.72 s, 1.00"),
        ("AU12", "1.36 s, 1.00"),
        ("AU1", "2.00 s, 1.00"),
    ]


def test_hostile_names_are_shown_not_obeyed(tmp_path: Path) -> None:
    name = HOSTILE.replace("/", "")
    clip, photo = sample.clip(name), sample.photo(f"{name}.jpg")
    table = sample.together(clip.append_column(f"ask: {name}", pa.array([0.5] * len(clip))), photo)
    said = {"purpose": HOSTILE, "mien": HOSTILE, "settings": {HOSTILE: HOSTILE}}
    shown = made(tmp_path, table, **said, sources=[{"source": name, "problem": HOSTILE}])
    text = without_plotly(render(shown))
    reader = Reader(text)
    assert len([each for each in reader.all("script") if each.get("class") != "spec"]) == 2
    assert "<img src=x" not in text
    assert name in "".join(reader.words)
    for spec in reader.specs:
        assert "<script>" not in json.dumps(spec)


def test_two_hours_stay_bounded(tmp_path: Path) -> None:
    units = tuple(range(1, 7))
    long = sample.clip(CLIP, seconds=7200.0, gap=(1000.0, 1100.0), units=units)
    shown = made(tmp_path, long)
    assert len(render(shown)) < 6_000_000
    lanes = [each.figure for each in of(Figure, shown, "smile.mp4, face 0") if each.group][2]
    peaks = [trace for trace in lanes.data if trace.name == "probability"]
    assert all(len(trace.y) <= 3 * 1200 for trace in peaks)
    for unit, trace in zip(units, peaks, strict=True):
        highest = pc.max(long[au_column(unit)]).as_py()
        assert np.nanmax(np.asarray(trace.y)) == highest
    assert all(np.isnan(np.asarray(trace.y)).any() for trace in peaks)
    (table,) = of(Table, shown, "smile.mp4, face 0")
    assert len(table.rows) == 240
    assert "events; times in seconds" in table.caption


def test_many_faces_stay_bounded(tmp_path: Path) -> None:
    clips = [sample.clip(f"{i}.mp4", seconds=1.0 + i / 4, gap=(9.0, 9.0)) for i in range(8)]
    shown = made(tmp_path, sample.together(*clips))
    titles = [each.title for each in shown.sections if "face 0" in each.title]
    assert titles == [f"{i}.mp4, face 0" for i in range(2, 8)]
    assert "2 others are in the table only" in words(shown)


def test_what_makes_times_less_exact_is_said(tmp_path: Path, smile: Page) -> None:
    steady = {"name": "one-euro", "delay_at_rest_s": 0.1061}
    shown = words(made(tmp_path, sample.clip(CLIP), settings={"every": 5, "smoothing": steady}))
    assert "one frame of 5 was read" in shown
    assert "smoothed (one-euro)" in shown
    assert "by 0.11 s" in shown
    assert "was read:" not in words(smile)
    assert "smoothed" not in words(smile)


def test_formats_give_the_same_page(tmp_path: Path) -> None:
    import pyarrow.csv as pa_csv

    table = sample.clip(CLIP)
    folder = sample.write(tmp_path / "r", table)
    pa_csv.write_csv(table, tmp_path / "t.csv")
    (tmp_path / "t.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in table.to_pylist()), encoding="utf-8"
    )
    pages = [page(load(path)) for path in (folder, tmp_path / "t.csv", tmp_path / "t.jsonl")]
    tables = [of(Table, each, "smile.mp4, face 0")[0] for each in pages]
    assert tables[0] == tables[1] == tables[2]


def test_a_table_without_a_scored_face(tmp_path: Path) -> None:
    table = sample.clip(CLIP, gap=(0.0, 99.0))
    shown = made(tmp_path, table)
    assert [each.title for each in shown.sections][2] == "smile.mp4, face 0"
    assert len(of(Figure, shown, "smile.mp4, face 0")) == 2  # status and pose
    empty = table.slice(0, 0)
    assert render(made(tmp_path / "e", empty)).startswith("<!doctype html>")


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(MienError, match="no such table"):
        write(tmp_path / "none.parquet", tmp_path / "p.html")
    folder = sample.write(tmp_path / "r", sample.clip(CLIP))
    for wrong in ({"most": -1}, {"keep": 1.5}):
        with pytest.raises(MienError, match="make no report"):
            write(folder, tmp_path / "p.html", **wrong)
    assert not (tmp_path / "p.html").exists()


def test_a_clip_that_could_not_be_read_is_no_photo(tmp_path: Path) -> None:
    row = {"source": "cut.mp4", "frame": None, "time": None, "status": "unreadable", "face": None}
    table = sample.together(sample.photo("one.jpg"), pa.Table.from_pylist([row]))
    kinds = (("one.jpg", "photo"), ("cut.mp4", "clip"))
    shown = made(tmp_path, table, sources=[{"source": name, "kind": kind} for name, kind in kinds])
    (tiles,) = of(Tiles, shown, "In short")
    assert [(tile.label, tile.value) for tile in tiles.tiles] == [("clips", "1"), ("photos", "1")]
    assert [row[1] for row in of(Table, shown, "Sources")[0].rows] == ["photo", "0"]
