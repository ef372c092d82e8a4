"""The reader's benchmark, tiny."""

import json

import pytest

from mien.bench.speed.reader import CROP, DECODE, FACES, NET, PARTS, REST, Spread, repeat
from mien.cli.main import main
from mien.predict.clip import Clip
from predict import clips, models


def test_a_film_is_repeated_frame_by_frame(tmp_path):
    film = clips.write(tmp_path / "film.mp4", [clips.quadrants()] * 7)
    long = Clip(repeat(film, tmp_path / "long.mp4", 3))
    times = [frame.time for frame in long.frames()]
    assert len(times) == 21
    assert times == pytest.approx([index / 25 for index in range(21)], abs=1e-3)
    assert long.problem == ""


def test_a_spread_is_of_all_repeats():
    assert Spread.of([3.0, 1.0, 2.0]) == Spread(median=2.0, lowest=1.0, highest=3.0)


def test_a_runner_that_is_asked_for_has_a_record_of_its_own(tmp_path):
    bundle, out = models.write(tmp_path / "tiny"), tmp_path / "results"
    words = ["--width", "192", "--height", "128", "--seconds", "0.4", "--loops", "1"]
    more = ["--long-loops", "2", "--repeats", "1", "--bundle", str(bundle), "--out", str(out)]
    assert main(["bench", "reader", *words, *more, "--runner", "opencv"]) == 0
    assert sorted(each.name for each in out.iterdir()) == ["reader-opencv.json", "reader-opencv.md"]
    assert "mien bench reader" in (out / "reader-opencv.md").read_text()
    assert "opencv" in json.loads((out / "reader-opencv.json").read_text())["figures"]["runner"]


def test_the_command_leaves_a_record(tmp_path, capsys):
    bundle, out = models.write(tmp_path / "tiny"), tmp_path / "results"
    words = ["--width", "192", "--height", "128", "--seconds", "0.4", "--loops", "1"]
    more = ["--long-loops", "2", "--repeats", "1", "--bundle", str(bundle), "--out", str(out)]
    assert main(["bench", "reader", *words, *more]) == 0
    shown = capsys.readouterr().out
    assert "frames/s, one face" in shown
    figures = json.loads((out / "reader.json").read_text())["figures"]
    assert figures["frames"] == 10
    assert figures["size"] == [192, 128]
    assert list(figures["parts"]) == list(PARTS) == [DECODE, FACES, CROP, NET, REST]
    assert all(part["median"] >= 0 for part in figures["parts"].values())
    assert figures["rate"]["median"] > 0
    assert figures["cold"]["median"] > 0
    assert figures["floor"] > 0
    assert 50 < figures["memory_mb"][0] <= figures["peak_mb"]
    assert (out / "reader.md").read_text().startswith("# Reader speed and memory")
