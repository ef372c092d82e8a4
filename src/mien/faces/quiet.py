"""What native libraries print past Python, kept from the user's terminal."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import cv2

_STDERR: Final = 2
_CHATTER: Final = b"INFO: "


@contextmanager
def without_chatter() -> Iterator[None]:
    """Leave out lines that begin with "INFO: ", which LiteRT writes to the process's stderr.

    It has no setting for that. Everything else that is written meanwhile, by whatever thread, comes
    afterwards; exceptions pass as ever.
    """
    try:
        kept = os.dup(_STDERR)
    except OSError:  # there is no stderr
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), _STDERR)
        try:
            yield
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)
            held.seek(0)
            said = (line for line in held if not line.startswith(_CHATTER))
            os.write(_STDERR, b"".join(said))


@contextmanager
def silent_opencv() -> Iterator[None]:
    """Let OpenCV log nothing; then as before. What it raises is raised."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)
