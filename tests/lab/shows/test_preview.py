"""Sheets and clips: there, readable, and in step with their truth."""

from dataclasses import replace

import av
import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

from mien.lab.interview import Interview
from mien.lab.shows.clip_video import write_clip
from mien.lab.shows.preview import (
    caption,
    contact_sheet,
    preview,
    prototype_face,
)

INTERVIEW = Interview(subjects=2, frames=2, seconds=2.0)


def test_a_sheet_places_images_exactly():
    images = [
        [np.full((8, 8, 3), 10 * row + place, np.uint8) for place in range(3)] for row in (0, 1)
    ]
    sheet = contact_sheet(images)
    assert sheet.shape == (4 + 2 * 12 + 4, 4 + 3 * 12, 3)
    assert sheet[4 + 12, 4 + 24].tolist() == [12, 12, 12]
    words = contact_sheet(images, captions=[["a", "b", "c"]] * 2, rows=["x", "y"], title="title")
    assert words.shape[0] > sheet.shape[0]
    assert words.min() < 255


def test_captions_say_what_is_there():
    clip = INTERVIEW.clips(0)[0]
    words = caption(INTERVIEW, clip, 0).split()
    labels = INTERVIEW.frame(clip, 0).labels
    assert all(labels[f"AU{int(unit):02d}"] == 1.0 for unit in words[1:])
    assert caption(replace(INTERVIEW, labelled=False), clip, 0) == "-"


def test_prototypes_act_on_one_side_where_they_should():
    face = prototype_face("contempt")
    assert face.intensity.max() == 3.5
    assert (face.intensity[:, 0] >= face.intensity[:, 1]).all()


def test_preview_writes_pngs(tmp_path):
    written = preview(tmp_path / "sheets", size=16)
    assert len(written) == 6
    widths = {path.stem: cv2.imread(str(path)).shape[1] for path in written}
    columns = {"people": 8, "units": 16, "interview-0": 12, "interview-1": 12}
    columns |= {"subjects": 8, "wild": 12}
    assert widths == {name: 4 + count * 20 for name, count in columns.items()}
    assert sorted(path.name for path in (tmp_path / "sheets").iterdir()) == sorted(
        path.name for path in written
    )


def test_a_clip_and_its_truth_are_in_step(tmp_path):
    clip = INTERVIEW.clips(0)[1]
    files = write_clip(INTERVIEW, clip, tmp_path / "clip.mp4", width=64, height=48, seconds=0.4)
    assert files.frames == 10
    truth = pq.read_table(files.truth)
    assert truth.num_rows == 10
    assert truth["frame"].to_pylist() == list(range(10))
    assert truth["pts_ms"].to_pylist() == pytest.approx([40.0 * frame for frame in range(10)])
    with av.open(str(files.video)) as video:
        frames = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
        assert video.streams.video[0].average_rate == 25
    assert len(frames) == 10
    assert frames[0].shape == (48, 64, 3)


def test_a_clip_may_begin_later(tmp_path):
    clip = INTERVIEW.clips(0)[1]
    whole = write_clip(INTERVIEW, clip, tmp_path / "whole.mp4", width=32, height=32)
    late = write_clip(
        INTERVIEW, clip, tmp_path / "late.mp4", width=32, height=32, start=1.0, seconds=0.2
    )
    assert whole.frames == 50
    one, other = pq.read_table(whole.truth), pq.read_table(late.truth)
    assert other["AU25_intensity"].to_pylist() == one["AU25_intensity"].to_pylist()[25:30]
    assert other["yaw"].to_pylist() == one["yaw"].to_pylist()[25:30]


def test_a_clip_without_libx264_is_mpeg4(tmp_path, monkeypatch):
    clip = INTERVIEW.clips(0)[1]
    place = {"width": 96, "height": 64, "seconds": 0.2}
    usual = write_clip(INTERVIEW, clip, tmp_path / "usual.mp4", **place)
    monkeypatch.setattr(av.codec, "codecs_available", frozenset({"mpeg4"}))
    other = write_clip(INTERVIEW, clip, tmp_path / "other.mp4", **place)
    pictures = []
    for files, codec in ((usual, "h264"), (other, "mpeg4")):
        with av.open(str(files.video)) as video:
            assert video.streams.video[0].codec_context.name == codec
            assert video.streams.video[0].average_rate == 25
            pictures.append([frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)])
    one, two = np.array(pictures, int)
    assert len(one) == 5
    assert np.abs(one - two).mean() < 4.0
    assert pq.read_table(other.truth).equals(pq.read_table(usual.truth))
