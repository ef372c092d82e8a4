"""A table of photos: a face a row, a bar with its number a column."""

from dataclasses import dataclass

from mien.report.images import Picture


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row: a face of a photo, or a photo without a face."""

    name: str
    """What heads the row."""
    note: str = ""
    """A quieter line beneath the name."""
    picture: Picture | None = None
    """The face; square."""
    values: tuple[float | None, ...]
    """A value a column; None where there is none."""
    present: tuple[bool, ...]
    """Whether each value reaches its threshold; such are set in bold, with a stronger bar."""


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """Entries under common columns, each value a bar from 0 to `top`."""

    names: tuple[str, ...]
    """Heads of the columns."""
    entries: tuple[Entry, ...]
    """The rows."""
    caption: str
    """What the table says, above it."""
    row_title: str = "face"
    """Head of the first column."""
    top: float = 1.0
    """Value of a full bar."""
    digits: str = "%.2f"
    """How a value is written."""

    def __post_init__(self) -> None:
        """Check the shape.

        Raises:
            ValueError: a row is longer or shorter than the header.
        """
        for entry in self.entries:
            if not len(entry.values) == len(entry.present) == len(self.names):
                raise ValueError("every entry needs as many values and marks as there are columns")
