"""Where a reading goes: a folder of tables, or one file with its provenance beside it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mien import atomic
from mien.errors import MienError
from mien.predict.provenance import FILE
from mien.predict.table import CSV, PARQUET
from mien.predict.writer import SUFFIXES

PAGE: Final = "report.html"
"""Name of the report's page in an output folder."""
_ENDING: Final = re.compile(r"\.(?!v\d+$)[a-z][a-z0-9]{1,5}", re.IGNORECASE)
"""Endings of files, unlike those of a folder "reading.2" or "reading.v2"."""


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
    page: Path
    """Where a report goes, if one is written."""


def plan(out: Path | str, *, report: bool = False) -> Outputs:
    """Files for an output path: a table file if its ending says so, else a folder.

    Args:
        out: as a user names it.
        report: whether a page is written, too.

    Raises:
        MienError: an output is there already, or the ending is that of some other kind of file.
    """
    out = Path(out)
    if out.suffix.lower() in SUFFIXES and not out.is_dir():
        record, page = f"{out.stem}.{FILE}", out.with_suffix(".html")
        atomic.refuse_existing(out, out.with_name(record), *([page] if report else []))
        return Outputs(
            root=out.parent, folder=None, tables=(out.name,), provenance=record, page=page
        )
    atomic.refuse_existing(out)
    if _ENDING.fullmatch(out.suffix):
        raise MienError(
            f"no table is written to files that end in {out.suffix!r}",
            remedy=f"name it {', '.join(SUFFIXES)}, or name a folder, which has no ending",
            path=out,
        )
    return Outputs(root=out, folder=out, tables=(PARQUET, CSV), provenance=FILE, page=out / PAGE)
