import numpy as np
import pytest

from mien.errors import MienError
from mien.predict.clip import Clip
from predict import clips


@pytest.mark.parametrize(
    ("degrees", "corners"), [(0, "rgbw"), (90, "brwg"), (180, "wbgr"), (270, "gwrb")]
)
def test_the_display_matrix_is_applied(tmp_path, degrees, corners):
    path = clips.write(tmp_path / "a.mp4", [clips.quadrants()] * 3)
    frames = list(Clip(clips.rotate_header(path, degrees)).frames())
    image = frames[0].image
    assert image.shape == ((96, 128, 3) if degrees % 180 == 0 else (128, 96, 3))
    height, width = image.shape[:2]
    seen = ""
    for y in (height // 4, 3 * height // 4):
        for x in (width // 4, 3 * width // 4):
            pixel = image[y, x].astype(int)
            seen += "w" if pixel.min() > 150 else "rgb"[int(pixel.argmax())]
    assert seen == corners


def test_times_are_the_frames_own(tmp_path):
    times = [0.0, 0.05, 0.2, 0.21, 1.0]
    clip = Clip(clips.write(tmp_path / "a.mp4", clips.drifting(5), times=times))
    frames = list(clip.frames())
    np.testing.assert_allclose([frame.time for frame in frames], times, atol=1e-4)
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert (clip.declared, clip.decoded, clip.damaged, clip.problem) == (5, 5, 0, "")
    assert "image" not in repr(frames[0])


@pytest.mark.parametrize("begins", [0.0, 1.4, 36000.0])
def test_a_clock_that_stands_anywhere_counts_from_the_file_s_beginning(tmp_path, begins):
    times = [begins + 0.04 * index for index in range(6)]
    clip = Clip(clips.write(tmp_path / "a.mts", clips.drifting(6), times=times))
    frames = list(clip.frames(end=0.2))
    assert clip.origin >= begins
    assert clip.problem == ""
    np.testing.assert_allclose([frame.time for frame in frames], np.arange(5) * 0.04, atol=1e-4)
    assert len(list(clip.frames())) == 6
    assert clip.problem == ""


def test_a_clock_that_a_file_means_is_kept(tmp_path):
    path = clips.write(tmp_path / "a.mp4", clips.drifting(3), times=[1.0, 1.04, 1.08])
    assert [frame.time for frame in Clip(path).frames()] == pytest.approx([1.0, 1.04, 1.08])


@pytest.mark.parametrize(("aspect", "width"), [((4, 3), 171), ((8, 9), 114), ((1, 1), 128)])
def test_pixels_are_made_square(tmp_path, aspect, width):
    path = clips.write(tmp_path / "a.mp4", [clips.quadrants()] * 2, aspect=aspect)
    clip = Clip(path)
    image = next(iter(clip.frames())).image
    assert (clip.width, clip.height) == (width, 96) == image.shape[1::-1]
    middle = width // 2
    assert image[20, middle - 8].argmax() == 0  # red, left of the middle as stored
    assert image[20, middle + 8].argmax() == 1


def test_a_narrow_picture_that_is_turned_is_widened_before(tmp_path):
    path = clips.write(tmp_path / "a.mp4", [clips.quadrants()] * 2, aspect=(4, 3))
    clip = Clip(clips.rotate_header(path, 90))
    assert next(iter(clip.frames())).image.shape[:2] == (171, 96)


@pytest.mark.parametrize("every", [1, 2, 3, 10])
def test_every_so_manieth_frame(tmp_path, every):
    path = clips.write(tmp_path / "a.mkv", clips.drifting(7))
    clip = Clip(path)
    assert [frame.index for frame in clip.frames(every=every)] == list(range(0, 7, every))
    assert clip.decoded == 7
    with pytest.raises(ValueError, match="at least 1"):
        next(clip.frames(every=0))


def test_a_part_keeps_the_file_s_numbers_and_times(tmp_path):
    clip = Clip(clips.write(tmp_path / "a.mp4", clips.drifting(40)))
    assert (clip.width, clip.height, clip.duration) == (128, 96, pytest.approx(1.6, abs=0.05))
    whole = list(clip.frames())
    part = list(clip.frames(start=0.4, end=1.0))
    assert [frame.index for frame in part] == list(range(10, 25))
    assert [frame.time for frame in part] == [frame.time for frame in whole[10:25]]
    np.testing.assert_array_equal(part[0].image, whole[10].image)
    assert (clip.decoded, clip.problem) == (25, "")
    assert [frame.index for frame in clip.frames(start=0.4, every=7)] == [14, 21, 28, 35]
    assert [frame.index for frame in clip.frames(first=17, every=5)] == [20, 25, 30, 35]
    assert clip.decoded == 40


def test_damaged_frames_are_counted_in_their_place(tmp_path):
    path = clips.write(tmp_path / "a.mp4", clips.drifting(60))
    content = bytearray(path.read_bytes())
    start = content.index(b"mdat")
    size = int.from_bytes(content[start - 4 : start], "big")
    for at in range(start + size // 3, start + size // 3 + 400):
        content[at] ^= 0xFF
    path.write_bytes(bytes(content))
    clip = Clip(path)
    frames = list(clip.frames())
    damaged = [frame for frame in frames if frame.image is None]
    assert len(frames) == 60
    assert clip.decoded + clip.damaged == 60
    assert 0 < len(damaged) == clip.damaged < 30
    times = [frame.time for frame in frames]
    assert times == sorted(times)
    assert len(list(clip.frames())) == 60


def test_a_clip_that_breaks_off_says_so(tmp_path):
    path = clips.write(tmp_path / "a.mkv", clips.drifting(60))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    clip = Clip(path)
    count = len(list(clip.frames()))
    assert 5 < count < 55
    assert "breaks off" in clip.problem


@pytest.mark.parametrize("content", [b"", b"no film", b"\0\0\0\x18ftypisom" + b"\0" * 500])
def test_no_clip_is_told(tmp_path, content):
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    with pytest.raises(MienError, match=r"cannot be opened|no video|can be decoded"):
        list(Clip(path).frames())


def test_a_missing_clip_is_told(tmp_path):
    with pytest.raises(MienError, match="cannot be opened"):
        Clip(tmp_path / "none.mp4")


def test_sound_alone_is_no_clip(tmp_path):
    import av

    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(MienError, match="no video"):
        Clip(path)


@pytest.mark.parametrize("part", [{"start": 10.0}, {"end": 0.0}, {"start": 0.1, "every": 100}])
def test_a_part_without_a_frame_is_refused(tmp_path, part):
    clip = Clip(clips.write(tmp_path / "a.mp4", clips.drifting(10)))
    with pytest.raises(MienError, match=r"the clip lasts 0\.4 s"):
        list(clip.frames(**part))
    assert list(clip.frames(first=10)) == []
