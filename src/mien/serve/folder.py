"""The private folder of a running service; what a killed one left is deleted by the next."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

_NEW: Final = "mien-new-"
_PREFIX: Final = "mien-serve-"


class PrivateFolder:
    """A folder that is held (`flock`) as long as its service runs, even if it is killed.

    Args:
        where: the folder it is made in; the system's place for such by default.
    """

    def __init__(self, where: Path | None = None) -> None:
        place = Path(tempfile.gettempdir() if where is None else where)
        sweep(place)
        made = Path(tempfile.mkdtemp(prefix=_NEW, dir=place))
        self._handle = _held(made)
        self.path = made.with_name(_PREFIX + made.name.removeprefix(_NEW))
        """Where it is; it takes this name, which others look for, when it is held."""
        made.rename(self.path)

    def remove(self) -> None:
        """Delete it with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def sweep(place: Path) -> None:
    """Delete our private folders that nobody holds any more: their services were killed.

    Args:
        place: where they lie.
    """
    for left in place.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if left.is_symlink() or left.stat().st_uid != os.getuid():
                continue
            handle = _held(left)
            if handle is not None:
                shutil.rmtree(left, ignore_errors=True)
                os.close(handle)


def _held(folder: Path) -> int | None:
    """A handle that holds a folder; None where another does, or where folders cannot be held."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
