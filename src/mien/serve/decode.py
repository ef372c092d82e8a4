"""A stranger's photo turned into pixels, behind one small interface."""

from abc import ABC, abstractmethod

from mien.errors import MienError
from mien.faces.header import read_header
from mien.faces.image import decode_image
from mien.faces.warp import Image
from mien.serve.problems import Refused, of_mien


class PhotoDecoder(ABC):
    """Decodes photos; used by one thread at a time."""

    @abstractmethod
    def photo(self, content: bytes) -> Image:
        """Upright RGB (height, width, 3) uint8.

        Raises:
            MienError: not a sound image.
        """

    @abstractmethod
    def close(self) -> None:
        """Give back what it holds."""


class DirectDecoder(PhotoDecoder):
    """Decodes in this process: for files one trusts, and for tests."""

    def photo(self, content: bytes) -> Image:
        """Upright RGB (height, width, 3) uint8."""
        return decode_image(content)

    def close(self) -> None:
        """Nothing is held."""


def decode(content: bytes, decoder: PhotoDecoder, *, pixels: int) -> Image:
    """A photo's pixels, refused by its header where it claims too many.

    Raises:
        Refused: larger than `pixels` (413), or not a sound image (422).
    """
    header = read_header(content)
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
