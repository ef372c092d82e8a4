import math
import sys

import cv2
import numpy as np
import pyarrow.csv as pa_csv
import pytest

import mien
from mien.errors import MienError
from mien.predict import reader
from predict import models


@pytest.fixture(scope="module")
def picture(tmp_path_factory, photo):
    path = tmp_path_factory.mktemp("photo") / "astronaut.png"
    cv2.imwrite(str(path), photo[..., ::-1])
    return path


@pytest.fixture(scope="module")
def askable(tmp_path_factory):
    return models.askable(tmp_path_factory.mktemp("bundle") / "askable")


def test_a_photo_is_a_sequence_of_faces(picture, full_bundle, assets_cache):
    read = mien.read(picture, model=full_bundle, cache=assets_cache)
    assert len(read) == 1
    assert repr(read) == f"Photo({picture}, 512 x 512, 1 face)"
    face = read[0]
    assert list(face.aus) == list(models.UNITS)
    assert face.aus[12] == face.unit(12)
    assert face.intensities[12] == pytest.approx(float(face.intensity[1]))
    assert face.status == "ok"
    assert face.landmarks.shape == (478, 3)
    assert abs(face.pose.yaw) < 10
    assert face.quality.size == pytest.approx(136, abs=2)
    assert face.expression is None
    assert face.answers == {}


def test_a_file_and_its_pixels_read_the_same(picture, photo, full_bundle, assets_cache):
    of_file = mien.read(str(picture), model=str(full_bundle), cache=assets_cache)
    of_array = mien.read(photo, model=full_bundle, cache=assets_cache)
    assert of_array.source == ""
    assert of_array[0].aus == of_file[0].aus
    assert repr(of_array).startswith("Photo(array, ")


def test_arrow_and_pandas_views(picture, full_bundle, assets_cache):
    read = mien.read(picture, model=full_bundle, cache=assets_cache)
    table = read.to_arrow()
    assert table.num_rows == 1
    row = table.to_pylist()[0]
    assert row["source"] == str(picture)
    assert row["AU12"] == pytest.approx(read[0].aus[12])
    assert read.to_arrow("openface").to_pylist()[0]["AU12_c"] in (0.0, 1.0)
    pytest.importorskip("pandas")
    frame = read.to_pandas("pyfeat")
    assert frame["AU12"][0] == pytest.approx(read[0].aus[12])


def test_without_pandas_the_remedy_is_told(picture, full_bundle, assets_cache, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MienError, match="pip install pandas"):
        mien.read(picture, model=full_bundle, cache=assets_cache).to_pandas()


def test_a_photo_without_a_face_has_a_row(full_bundle, assets_cache):
    read = mien.read(np.full((64, 64, 3), 90, np.uint8), model=full_bundle, cache=assets_cache)
    assert len(read) == 0
    assert read[:] == ()
    assert read.to_arrow().to_pylist()[0]["status"] == "no face"
    assert math.isnan(read.to_arrow("pyfeat").to_pylist()[0]["AU12"])


def test_expressions_come_with_a_purpose_only(picture, full_bundle, assets_cache):
    with pytest.raises(MienError, match="purpose"):
        mien.read(picture, model=full_bundle, expressions=True, cache=assets_cache)
    read = mien.read(
        picture, model=full_bundle, expressions=True, purpose="research, consented",
        cache=assets_cache,
    )  # fmt: skip
    assert read[0].expression.shape == (2,)
    table = read.to_arrow()
    assert table["expression_happiness"].null_count == 0
    assert table.schema.metadata == {b"purpose": b"research, consented"}


def test_phrases_are_answered(picture, askable, full_bundle, assets_cache):
    read = mien.read(
        picture, model=askable, ask=(" eyes  shut", "a wide smile"), cache=assets_cache
    )
    answers = read[0].answers
    assert list(answers) == ["eyes shut", "a wide smile"]
    assert all(0 < chance < 1 for chance in answers.values())
    assert answers["eyes shut"] != answers["a wide smile"]
    row = read.to_arrow().to_pylist()[0]
    assert row["ask: eyes shut"] == pytest.approx(answers["eyes shut"])
    with pytest.raises(MienError, match="cannot be asked"):
        mien.read(picture, model=full_bundle, ask=("eyes shut",), cache=assets_cache)
    with pytest.raises(MienError, match="purpose"):
        mien.read(picture, model=askable, ask=("a sad look",), cache=assets_cache)


def test_networks_are_loaded_once(picture, full_bundle, assets_cache):
    mien.read(picture, model=full_bundle, cache=assets_cache)
    before = reader._loaded.cache_info()
    mien.read(picture, model=full_bundle, cache=assets_cache)
    assert reader._loaded.cache_info().hits == before.hits + 1


def test_the_default_model_is_the_shipped_one(picture, full_bundle, assets_cache, monkeypatch):
    monkeypatch.setattr(reader, "default_bundle", lambda: full_bundle)
    assert len(mien.read(picture, cache=assets_cache)) == 1


def test_a_video_streams(face_clip, full_bundle, assets_cache):
    path, times = face_clip
    with mien.open(path, model=full_bundle, cache=assets_cache) as video:
        assert (video.source, video.path) == (str(path), path)
        assert video.frames == 24
        assert video.duration == pytest.approx(times[-1], abs=0.1)
        assert video.rate == pytest.approx(25, abs=3)
        frames = list(video)
        assert [frame.frame for frame in frames] == list(range(24))
        assert (frames[0].width, frames[0].height) == (192, 256)
        assert video.problem == ""
        assert repr(video).startswith(f"Video({path}, ")
    with pytest.raises(ValueError, match="closed"):
        iter(video)


def test_a_part_of_a_video_as_a_table(face_clip, full_bundle, assets_cache):
    path, times = face_clip
    with mien.open(
        path, model=full_bundle, every=2, start=float(times[4]), end=float(times[13]),
        cache=assets_cache,
    ) as video:  # fmt: skip
        table = video.to_arrow()
        wide = video.to_arrow("openface")
    assert table["frame"].to_pylist() == [4, 6, 8, 10, 12]
    assert table["status"].to_pylist() == ["ok"] * 3 + ["no face"] * 2
    assert wide["frame"].to_pylist() == [5, 7, 9, 11, 13]
    assert not math.isnan(wide["pose_Tz"].to_pylist()[0])


def test_leaving_a_video_early_lets_go_of_it(face_clip, full_bundle, assets_cache):
    with mien.open(face_clip[0], model=full_bundle, cache=assets_cache) as video:
        frames = iter(video)
        assert next(frames).frame == 0
    assert list(frames) == []


@pytest.mark.parametrize("rest", ["median", "0-0.9"])
def test_a_level_is_taken_off_a_stream_as_off_a_table(
    face_clip, full_bundle, assets_cache, tmp_path, rest
):
    from mien.predict import predict_paths

    with mien.open(face_clip[0], model=full_bundle, baseline=rest, cache=assets_cache) as video:
        streamed = video.to_arrow().to_pylist()
    predict_paths(
        [face_clip[0]], full_bundle, out=tmp_path / "r.csv", baseline=rest, cache=assets_cache
    )
    written = pa_csv.read_csv(tmp_path / "r.csv").to_pylist()
    assert [row["status"] for row in streamed] == [row["status"] for row in written]
    assert sum(row["status"] == "ok" for row in streamed) >= 15
    for name in ("AU12", "AU12_intensity"):
        one, two = (np.array([row[name] for row in rows], float) for rows in (streamed, written))
        np.testing.assert_allclose(one, two, atol=1e-4)


def test_a_level_that_cannot_be_had_is_refused(face_clip, full_bundle, assets_cache, tmp_path):
    from mien.predict import predict_paths

    given = {"model": full_bundle, "cache": assets_cache}
    with pytest.raises(MienError, match="outside of what is read"):
        mien.open(face_clip[0], start=0.5, baseline="0-0.5", **given)
    with pytest.raises(MienError, match="is no baseline"):
        mien.open(face_clip[0], baseline="rest", **given)
    short = predict_paths(
        [face_clip[0]], full_bundle, out=tmp_path / "r.csv", baseline="0-0.2", cache=assets_cache
    )
    assert short.statuses == {"no level": 18, "no face": 6}
    rows = pa_csv.read_csv(tmp_path / "r.csv").to_pylist()
    assert {row["status"] for row in rows} == {"no level", "no face"}
    assert all(row["AU12"] is None for row in rows)


def test_wrong_numbers_are_refused(face_clip, full_bundle, assets_cache):
    for wrong in ({"every": 0}, {"start": 2.0, "end": 1.0}, {"smooth": "never"}):
        with pytest.raises(MienError):
            mien.open(face_clip[0], model=full_bundle, cache=assets_cache, **wrong)


def test_no_number_of_faces_below_one_is_taken(picture, face_clip, full_bundle, assets_cache):
    with pytest.raises(MienError, match="max_faces is 0"):
        mien.read(picture, model=full_bundle, max_faces=0, cache=assets_cache)
    with pytest.raises(MienError, match="max_faces is -1"):
        mien.open(face_clip[0], model=full_bundle, max_faces=-1, cache=assets_cache)


def test_a_provider_that_is_not_there_is_refused(picture, full_bundle, assets_cache):
    with pytest.raises(MienError, match="no provider 'nonsense'"):
        mien.read(picture, model=full_bundle, providers=["nonsense"], cache=assets_cache)


def test_a_clip_is_opened_not_read(face_clip, full_bundle, assets_cache, tmp_path):
    with pytest.raises(MienError, match=r"mien\.open"):
        mien.read(face_clip[0], model=full_bundle, cache=assets_cache)
    with pytest.raises(MienError, match="check path"):
        mien.read(tmp_path / "none.mp4", model=full_bundle, cache=assets_cache)
