"""Tiny clips written with PyAV."""

import struct
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def write(
    path: Path,
    frames: Iterable[np.ndarray],
    *,
    times: Iterable[float] | None = None,
    rate: int = 25,
    codec: str = "libx264",
    gop: int = 12,
    aspect: tuple[int, int] = (1, 1),
) -> Path:
    """Frames (height, width, 3) uint8 at their times (seconds); even sides; shape of a pixel.

    One thread encodes, so that the bytes do not depend on how many cores there are.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = gop
        stream.codec_context.thread_count = 1
        stream.codec_context.time_base = Fraction(1, 60_000)
        stream.codec_context.sample_aspect_ratio = Fraction(*aspect)
        when = iter(times) if times is not None else None
        for index, image in enumerate(frames):
            if index == 0:
                stream.height, stream.width = image.shape[:2]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            frame.time_base = Fraction(1, 60_000)
            frame.pts = round((index / rate if when is None else next(when)) * 60_000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def rotate_header(path: Path, degrees: int) -> Path:
    """Set the display matrix in the `tkhd` box of an MP4 (ISO 14496-12, 8.3.2): players turn the
    picture clockwise by so much."""
    cosine = {0: 1, 90: 0, 180: -1, 270: 0}[degrees]
    sine = {0: 0, 90: 1, 180: 0, 270: -1}[degrees]
    one = 1 << 16
    matrix = struct.pack(
        ">9i", cosine * one, sine * one, 0, -sine * one, cosine * one, 0, 0, 0, 1 << 30
    )
    content = bytearray(path.read_bytes())
    at = content.index(b"tkhd") + 4
    assert content[at] == 0
    content[at + 40 : at + 76] = matrix
    path.write_bytes(bytes(content))
    return path


def quadrants(height: int = 96, width: int = 128) -> np.ndarray:
    """Red, green, blue and white quarters, row by row."""
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = (230, 20, 20)
    image[: height // 2, width // 2 :] = (20, 230, 20)
    image[height // 2 :, : width // 2] = (20, 20, 230)
    image[height // 2 :, width // 2 :] = (235, 235, 235)
    return image


def drifting(count: int) -> Iterator[np.ndarray]:
    """Frames (96, 128, 3) of stripes that move."""
    row, column = np.mgrid[:96, :128]
    for index in range(count):
        grey = ((row + column * 2 + index * 3) % 256).astype(np.uint8)
        yield np.stack([grey, grey // 2, 255 - grey], axis=-1)
