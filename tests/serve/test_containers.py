import av
import numpy as np
import pytest

from mien.serve.containers import HEAD, suffix_of

FORMATS = {
    "mp4": ("mpeg4", ".mp4"), "mov": ("mpeg4", ".mp4"), "matroska": ("mpeg4", ".mkv"),
    "webm": ("libvpx", ".mkv"), "avi": ("mpeg4", ".avi"), "mpegts": ("mpeg2video", ".mpg"),
    "vob": ("mpeg2video", ".mpg"), "flv": ("flv", ".flv"), "asf": ("wmv2", ".wmv"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_what_ffmpeg_writes_is_known_by_its_first_bytes(name, tmp_path):
    codec, expected = FORMATS[name]
    path = tmp_path / "clip"
    with av.open(str(path), "w", format=name) as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(4):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with path.open("rb") as file:
        assert suffix_of(file.read(HEAD)) == expected


@pytest.mark.parametrize(
    "head",
    [b"", b"G", b"GIF89a", b"#EXTM3U", b"ffconcat version 1.0\n", b"RIFF\0\0\0\0WAVE", b"\0" * 800],
)
def test_others_are_not(head):
    assert suffix_of(head) is None
