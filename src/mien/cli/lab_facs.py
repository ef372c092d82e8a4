"""`mien lab facs`: sheets to hold the rendered units against their descriptions."""

from dataclasses import dataclass
from pathlib import Path

from mien.cli.command import Command
from mien.facs import LAB_AUS


@dataclass(frozen=True, kw_only=True)
class Facs(Command):
    """Draw a sheet of each unit at A, C and E beside neutral, on several people, to be looked at.

    Each sheet carries the unit's description. With all units, sheets of common combinations too.

    Example: mien lab facs --out sheets --units 12 25
    """

    out: Path
    """Folder for the PNG files."""
    units: tuple[int, ...] = LAB_AUS
    """Numbers of the units; all by default."""
    people: int = 6
    """How many people, a column each."""
    seed: int = 0
    """Of the people."""
    size: int = 192
    """Side of each picture, pixels."""

    def run(self) -> int:
        """Draw and name the files."""
        from mien.lab.shows.facs_sheets import facs_sheets

        written = facs_sheets(
            self.out, units=self.units, people=self.people, seed=self.seed, size=self.size
        )
        for path in written:
            print(path)
        return 0
