from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from mien.predict import Limits, Predictor
from mien.predict.drawing import ClipWriter, draw


def test_a_picture_shows_the_face_and_bars(full_bundle, landmarker, photo):
    (reading,) = Predictor(full_bundle, landmarker=landmarker).image(photo)
    drawn = draw(photo, [reading])
    assert drawn.shape == (512, 812, 3)
    changed = np.abs(drawn[:, :512].astype(int) - photo).sum(axis=2) > 60
    rows, columns = np.nonzero(changed)
    assert 170 < columns.min() < 185
    assert 268 < columns.max() < 285
    assert rows.max() < 185
    bars = drawn[38:48, 512 + 176 : 512 + 256]
    filled = (np.abs(bars.astype(int) - (0, 114, 178)).sum(axis=2) < 30).mean()
    assert filled == pytest.approx(float(reading.au[0]), abs=0.06)


def test_faces_not_scored_and_no_face_are_drawn_too(full_bundle, landmarker, photo):
    strict = Predictor(full_bundle, landmarker=landmarker, limits=Limits(size=999.0))
    assert draw(photo, strict.image(photo)).shape == (512, 812, 3)
    assert draw(photo, [], note="0.04 s").shape == (512, 812, 3)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((10, 20), (480, 960)), ((2160, 100), (1080, 50)), ((700, 300), (700, 300))],
)
def test_drawn_height_is_kept_readable(size, expected):
    drawn = draw(np.zeros((*size, 3), np.uint8), [])
    assert drawn.shape == (expected[0], expected[1] + 300, 3)


def test_many_faces_end_with_a_count(full_bundle, landmarker, photo):
    (reading,) = Predictor(full_bundle, landmarker=landmarker).image(photo)
    assert draw(photo, [reading] * 20).shape == (512, 812, 3)


def test_phrases_come_first_and_what_has_no_room_is_left_out(full_bundle, landmarker, photo):
    (reading,) = Predictor(full_bundle, landmarker=landmarker).image(photo)
    names = tuple(f"phrase {number}" for number in range(40))
    asked = np.full(40, 0.5, np.float32)
    drawn = draw(photo, [replace(reading, prompts=names, asked=asked)], note="0.04 s")
    assert drawn.shape == (512, 812, 3)
    blue = np.abs(drawn[:, 512 + 176 : 512 + 256].astype(int) - (0, 114, 178)).sum(axis=2) < 30
    rows = np.flatnonzero(blue.mean(axis=1) > 0.3)
    assert rows[0] == 38
    assert 455 < rows[-1] < 490
    assert blue[rows].mean() == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("count", [3, 23, 33])
def test_every_unit_has_its_bar_in_a_small_picture(full_bundle, landmarker, photo, count):
    (reading,) = Predictor(full_bundle, landmarker=landmarker).image(photo)
    many = replace(
        reading, units=tuple(range(1, count - 1)), au=np.full(count - 2, 0.5, np.float32),
        expressions=("neutral", "fear"), expression=np.full(2, 0.5, np.float32),
    )  # fmt: skip
    column = draw(photo, [many])[38:, 512 + 180].astype(int)
    blue = np.abs(column - (0, 114, 178)).sum(axis=1) < 30
    assert np.count_nonzero(np.diff(blue.astype(int)) == -1) == count


def test_clip_times_start_at_zero_and_keep_their_gaps(tmp_path):
    path = tmp_path / "a.mp4"
    with ClipWriter(path, rate=Fraction(25)) as clip:
        for time in (5.0, 5.04, 5.5, 5.5):
            clip.add(np.full((101, 151, 3), 90, np.uint8), time=time)
    with av.open(str(path)) as container:
        frames = [
            (float(frame.time), frame.width, frame.height) for frame in container.decode(video=0)
        ]
    np.testing.assert_allclose([frame[0] for frame in frames], [0, 0.04, 0.5, 0.5], atol=1e-3)
    assert frames[0][1:] == (150, 100)


def test_an_empty_clip_leaves_no_file(tmp_path):
    path = tmp_path / "a.mp4"
    with ClipWriter(path, rate=Fraction(25)):
        pass
    assert not path.exists()
