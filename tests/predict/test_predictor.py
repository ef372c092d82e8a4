import threading
from fractions import Fraction
from itertools import chain, islice

import cv2
import numpy as np
import pytest

from mien.errors import MienError
from mien.faces.template import CANONICAL
from mien.predict import FaceReading, Limits, Predictor
from mien.predict.clip import Clip
from mien.predict.following import Follower
from mien.predict.frames import ClipFrame
from predict import clips, models


@pytest.fixture(scope="module")
def predictor(bundle, landmarker):
    return Predictor(bundle, landmarker=landmarker)


def test_a_photo_is_read_as_by_hand(predictor, landmarker, photo, tmp_path):
    (reading,) = predictor.image(photo)
    (face,) = landmarker.detect(photo, thorough=True)
    crop = CANONICAL.crop(photo, face.landmarks, models.SIZE)
    expected = models.expected(crop[None], models.widths(full=False))["au"][0]
    np.testing.assert_allclose(reading.au, expected, atol=1e-5)
    assert reading.status == "ok"
    assert reading.units == models.UNITS
    assert reading.unit(12) == pytest.approx(float(expected[1]), abs=1e-5)
    with pytest.raises(KeyError):
        reading.unit(45)
    assert reading.expression is None
    assert reading.intensity is None
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), photo[..., ::-1])
    (again,) = predictor.image(path)
    np.testing.assert_array_equal(again.au, reading.au)


def test_repr_shows_shapes(predictor, photo):
    (reading,) = predictor.image(photo)
    box = " ".join(f"{edge:.0f}" for edge in reading.box)
    assert repr(reading) == f"FaceReading(face 0, ok, box {box}, au (3,))"


def test_no_face_is_an_empty_list(predictor):
    assert predictor.image(np.full((100, 100, 3), 90, np.uint8)) == []


def test_each_of_several_faces_is_read_on_its_own(predictor, photo):
    dark = (photo * 0.6).astype(np.uint8)
    pair = np.hstack([photo, dark])
    readings = predictor.image(pair)
    assert [reading.face for reading in readings] == [0, 1]
    by_place = sorted(readings, key=lambda reading: float(reading.box[0]))
    (alone,) = predictor.image(dark)
    np.testing.assert_allclose(by_place[1].au, alone.au, atol=2e-3)
    assert np.abs(by_place[0].au - alone.au).max() > 0.01


def test_faces_beyond_the_limits_are_listed_but_not_scored(bundle, landmarker, photo):
    strict = Predictor(bundle, landmarker=landmarker, limits=Limits(size=500.0))
    (reading,) = strict.image(photo)
    assert reading.status == "too small"
    assert np.isnan(reading.au).all()
    soft = np.asarray(cv2.GaussianBlur(photo, (0, 0), 7), np.uint8)
    blurred = Predictor(bundle, landmarker=landmarker).image(soft)
    assert [reading.status for reading in blurred] in (["blurred"], [])


def test_expressions_need_a_purpose_and_a_model(bundle, full_bundle, landmarker, photo):
    with pytest.raises(MienError, match="purpose"):
        Predictor(full_bundle, landmarker=landmarker, expressions=True)
    with pytest.raises(MienError, match="has no expressions"):
        Predictor(bundle, landmarker=landmarker, expressions=True, purpose="a study")
    quiet = Predictor(full_bundle, landmarker=landmarker).image(photo)[0]
    assert quiet.expression is None
    assert quiet.affect is None
    assert quiet.expressions == ()
    assert quiet.intensity is not None
    asked = Predictor(full_bundle, landmarker=landmarker, expressions=True, purpose="a study")
    reading = asked.image(photo)[0]
    assert reading.expressions == models.EXPRESSIONS
    assert reading.expression.shape == (2,)
    assert reading.affect.shape == (2,)


def test_a_clip_is_read_frame_by_frame(predictor, face_clip):
    path, times = face_clip
    frames = list(predictor.video(path))
    assert [frame.frame for frame in frames] == list(range(24))
    np.testing.assert_allclose([frame.time for frame in frames], times, atol=1e-4)
    statuses = [frame.status for frame in frames]
    assert statuses == ["ok"] * 10 + ["no face"] * 6 + ["ok"] * 8
    assert {face.face for frame in frames for face in frame.faces} == {0}
    lefts = np.array([frame.faces[0].box[0] for frame in frames if frame.faces])
    moved = np.array([index for index in range(24) if not 10 <= index < 16])
    assert np.abs((lefts - lefts[0]) - moved).max() < 2.5
    assert repr(frames[0]) == "FrameReading(frame 0, 0.000 s, ok, 1 face)"


def test_a_clips_readings_equal_its_frames_read_as_photos(predictor, face_clip):
    """The followed face and the found face give nearly the same crop."""
    followed = [frame.faces[0].au for frame in predictor.video(face_clip[0]) if frame.faces]
    found = []
    for frame in Clip(face_clip[0]).frames():
        readings = predictor.image(frame.image)
        found += [reading.au for reading in readings[:1]]
    assert len(found) == len(followed)
    np.testing.assert_allclose(np.stack(followed), np.stack(found), atol=0.02)


def test_every_third_frame(predictor, face_clip):
    assert [frame.frame for frame in predictor.video(face_clip[0], every=3)] == [*range(0, 24, 3)]


def test_two_faces_keep_their_numbers(predictor, portrait, tmp_path):
    frames = [
        np.hstack([np.roll(portrait, index, axis=1), np.roll(portrait[:, ::-1], -index, axis=1)])
        for index in range(8)
    ]
    readings = list(predictor.video(clips.write(tmp_path / "two.mp4", frames)))
    for reading in readings:
        assert len(reading.faces) == 2
        where = {face.face: float(face.box[0]) for face in reading.faces}
        assert set(where) == {0, 1}
        first = {face.face: float(face.box[0]) for face in readings[0].faces}
        assert (where[0] < where[1]) == (first[0] < first[1])


def test_max_faces_keeps_the_largest(bundle, landmarker, photo):
    small = np.full_like(photo, 90)
    small[:256, :256] = cv2.resize(photo, (256, 256))
    one = Predictor(bundle, landmarker=landmarker, max_faces=1)
    (reading,) = one.image(np.hstack([small, photo]))
    assert reading.box[0] > 512


def test_readings_are_frozen(predictor, photo):
    (reading,) = predictor.image(photo)
    assert isinstance(reading, FaceReading)
    with pytest.raises(AttributeError):
        reading.status = "ok"


class Broken:
    """Five frames, of which one could not be decoded, then an error."""

    declared, decoded, damaged, problem, rate = 0, 5, 1, "", Fraction(25)

    def __init__(self, image, *, read_ahead):
        self.image = image
        self.read_ahead = read_ahead

    def frames(self, *, every=1, start=None, end=None, first=0):
        for index in range(5):
            yield ClipFrame(index=index, time=index / 25, image=self.image if index != 1 else None)
        raise MienError("the disk is gone", remedy="plug it in")


@pytest.mark.parametrize("read_ahead", [0, 2])
def test_what_came_before_an_error_is_read(predictor, portrait, read_ahead):
    readings = predictor.watch(Broken(portrait, read_ahead=read_ahead))
    statuses = [seen.reading.status for seen in islice(readings, 5)]
    assert statuses == ["ok", "damaged", "ok", "ok", "ok"]
    with pytest.raises(MienError, match="disk is gone"):
        next(readings)


def test_threads_and_groups_change_nothing(predictor, landmarker, face_clip):
    """The slow way: one frame after the other, in one thread."""
    follower = Follower(landmarker, None)
    slow = []
    for frame in Clip(face_clip[0]).frames():
        faces, numbers = follower.find(frame.image, frame.time)
        slow.append(predictor.score(frame.image, faces, numbers))
    fast = [list(frame.faces) for frame in predictor.video(face_clip[0])]
    assert [[face.face for face in one] for one in fast] == [
        [face.face for face in one] for one in slow
    ]
    for ours, plain in zip(chain(*fast), chain(*slow), strict=True):
        np.testing.assert_array_equal(ours.landmarks, plain.landmarks)
        np.testing.assert_allclose(ours.au, plain.au, atol=1e-6)
        assert ours.quality == plain.quality


def test_nothing_runs_on_after_a_reading_is_left(predictor, face_clip):
    def running():
        return [each.name for each in threading.enumerate()].count("mien-ahead")

    before = running()
    readings = predictor.video(face_clip[0])
    next(readings)
    assert running() == before + 2  # one decodes, one finds
    readings.close()
    assert running() == before


def test_two_readings_at_once_do_not_disturb_each_other(predictor, face_clip):
    alone = [frame.faces for frame in predictor.video(face_clip[0])]
    pairs = list(zip(predictor.video(face_clip[0]), predictor.video(face_clip[0]), strict=True))
    for number, faces in enumerate(alone):
        for reading in pairs[number]:
            assert len(reading.faces) == len(faces)
            for ours, plain in zip(reading.faces, faces, strict=True):
                np.testing.assert_array_equal(ours.landmarks, plain.landmarks)
                np.testing.assert_array_equal(ours.au, plain.au)
