"""The benchmark of SSLFER's edits: its figures, its sheet, its record."""

import json

import cv2
import numpy as np
import pytest

from mien.bench.speed.face_swap import lab_faces, measure, sheet, write_picture
from mien.cli.main import main
from mien.errors import MienError


@pytest.fixture(scope="module")
def faces():
    return lab_faces(size=48, people=2, frames=1)


def test_each_edit_is_timed(faces):
    assert len(faces) == 16
    assert np.isfinite(faces.points).all()
    speeds = {one.name: one for one in measure(faces, count=4, repeats=2)}
    assert len(speeds) == 3
    assert all(0 < one.lowest <= one.per_second <= one.highest for one in speeds.values())


def test_the_sheet_shows_a_row_for_each_person(faces, tmp_path):
    one, two = sheet(faces, rows=1), sheet(faces, rows=5)
    assert two.shape[1] == one.shape[1] > 8 * 48
    assert two.shape[0] > one.shape[0] > 48
    write_picture(tmp_path / "sheet.png", one)
    again = cv2.imread(str(tmp_path / "sheet.png"))
    assert again is not None
    assert np.array_equal(again[:, :, ::-1], one)
    with pytest.raises(MienError, match="no name of a picture"):
        write_picture(tmp_path / "sheet.txt", one)


def test_the_command_leaves_record_and_picture(tmp_path, capsys):
    options = ["--sizes", "40", "--people", "2", "--frames", "1", "--count", "4"]
    options += ["--repeats", "1"]
    picture = tmp_path / "sheet.jpg"
    words = ["bench", "face-swap", *options, "--out", str(tmp_path), "--picture", str(picture)]
    assert main(words) == 0
    assert "FaceSwap" in capsys.readouterr().out
    record = json.loads((tmp_path / "face-swap.json").read_text())
    assert record["figures"]["sizes"][0]["size"] == 40
    assert record["command"].startswith("mien bench face-swap --out")
    assert picture.stat().st_size > 1000
