"""Whether a command's outputs have a place is asked before it begins to work."""

from dataclasses import is_dataclass
from pathlib import Path
from typing import Final

from mien import atomic
from mien.cli.command import Command
from mien.errors import MienError

_OUTPUTS: Final = ("out", "results", "events", "pictures", "work")
"""Options that name what is written."""


def check_places(command: Command, *, folders: bool) -> None:
    """See that what a command writes can be written where it is wanted.

    Args:
        command: with its options, or with a dataclass of them.
        folders: whether its outputs are folders, which may be there already.

    Raises:
        MienError: one would lie in a file or where nothing may be written, or is no folder.
    """
    held = (one for one in vars(command).values() if is_dataclass(one))
    for options in (command, *held):
        for name in _OUTPUTS:
            place = getattr(options, name, None)
            if not isinstance(place, Path):
                continue
            atomic.refuse_homeless(place)
            if folders and place.exists() and not place.is_dir():
                raise MienError(f"--{name} is a file", remedy="name a folder", path=place)
