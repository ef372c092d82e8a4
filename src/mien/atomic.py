"""Outputs that appear whole or not at all: write beside, fsync, rename; and in no other's place."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mien.errors import MienError


def refuse_existing(*paths: Path) -> None:
    """See that outputs take nobody's place, such as that of the files they are made from.

    Raises:
        MienError: one of these is there already.
    """
    for path in paths:
        if path.exists():
            kind = "folder" if path.is_dir() else "file"
            raise MienError(f"the output {kind} exists already", remedy="name another", path=path)


def refuse_ending(path: Path, endings: Sequence[str], *, what: str) -> None:
    """See that an output's ending is one of those that can be written.

    Args:
        path: of the output.
        endings: with their dots, in lower case.
        what: is written, such as "a summary".

    Raises:
        MienError: it is none of them.
    """
    if path.suffix.lower() not in endings:
        *more, last = endings
        named = f"{', '.join(more)} or {last}" if more else last
        raise MienError(f"{what} is written as {named}", remedy="rename --out", path=path)


def refuse_homeless(*paths: Path) -> None:
    """See that there is a folder for each output, or that one can be made.

    Raises:
        MienError: the output would lie in a file, or in a folder where nothing may be written.
    """
    for path in paths:
        home = next(parent for parent in path.absolute().parents if parent.exists())
        if not home.is_dir():
            raise MienError(
                "the output would lie in a file", remedy="name a place in a folder", path=home
            )
        if not os.access(home, os.W_OK | os.X_OK):
            raise MienError(
                "nothing may be written to the output's folder",
                remedy="name another, or mend its permissions",
                path=home,
            )


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to disk, so that a rename in it survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Flush one file's content to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it replaces `path`, on failure it goes.

    Raises:
        OSError: the disk is full or the folder read-only; `path` is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        sync_file(temporary)
        temporary.replace(path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder beside `path`; on success it is renamed to `path`.

    Raises:
        FileExistsError: `path` already exists; it is left alone.
        OSError: the disk is full or the parent read-only; `path` is then as it was.
    """
    if path.exists():
        raise FileExistsError(f"{path} already exists")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        yield temporary
        temporary.chmod(0o777 & ~_umask())
        for member in sorted(temporary.rglob("*")):
            if member.is_file():
                sync_file(member)
            elif member.is_dir():
                sync_folder(member)
        sync_folder(temporary)
        temporary.rename(path)
        sync_folder(path.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path` atomically."""
    with file(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, content: str) -> None:
    """Write `content` to `path` atomically, as UTF-8."""
    write_bytes(path, content.encode())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
