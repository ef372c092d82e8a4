"""JPEG bytes to pixels and back, with the header judged before anything is decoded."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import simplejpeg

from mien.errors import MienError

PIXEL_LIMIT: Final = 64 * 2**20
"""Largest image decoded, in pixels: a 65500 by 65500 header would cost 13 GB (our choice)."""


class Header(NamedTuple):
    """Size of a JPEG in pixels, as its header states it."""

    height: int
    width: int


def header(data: bytes, *, source: object) -> Header:
    """Read the size from the header of `data` without decoding.

    Args:
        data: the JPEG file's bytes.
        source: what to call the image in an error (its `str`, asked for only then).

    Raises:
        MienError: not a JPEG, or more than `PIXEL_LIMIT` pixels.
    """
    try:
        facts = simplejpeg.decode_jpeg_header(data)
    except ValueError as error:
        raise MienError(
            f"not a readable JPEG ({error})", remedy="replace or remove the image", path=str(source)
        ) from error
    height, width = int(facts[0]), int(facts[1])
    if height * width > PIXEL_LIMIT:
        raise MienError(
            f"the header claims {width} by {height} pixels, more than the limit of {PIXEL_LIMIT}",
            remedy="make the image smaller, or remove it if it is not yours",
            path=str(source),
        )
    return Header(height, width)


def decode(data: bytes, *, source: object, out: npt.NDArray[np.uint8] | None = None) -> npt.NDArray:
    """Decode a JPEG to (height, width, 3) RGB uint8, strictly: a cut file is an error.

    Args:
        data: the JPEG file's bytes.
        source: what to call the image in an error.
        out: contiguous array to decode into; its shape must match the image.

    Raises:
        MienError: not a JPEG, too large, truncated or corrupt, or not of the shape of `out`.
    """
    size = header(data, source=source)
    if out is not None and out.shape[:2] != size:
        raise MienError(
            f"the image is {size.height} x {size.width}, expected {out.shape[0]} x {out.shape[1]}",
            remedy="rebuild the store with one image size",
            path=str(source),
        )
    try:
        pixels = simplejpeg.decode_jpeg(data, colorspace="RGB", buffer=out)
    except ValueError as error:
        raise MienError(
            f"the JPEG does not decode ({error})",
            remedy="replace or remove the image",
            path=str(source),
        ) from error
    return pixels


def encode(image: npt.NDArray[np.uint8], *, quality: int = 95) -> bytes:
    """Encode a (height, width, 3) RGB uint8 image as JPEG, chroma halved.

    Raises:
        ValueError: `image` has another type or shape.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f"expected uint8 (height, width, 3), got {image.dtype} {image.shape}")
    pixels = np.ascontiguousarray(image)
    return simplejpeg.encode_jpeg(pixels, quality=quality, colorsubsampling="420")
