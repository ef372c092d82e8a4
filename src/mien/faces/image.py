"""An image file as the house sees it: upright RGB, 8 bits, on white."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from mien.errors import MienError
from mien.faces.header import Header, read_header
from mien.faces.warp import Image

MAX_PIXELS = 100_000_000
"""Larger images are refused before they are decoded."""
MAX_BYTES = 512 * 1024 * 1024
"""Larger files are refused before they are read."""
SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".pgm", ".ppm", ".pnm"}
)
"""File names taken for images when a folder is read."""

_REPLACE = "copy it again, or export it as PNG or JPEG"
_TURNS = {3: cv2.ROTATE_180, 6: cv2.ROTATE_90_CLOCKWISE, 8: cv2.ROTATE_90_COUNTERCLOCKWISE}
_FLIPPED = {2: 1, 4: 3, 5: 8, 7: 6}


def read_image(path: Path | str) -> Image:
    """Read a photo: JPEG, PNG, WebP, BMP, TIFF, PGM or PPM.

    EXIF rotation is applied, transparent parts are laid over white, grey becomes RGB, and 16 bits
    become 8 by their upper byte.

    Returns:
        (height, width, 3) uint8 RGB.

    Raises:
        MienError: missing, unreadable, of another format, cut short, damaged, or larger than 100
            megapixels (refused from its header, without decoding).
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise MienError("the file is larger than 512 MB", remedy="shrink it", path=path)
        content = path.read_bytes()
    except OSError as problem:
        raise MienError(
            f"the image cannot be read ({problem.strerror or problem})",
            remedy="check path and permissions",
            path=path,
        ) from problem
    return decode_image(content, path=path)


def decode_image(content: bytes, *, path: Path | str | None = None) -> Image:
    """Like `read_image`, from a file's bytes; `path` is for error messages only."""
    header = read_header(content)
    if header is None:
        raise MienError(
            "this is no JPEG, PNG, WebP, BMP, TIFF, PGM or PPM image, or it is cut short",
            remedy="convert it, or export it again",
            path=path,
        )
    if header.width < 1 or header.height < 1 or header.width * header.height > MAX_PIXELS:
        raise MienError(
            f"the image claims {header.width} x {header.height} px; the limit is 100 megapixels",
            remedy="shrink it",
            path=path,
        )
    if _cut_short(header, content):
        raise MienError("the image is cut short", remedy="copy it again", path=path)
    return _orient(_to_rgb(_decode(content, path), path), header.orientation)


def _decode(content: bytes, path: Path | str | None) -> npt.NDArray[np.generic]:
    """Pixels as stored, unrotated (but TIFF, which OpenCV always turns upright itself)."""
    try:
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as problem:
        raise MienError(
            f"the image is damaged ({problem.err})", remedy=_REPLACE, path=path
        ) from problem
    if pixels is None:
        raise MienError(
            "the image is damaged or of a kind OpenCV cannot decode", remedy=_REPLACE, path=path
        )
    return np.asarray(pixels)


def _to_rgb(pixels: npt.NDArray[np.generic], path: Path | str | None) -> Image:
    if pixels.dtype == np.uint16:
        pixels = (pixels.astype(np.uint16) >> 8).astype(np.uint8)
    if pixels.dtype != np.uint8:
        raise MienError(
            f"the image has {pixels.dtype} pixels; 8 or 16 bits are understood",
            remedy="export it with 8 bits a channel",
            path=path,
        )
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    channels = pixels.shape[2]
    if channels in (2, 4):
        alpha = pixels[..., -1:].astype(np.uint16)
        colour = pixels[..., :-1].astype(np.uint16)
        pixels = ((colour * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    if pixels.shape[2] == 1:
        return np.ascontiguousarray(np.repeat(pixels, 3, axis=2), np.uint8)
    return np.ascontiguousarray(pixels[..., ::-1], np.uint8)


def _orient(image: Image, orientation: int) -> Image:
    """Undo the camera's rotation (EXIF 2.32, tag 0x0112)."""
    if orientation in _FLIPPED:
        image = image[:, ::-1]
        orientation = _FLIPPED[orientation]
    if orientation in _TURNS:
        image = np.asarray(cv2.rotate(np.ascontiguousarray(image), _TURNS[orientation]), np.uint8)
    return np.ascontiguousarray(image)


def _cut_short(header: Header, content: bytes) -> bool:
    """Whether the end that the format asks for is missing (decoders may be silent about it)."""
    if header.format == "jpeg":  # inside the picture's data a byte 0xFF never precedes 0xD9
        return content.find(b"\xff\xd9", header.start) < 0
    if header.format == "png":
        return content.find(b"IEND", header.start) < 0
    if header.format == "webp":
        return len(content) < int.from_bytes(content[4:8], "little") + 8
    return False
