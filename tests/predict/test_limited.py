"""Strangers' media, sound and hostile, in a child that may die without taking us along."""

import os
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib

import cv2
import numpy as np
import pytest

from mien.errors import MienError
from mien.predict import limited
from mien.predict.children import environment
from mien.predict.clip import Clip
from mien.predict.limited import Decoder, LimitedClip
from predict import clips, processes


@pytest.fixture(scope="module")
def decoder():
    with Decoder(seconds=20.0) as running:
        yield running


@pytest.fixture(scope="module")
def sound():
    image = np.random.default_rng(1).integers(0, 256, (60, 80, 3), np.uint8)
    return image, cv2.imencode(".png", image[..., ::-1])[1].tobytes()


def children():
    return processes.children("limited_child")


def png_bomb(side):
    """A PNG of so many black pixels a side, in a few kilobytes."""
    raw = zlib.compressobj(9)
    rows = b"".join(raw.compress(b"\0" * (side // 8 + 1)) for _ in range(side)) + raw.flush()
    content = b"\x89PNG\r\n\x1a\n"
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    for kind, body in ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")):
        checked = kind + body
        content += struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))
    return content


def test_photos_come_as_they_are_one_after_the_other(sound):
    image, content = sound
    before = set(children())
    with Decoder(seconds=20.0) as decoder:
        for _ in range(3):
            np.testing.assert_array_equal(decoder.photo(content), image)
            (child,) = set(children()) - before
            assert child == decoder._child._process.pid
    assert set(children()) == before


def test_several_threads_share_a_decoder(decoder, sound):
    image, content = sound
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(decoder.photo(content))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all((one == image).all() for one in found)


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"GIF89a" + b"\0" * 9],
)
def test_what_is_no_image_is_refused_and_the_child_goes_on(decoder, sound, content):
    with pytest.raises(MienError) as refused:
        decoder.photo(content, name="upload.png")
    assert refused.value.remedy
    assert refused.value.path == "upload.png"
    assert decoder.photo(sound[1]).shape == (60, 80, 3)


def test_a_bomb_meets_the_limit_of_memory_and_the_next_photo_is_read(sound):
    """A megabyte... of nothing: 64 megapixels, 190 MB as RGB, in a child that may take 100."""
    bomb = png_bomb(8000)
    assert len(bomb) < 20_000
    with Decoder(seconds=60.0, memory=100 << 20) as small:
        with pytest.raises(MienError, match=r"memory|damaged|more than it may"):
            small.photo(bomb)
        np.testing.assert_array_equal(small.photo(sound[1]), sound[0])


def test_more_pixels_than_allowed_are_refused(sound):
    with Decoder(seconds=20.0, pixels=1000) as strict, pytest.raises(MienError, match="limit"):
        strict.photo(sound[1])


def test_a_child_that_is_killed_or_hangs_is_replaced(sound):
    with Decoder(seconds=30.0) as decoder:
        decoder.photo(sound[1])
        child = decoder._child._process.pid
        os.kill(child, signal.SIGSTOP)
        decoder._child._allowed = limited.Allowance(seconds=0.5)  # it will not answer anyway
        with pytest.raises(MienError, match="takes longer"):
            decoder.photo(sound[1])
        assert child not in children()
        assert decoder.photo(sound[1]).shape == (60, 80, 3)
        os.kill(decoder._child._process.pid, signal.SIGKILL)
        decoder._child._process.wait()
        assert decoder.photo(sound[1]).shape == (60, 80, 3)


@pytest.fixture(scope="module")
def clip_path(tmp_path_factory):
    return clips.write(tmp_path_factory.mktemp("clip") / "a.mp4", clips.drifting(40))


@pytest.mark.parametrize("options", [{}, {"every": 7}, {"start": 0.4, "end": 0.9}, {"first": 33}])
def test_a_clip_comes_frame_by_frame_as_without_limits(clip_path, options):
    plain, limited_one = Clip(clip_path), LimitedClip(clip_path, seconds=30.0)
    for name in ("rate", "declared", "duration", "width", "height"):
        assert getattr(limited_one, name) == getattr(plain, name)
    expected = list(plain.frames(**options))
    found = list(limited_one.frames(**options))
    assert [(one.index, one.time) for one in found] == [(one.index, one.time) for one in expected]
    for one, two in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.image, two.image)
    assert (limited_one.decoded, limited_one.problem) == (plain.decoded, plain.problem)


def test_the_child_waits_for_its_reader_and_goes_with_it(clip_path):
    before = set(children())
    frames = LimitedClip(clip_path, seconds=30.0).frames()
    next(frames)
    (child,) = set(children()) - before
    time.sleep(0.3)
    assert child in children()
    frames.close()
    assert set(children()) == before


@pytest.mark.parametrize("content", [b"", b"no film", b"\0\0\0\x18ftypisom" + b"\0" * 500])
def test_what_is_no_clip_is_refused(tmp_path, content):
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    with pytest.raises(MienError, match=r"cannot be opened|no video|can be decoded"):
        list(LimitedClip(path, seconds=30.0).frames())


def test_a_clip_whose_child_dies_ends_there_and_says_so(clip_path):
    clip = LimitedClip(clip_path, seconds=30.0)
    before = set(children())
    frames = clip.frames()
    next(frames)
    (child,) = set(children()) - before
    os.kill(child, signal.SIGKILL)
    rest = list(frames)
    assert len(rest) < 39
    assert "more than it may use" in clip.problem


def test_a_clip_that_wants_too_much_memory_is_refused(tmp_path):
    big = (np.full((2160, 3840, 3), 40 * step, np.uint8) for step in range(3))
    path = clips.write(tmp_path / "big.mp4", big, codec="mpeg4")
    with pytest.raises(MienError, match=r"memory|more than it may|decoded"):
        list(LimitedClip(path, seconds=60.0, memory=8 << 20).frames())


def test_the_processor_is_limited_too():
    """SIGXCPU ends a child that only counts."""
    code = "from mien.predict.limited_child import grant\ngrant(0.2)\nwhile True:\n    pass\n"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), check=False, timeout=500)
    assert done.returncode == -signal.SIGXCPU
