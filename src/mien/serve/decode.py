"""A stranger's photo turned into pixels: its header looked at here, the rest done in a child."""

from typing import Protocol, runtime_checkable

from mien.errors import MienError
from mien.faces.header import read_header
from mien.faces.warp import Image
from mien.predict.limited import Decoder
from mien.serve.problems import Refused, of_mien

_HEAD = 1_000_000
"""Bytes of a file in which its size should be told; a stranger can make the search last."""


@runtime_checkable
class PhotoDecoder(Protocol):
    """Decodes photos; `mien.predict.limited.Decoder` is one."""

    def photo(self, content: bytes) -> Image:
        """Upright RGB (height, width, 3) uint8.

        Raises:
            MienError: not a sound image.
        """
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


def limited(pixels: int) -> PhotoDecoder:
    """Decodes in a process that may use little memory and time, for photos up to `pixels`."""
    return Decoder(pixels=pixels)


def decode(content: bytes, decoder: PhotoDecoder, *, pixels: int) -> Image:
    """A photo's pixels, refused by its header where it claims too many.

    Raises:
        Refused: larger than `pixels` (413), or not a sound image (422).
    """
    # a directory of TIFF may lie at the end; what is long in other files is walked by the child
    header = read_header(content if content[:2] in (b"II", b"MM") else content[:_HEAD])
    if header is not None and header.width * header.height > pixels:
        raise Refused(
            413,
            f"the image claims {header.width} x {header.height} px; the limit is "
            f"{pixels / 1e6:g} megapixels",
            remedy="shrink it",
        )
    try:
        return decoder.photo(content)
    except MienError as problem:
        raise of_mien(problem) from problem
