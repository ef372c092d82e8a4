"""`mien predict` through its entry: what it shows, writes, takes and refuses."""

import csv
import io
import json
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

from mien.assets import locate
from mien.cli.main import main
from mien.predict import reader
from predict import clips, models


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory, assets_cache: Path) -> Path:
    path = tmp_path_factory.mktemp("photo") / "face.png"
    path.write_bytes(locate("astronaut", cache=assets_cache).read_bytes())
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory, portrait: np.ndarray) -> Path:
    path = tmp_path_factory.mktemp("clip") / "face.mp4"
    return clips.write(path, [portrait] * 10)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return models.write(tmp_path_factory.mktemp("bundle") / "full", full=True)


def test_photos_are_shown_where_no_place_is_named(
    picture: Path, bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blank = tmp_path / "blank.png"
    cv2.imwrite(str(blank), np.full((64, 64, 3), 90, np.uint8))
    assert main(["predict", str(picture), str(blank), "--bundle", str(bundle)]) == 0
    shown = capsys.readouterr().out
    assert "face.png, face 0: ok" in shown
    assert "lip corner puller" in shown
    assert "blank.png: no face" in shown.replace("\n", "")
    assert list(tmp_path.iterdir()) == [blank]


def test_phrases_are_shown(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = models.askable(tmp_path / "askable")
    words = ["predict", str(picture), "--bundle", str(bundle)]
    assert main([*words, "--ask", "eyes shut", "--ask", "a wide smile"]) == 0
    shown = capsys.readouterr().out
    assert shown.index("eyes shut") < shown.index("a wide smile")


def test_the_default_model_is_used_where_none_is_named(
    picture: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "default_bundle", lambda: bundle)
    assert main(["predict", str(picture)]) == 0


def test_one_file_in_openfaces_columns(picture: Path, bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "readings.csv"
    words = ["predict", str(picture), "--bundle", str(bundle), "--out", str(out)]
    assert main([*words, "--layout", "openface"]) == 0
    (row,) = csv.DictReader(out.read_text().splitlines())
    assert list(row)[:5] == ["frame", "face_id", "timestamp", "confidence", "success"]
    assert (row["frame"], row["success"], row["gaze_0_x"]) == ("1", "1", "nan")
    assert row["timestamp"] == "nan"
    assert row["AU12_c"] in {"0", "1"}
    made = json.loads((tmp_path / "readings.provenance.json").read_text())
    assert made["settings"]["layout"] == "openface"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "readings.csv", "readings.provenance.json",
    ]  # fmt: skip


def test_a_part_of_a_clip_from_a_list(
    clip: Path, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{clip}\n"))
    out = tmp_path / "part.parquet"
    words = ["predict", "-", "--bundle", str(bundle), "--out", str(out), "--every", "2"]
    assert main([*words, "--start", "0.1", "--end", "0.3", "--max-faces", "1"]) == 0
    table = pq.read_table(out)
    assert table["frame"].to_pylist() == [4, 6]
    assert table["source"].to_pylist() == [str(clip)] * 2


class FakeCamera:
    """Three frames, then nothing."""

    def __init__(self, number: int) -> None:
        self.left = 3
        self.frame = FakeCamera.portrait[..., ::-1]

    portrait = np.zeros((4, 4, 3), np.uint8)

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def read(self) -> tuple[bool, np.ndarray | None]:
        self.left -= 1
        return self.left >= 0, self.frame if self.left >= 0 else None

    def get(self, prop: int, /) -> float:
        return 25.0

    def release(self) -> None:
        pass


def test_a_camera(
    portrait: np.ndarray, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeCamera, "portrait", portrait)
    monkeypatch.setattr("mien.predict.camera.cv2.VideoCapture", FakeCamera)
    out = tmp_path / "me.jsonl"
    assert main(["predict", "webcam", "--bundle", str(bundle), "--out", str(out)]) == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(row["source"], row["frame"], row["status"]) for row in rows] == [
        ("webcam:0", number, "ok") for number in range(3)
    ]


def test_a_report_beside_the_table(
    picture: Path, bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "reading"
    words = ["predict", str(picture), "--bundle", str(bundle), "--out", str(out), "--report"]
    assert main(words) == 0
    assert "<html" in (out / "report.html").read_text()
    assert str(out / "report.html") in capsys.readouterr().out.replace("\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing to read"),
        (["CLIP"], "--out reading"),
        (["CLIP", "--out", "OUT", "--report", "--layout", "pyfeat"], "leave out --layout"),
        (["PHOTO", "--annotate"], "--out reading"),
        (["PHOTO", "--out", "OUT", "--expressions"], "--purpose"),
        (["PHOTO", "--out", "OUT", "--expressions", "--purpose", "hiring"], "Art. 5"),
        (["PHOTO", "--out", "OUT", "--ask", "a sad face"], "--purpose"),
        (["PHOTO", "--out", "OUT", "--ask", "eyes shut"], "cannot be asked"),
        (["CLIP", "--out", "OUT", "--every", "0"], "every"),
        (["CLIP", "--out", "OUT", "--start", "10"], "the clip lasts 0.4 s"),
        (["PHOTO", "--out", "OUT.xlsx"], ".parquet"),
        (["PHOTO", "--out", "OUT", "--max-faces", "0"], "max_faces is 0"),
        (["PHOTO", "--max-faces", "0"], "max_faces is 0"),
        (["PHOTO", "--every", "0", "--jobs", "-2"], "--every, --jobs"),
        (["PHOTO", "--smooth", "one-euro"], "--smooth"),
        (["PHOTO", "--providers", "nonsense"], "no provider 'nonsense'"),
        (["nothing.jpg", "--out", "OUT"], "no such file"),
    ],
)
def test_what_is_refused_says_what_to_do(
    words: list[str], said: str, picture: Path, clip: Path, bundle: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    places = {"CLIP": str(clip), "PHOTO": str(picture), "OUT": str(tmp_path / "out")}
    places["OUT.xlsx"] = f"{places['OUT']}.xlsx"
    named = [places.get(word, word) for word in words]
    assert main(["predict", *named, "--bundle", str(bundle)]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "remedy" in told
    assert list(tmp_path.iterdir()) == []


def test_a_page_is_not_written_over_another(
    picture: Path, bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.html").write_text("my thesis")
    words = ["predict", str(picture), "--bundle", str(bundle), "--out", str(tmp_path / "a.csv")]
    assert main([*words, "--report"]) == 2
    assert "a.html: the output file exists already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]
    assert (tmp_path / "a.html").read_text() == "my thesis"
    assert main(words) == 0


def test_photos_that_cannot_be_read_are_said_to_be(
    picture: Path, bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = [tmp_path / "bad.jpg", tmp_path / "cut.jpg"]
    for path in bad:
        path.write_text("no image")
    words = ["predict", "--bundle", str(bundle), *map(str, bad)]
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert all(f"{path}: " in told.err for path in bad)
    assert main([*words, str(picture)]) == 0
    told = capsys.readouterr()
    assert "face.png, face 0: ok" in told.out
    assert all(f"{path}: " in told.err for path in bad)


def test_one_photo_has_no_bar_and_a_clip_counts_its_frames(
    picture: Path, clip: Path, bundle: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    words = ["predict", "--bundle", str(bundle)]
    assert main([*words, str(picture), "--out", str(tmp_path / "photo.csv")]) == 0
    assert capsys.readouterr().err == ""
    assert main([*words, str(tmp_path / "none.jpg"), "--out", str(tmp_path / "none.csv")]) == 2
    assert "reading" not in capsys.readouterr().err
    assert main([*words, str(clip), "--out", str(tmp_path / "clip.csv")]) == 0
    assert "10/10" in capsys.readouterr().err
