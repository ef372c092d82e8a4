"""Tar shards: written member by member, read by offset, never extracted."""

import hashlib
import os
import re
import stat
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from mien.errors import MienError

BLOCK: Final = 512
"""Tar's unit: a header is one block, content is padded to a whole number of them."""

_NAME = re.compile(r"shard-\d{6}(\.\d+)?\.tar")
_TRAILER = 2 * BLOCK


class Record(NamedTuple):
    """Where one image lies: byte range in a shard, and the checksum of these bytes."""

    shard: str
    offset: int
    length: int
    crc32: int


class ShardFacts(NamedTuple):
    """A sealed shard as `store.json` lists it; sizes in bytes."""

    name: str
    bytes: int
    records: int
    sha256: str


def shard_name(number: int, *, generation: int = 0) -> str:
    """File name of a shard; a rewritten shard carries its generation."""
    suffix = f".{generation}" if generation else ""
    return f"shard-{number:06d}{suffix}.tar"


def safe_shard_name(name: str) -> bool:
    """Whether `name` is a shard's file name: no folders, no dots, nothing to climb by."""
    return _NAME.fullmatch(name) is not None


class ShardWriter:
    """Appends members to one tar file; the bytes depend on nothing but names and content."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.size = 0
        self._records = 0
        self._digest = hashlib.sha256()
        self._file = path.open("xb")

    def add(self, member: str, data: bytes) -> Record:
        """Append `data` as the regular file `member` (plain mode 644, no owner, no time)."""
        entry = tarfile.TarInfo(member)
        entry.size = len(data)
        entry.mode = 0o644
        self._write(entry.tobuf(format=tarfile.USTAR_FORMAT))
        offset = self.size
        self._write(data)
        self._write(bytes(-len(data) % BLOCK))
        self._records += 1
        return Record(self.name, offset, len(data), zlib.crc32(data))

    def close(self) -> ShardFacts:
        """Write the end-of-archive blocks and close the file."""
        self._write(bytes(_TRAILER))
        self._file.close()
        return ShardFacts(self.name, self.size, self._records, self._digest.hexdigest())

    def abandon(self) -> None:
        """Close the file as it is; its folder is about to go.

        Bytes still buffered may meet the same full disk; that error has been raised already.
        """
        try:
            self._file.close()
        except OSError:
            return

    def _write(self, content: bytes) -> None:
        self._file.write(content)
        self._digest.update(content)
        self.size += len(content)


def open_shard(path: Path) -> int:
    """Open a shard for `os.pread`; links and anything but a regular file are refused.

    Returns:
        A file descriptor, the caller's to close.

    Raises:
        MienError: missing, a link, or not a regular file.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        handle = os.open(path, flags)
    except OSError as error:
        raise MienError(
            f"the shard cannot be opened ({error.strerror})",
            remedy="restore the file, or rebuild the store",
            path=path,
        ) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise MienError("the shard is not a regular file", remedy="rebuild the store", path=path)
    return handle


def members(path: Path) -> Iterator[tuple[str, int, int]]:
    """Walk a shard's headers, yielding (member name, offset, length).

    Raises:
        MienError: a member that is not a regular file or whose name has a folder, or a
            broken archive.
    """
    try:
        with tarfile.open(path, "r:") as archive:
            for entry in archive:
                if not entry.isreg() or "/" in entry.name or entry.name.startswith("."):
                    raise MienError(
                        f"member {entry.name!r} is not a plain file of this archive",
                        remedy="do not use this store; get it again from a source you trust",
                        path=path,
                    )
                yield entry.name, entry.offset_data, entry.size
    except (tarfile.TarError, OSError) as error:
        raise MienError(
            f"the archive is broken ({error})", remedy="restore or rebuild the store", path=path
        ) from error
