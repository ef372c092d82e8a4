"""What kind of clip a file is, by its first bytes.

FFmpeg also understands play lists and scripts, which name further files and addresses to open; of a
stranger's file only containers that hold their own pictures are taken.
"""

HEAD = 4096
"""Bytes of the file that `suffix_of` should see."""
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_STARTS = (
    *((0, b"\x1a\x45\xdf\xa3", ".mkv"),),  # EBML: Matroska, WebM
    *((4, box, ".mp4") for box in _BOXES),  # ISO 14496-12
    *((8, b"AVI ", ".avi"),),
    *((0, start, ".mpg") for start in (b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3")),  # MPEG
    *((0, b"FLV\x01", ".flv"),),
    *((0, bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), ".wmv"),),  # ASF
)
_PACKETS = ((0, 188, ".mpg"), (4, 192, ".mts"))
"""Of MPEG transport streams: where the first byte 0x47 stands, and how far apart they are."""


def suffix_of(head: bytes) -> str | None:
    """The suffix a file with this beginning should have; None where it is no known container."""
    for at, start, suffix in _STARTS:
        if head[at : at + len(start)] == start:
            return suffix
    for at, step, suffix in _PACKETS:
        if head[at::step][:4] == b"\x47" * 4:
            return suffix
    return None
