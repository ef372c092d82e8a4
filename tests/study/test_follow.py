"""One face of each frame: the largest, or a numbered one; lost frames say why."""

from pathlib import Path

import numpy as np
import pytest

from mien.errors import MienError
from mien.study import tables
from mien.study.follow import follow
from study.reading import bumps, clip_rows, write


def curves(frames: int) -> np.ndarray:
    return np.stack([bumps(frames), bumps(frames, (2, 4))], axis=1)


def test_one_face_with_its_losses(tmp_path: Path) -> None:
    rows = clip_rows("a.mp4", curves(6), lost={1: "no face", 5: "blurred"})
    readings = tables.load(write(tmp_path / "reading", rows))
    seen = follow(readings, tables.sources(readings)[0])
    assert seen.units == (4, 12)
    assert seen.thresholds.tolist() == [0.5, 0.4]
    assert seen.times.tolist() == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4, 0.5])
    assert seen.frames.tolist() == list(range(6))
    assert seen.status.tolist() == ["ok", "no face", "ok", "ok", "ok", "blurred"]
    assert np.isnan(seen.present[:, 1]).tolist() == [False, True, False, False, False, True]
    assert np.nansum(seen.present[:, 1]) == 2
    assert seen.intensity is not None
    assert seen.intensity[2, 1] == pytest.approx(4.5)
    assert seen.pose[0].tolist() == [1.0, 2.0, 3.0]
    assert np.isnan(seen.pose[1]).all()


def test_the_largest_of_several_or_the_one_that_is_named(tmp_path: Path) -> None:
    rows = clip_rows("a.mp4", curves(3))
    small = {**rows[1], "face": 1, "size": 40.0, "AU12": 0.7}
    large = {**rows[2], "face": 1, "size": 120.0, "AU12": 0.8}
    readings = tables.load(write(tmp_path / "reading", [*rows, small, large]))
    source = tables.sources(readings)[0]
    largest = follow(readings, source).probability[:, 1]
    assert largest.tolist() == pytest.approx([0.1, 0.1, 0.8])
    second = follow(readings, source, face=1)
    assert second.probability[1:, 1].tolist() == pytest.approx([0.7, 0.8])
    assert second.status.tolist() == ["no face", "ok", "ok"]
    with pytest.raises(MienError, match="no face 7"):
        follow(readings, source, face=7)


def test_a_photo_is_one_frame(tmp_path: Path) -> None:
    row = {**clip_rows("a.jpg", curves(1))[0], "time": None}
    readings = tables.load(write(tmp_path / "reading", [row]))
    seen = follow(readings, tables.sources(readings)[0])
    assert seen.times.tolist() == [0.0]
    assert seen.probability.tolist() == [pytest.approx([0.1, 0.1])]


def test_without_intensities(tmp_path: Path) -> None:
    rows = clip_rows("a.mp4", curves(2))
    for row in rows:
        del row["AU04_intensity"], row["AU12_intensity"]
    readings = tables.load(write(tmp_path / "reading", rows))
    assert follow(readings, tables.sources(readings)[0]).intensity is None
