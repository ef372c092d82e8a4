"""Where a reading goes: a folder of tables, or one file with its provenance beside it."""

from dataclasses import dataclass
from pathlib import Path

from mien.errors import MienError
from mien.predict.provenance import FILE
from mien.predict.table import CSV, PARQUET
from mien.predict.writer import SUFFIXES


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """Files of one reading, relative to `root`."""

    root: Path
    """The folder they lie in: the output folder itself, or the one that holds the single file."""
    folder: Path | None
    """The output folder, which appears whole; None for a single file."""
    tables: tuple[str, ...]
    """Names of the table's files."""
    provenance: str
    """Name of the provenance's file."""

    def existing(self) -> Path | None:
        """The first output that is there already, if any."""
        if self.folder is not None:
            return self.folder if self.folder.exists() else None
        names = (*self.tables, self.provenance)
        return next((self.root / name for name in names if (self.root / name).exists()), None)


def plan(out: Path | str) -> Outputs:
    """Files for an output path: a table file if its ending says so, else a folder.

    Raises:
        MienError: an output is there already.
    """
    out = Path(out)
    if out.suffix.lower() in SUFFIXES and not out.is_dir():
        outputs = Outputs(
            root=out.parent, folder=None, tables=(out.name,), provenance=f"{out.stem}.{FILE}"
        )
    else:
        outputs = Outputs(root=out, folder=out, tables=(PARQUET, CSV), provenance=FILE)
    there = outputs.existing()
    if there is not None:
        kind = "folder" if there.is_dir() else "file"
        raise MienError(f"the output {kind} exists already", remedy="name another", path=there)
    return outputs
