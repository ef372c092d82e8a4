"""Pictures of moments come from the right frame of the right file, or not at all."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.predict.illustrate import SIDE, Album, face_crop, write_report
from mien.report.stills import Moment
from mien.study.tables import load
from predict import clips
from report import reading_sample as sample

BOX = (30.0, 30.0, 60.0, 60.0)
RATE = 25


def level(index: int) -> int:
    return 20 + 7 * (index % 30)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """90 frames, each of its own grey, a key frame every 12."""
    frames = (np.full((96, 96, 3), level(index), np.uint8) for index in range(90))
    return clips.write(tmp_path_factory.mktemp("film") / "grey.mp4", frames, rate=RATE)


def album(tmp_path: Path, source: Path, digest: str = "") -> Album:
    said = sample.provenance(sources=[{"source": str(source), "sha256": digest}])
    return Album(load(sample.write(tmp_path / "r", sample.clip(str(source)), said)))


def test_each_moment_shows_its_own_frame(film: Path, tmp_path: Path) -> None:
    wanted = [55, 0, 13, 89, 12, 56]
    moments = [Moment(source=str(film), time=i / RATE, box=BOX) for i in wanted]
    found = album(tmp_path, film)(moments)
    for index, image in zip(wanted, found, strict=True):
        assert image is not None
        assert image.shape == (SIDE, SIDE, 3)
        assert abs(float(image.mean()) - level(index)) < 3


def test_a_clip_whose_clock_begins_late_shows_the_same(tmp_path: Path) -> None:
    frames = [np.full((96, 96, 3), level(index), np.uint8) for index in range(20)]
    times = [1.4 + index / RATE for index in range(20)]
    path = clips.write(tmp_path / "grey.mts", frames, times=times)
    (found,) = album(tmp_path, path)([Moment(source=str(path), time=15 / RATE, box=BOX)])
    assert found is not None
    assert abs(float(found.mean()) - level(15)) < 3


def test_a_time_between_frames_shows_nothing(film: Path, tmp_path: Path) -> None:
    off = Moment(source=str(film), time=10.5 / RATE, box=BOX)
    late = Moment(source=str(film), time=99.0, box=BOX)
    assert album(tmp_path, film)([off, late]) == [None, None]


def test_a_clip_is_upright(tmp_path: Path) -> None:
    image = clips.quadrants(96, 96)
    path = clips.rotate_header(clips.write(tmp_path / "q.mp4", [image] * 3), 90)
    (found,) = album(tmp_path, path)(
        [Moment(source=str(path), time=0.0, box=(0.0, 0.0, 96.0, 96.0))]
    )
    assert found is not None
    expected = np.rot90(image, -1)
    corner = found[SIDE // 4, SIDE // 4].astype(int)
    assert np.abs(corner - expected[24, 24].astype(int)).max() < 40


def test_a_photo_is_cropped(tmp_path: Path) -> None:
    image = np.full((120, 160, 3), 90, np.uint8)
    image[40:70, 100:130] = (250, 10, 10)
    path = tmp_path / "p.png"
    cv2.imwrite(str(path), image[..., ::-1])
    (found,) = album(tmp_path, path)(
        [Moment(source=str(path), time=None, box=(100.0, 40.0, 130.0, 70.0))]
    )
    assert found is not None
    np.testing.assert_array_equal(found[SIDE // 2, SIDE // 2], (250, 10, 10))
    np.testing.assert_array_equal(found[4, 4], (90, 90, 90))


def test_changed_missing_or_broken_sources_show_nothing(film: Path, tmp_path: Path) -> None:
    moment = Moment(source=str(film), time=0.0, box=BOX)
    assert album(tmp_path / "a", film, "00" * 32)([moment]) == [None]
    digest = hashlib.sha256(film.read_bytes()).hexdigest()
    assert album(tmp_path / "b", film, digest)([moment])[0] is not None
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no clip")
    for name in (str(broken), "gone.mp4", "webcam:0", str(tmp_path)):
        assert album(tmp_path / "c", film)([Moment(source=name, time=0.0, box=BOX)]) == [None]


def test_a_crop_beyond_the_edge_repeats_it() -> None:
    image = np.full((50, 50, 3), 77, np.uint8)
    for box in ((-30.0, -30.0, 10.0, 10.0), (0.0, 0.0, 900.0, 900.0), (5.0, 5.0, 5.0, 5.0)):
        np.testing.assert_array_equal(face_crop(image, box), 77)
    large = np.full((900, 900, 3), 55, np.uint8)
    np.testing.assert_array_equal(face_crop(large, (0.0, 0.0, 900.0, 900.0)), 55)


def test_the_report_has_pictures_unless_told_otherwise(film: Path, tmp_path: Path) -> None:
    table = sample.clip(str(film), seconds=3.5)
    folder = sample.write(tmp_path / "r", table, sample.provenance())
    shown = write_report(folder, tmp_path / "with.html").read_text(encoding="utf-8")
    assert shown.count('src="data:image/jpeg') == 3
    for options in ({"pictures": False}, {"most": 0}):
        bare = write_report(folder, tmp_path / "without.html", **options)
        assert "data:image/jpeg;base64," not in bare.read_text(encoding="utf-8")
