"""What an image file says of itself, read from its first bytes without decoding anything."""

import struct
from dataclasses import dataclass

_ORIENTATION = 0x0112
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, kw_only=True)
class Header:
    """Format, size before rotation, and EXIF orientation of an image file."""

    format: str
    """`jpeg`, `png`, `webp`, `bmp`, `tiff` or `pnm`."""
    width: int
    height: int
    orientation: int = 1
    """EXIF orientation, 1 (upright) to 8; 1 for TIFF, which OpenCV turns upright itself."""
    start: int = 0
    """Where the header ends: what follows are pixels and trailing matter."""


def read_header(content: bytes) -> Header | None:
    """Header of an image in one of the known formats; None if it is none of them or cut short."""
    for start, reader in _READERS:
        if content.startswith(start):
            try:
                return reader(content)
            except (struct.error, IndexError, ValueError):
                return None
    return None


def _jpeg(content: bytes) -> Header | None:
    """Walk the segments up to the frame header; EXIF lies in APP1, before it."""
    at, orientation = 2, 1
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in (0x01, *range(0xD0, 0xD9)):  # markers without a length
            at += 2
            continue
        length = struct.unpack_from(">H", content, at + 2)[0]
        if marker in _SOF:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return Header(
                format="jpeg", width=width, height=height, orientation=orientation, start=at
            )
        body = content[at + 4 : at + 2 + length]
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            orientation = _orientation(body[6:])
        at += 2 + length
    return None


def _png(content: bytes) -> Header:
    width, height = struct.unpack_from(">II", content, 16)
    at, orientation = 8, 1
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        if kind == b"eXIf":
            orientation = _orientation(content[at + 8 : at + 8 + length])
        if kind in (b"eXIf", b"IEND"):
            break
        at += 12 + length
    return Header(format="png", width=width, height=height, orientation=orientation, start=33)


def _webp(content: bytes) -> Header | None:
    if content[8:12] != b"WEBP":
        return None
    kind = content[12:16]
    if kind == b"VP8 ":
        width, height = (value & 0x3FFF for value in struct.unpack_from("<HH", content, 26))
        return Header(format="webp", width=width, height=height)
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", content, 21)[0]
        return Header(format="webp", width=(bits & 0x3FFF) + 1, height=((bits >> 14) & 0x3FFF) + 1)
    if kind != b"VP8X":
        return None
    width = int.from_bytes(content[24:27], "little") + 1
    height = int.from_bytes(content[27:30], "little") + 1
    return Header(format="webp", width=width, height=height, orientation=_webp_exif(content))


def _webp_exif(content: bytes) -> int:
    at = 12
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        if kind == b"EXIF":
            return _orientation(content[at + 8 : at + 8 + length].removeprefix(b"Exif\0\0"))
        at += 8 + length + length % 2
    return 1


def _bmp(content: bytes) -> Header:
    width, height = struct.unpack_from("<ii", content, 18)
    return Header(format="bmp", width=width, height=abs(height))


def _tiff(content: bytes) -> Header | None:
    tags = _tags(content)
    width, height = tags.get(0x100), tags.get(0x101)
    if width is None or height is None:
        return None
    return Header(format="tiff", width=width, height=height)


def _pnm(content: bytes) -> Header:
    numbers: list[int] = []
    for line in content[2:4096].splitlines():
        numbers += [int(word) for word in line.split(b"#")[0].split()[: 2 - len(numbers)]]
        if len(numbers) == 2:
            break
    return Header(format="pnm", width=numbers[0], height=numbers[1])


def _orientation(exif: bytes) -> int:
    """Orientation from an EXIF block (a small TIFF); 1 where it says nothing sensible."""
    try:
        return _valid(_tags(exif).get(_ORIENTATION, 1))
    except (struct.error, IndexError):
        return 1


def _valid(orientation: int) -> int:
    return orientation if 1 <= orientation <= 8 else 1


def _tags(tiff: bytes) -> dict[int, int]:
    """Short and long tags of a TIFF's first directory."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return {}
    at = struct.unpack_from(order + "I", tiff, 4)[0]
    count = struct.unpack_from(order + "H", tiff, at)[0]
    tags: dict[int, int] = {}
    for number in range(min(count, 512)):
        tag, kind, _ = struct.unpack_from(order + "HHI", tiff, at + 2 + 12 * number)
        if kind in (3, 4):
            tags[tag] = struct.unpack_from(
                order + ("H" if kind == 3 else "I"), tiff, at + 10 + 12 * number
            )[0]
    return tags


_READERS = (
    (b"\xff\xd8", _jpeg),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"RIFF", _webp),
    (b"BM", _bmp),
    (b"II*\0", _tiff),
    (b"MM\0*", _tiff),
    (b"P2", _pnm),
    (b"P3", _pnm),
    (b"P5", _pnm),
    (b"P6", _pnm),
)
