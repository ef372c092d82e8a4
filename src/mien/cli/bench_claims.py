"""`mien bench claims`: every claim on record, which do not hold, and what was tried."""

from dataclasses import dataclass
from pathlib import Path

from mien.cli.command import Command


@dataclass(frozen=True, kw_only=True)
class Claims(Command):
    """List the claims of all records in a folder: which hold, which do not, which are noise.

    Nothing is measured. `mien bench clef`, `clp`, `sslfer` and `ours` renew the list when they
    write a record. What was tried where a claim does not hold is read from tried.json there.

    Example: mien bench claims --out docs/results
    """

    out: Path
    """Folder of the records; claims.json and claims.md are written to it."""

    def run(self) -> int:
        """List, print, and write the page."""
        from mien.bench.verdicts.claims import claims_on_record, tables, write_claims
        from mien.cli.recorded import print_table

        page = write_claims(self.out)
        for table in tables(claims_on_record(self.out)):
            print_table(*table)
        print(page)
        return 0
