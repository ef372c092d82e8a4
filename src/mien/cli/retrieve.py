"""`mien retrieve`: a picture of what CLP has learned."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from mien.cli.command import Command


@dataclass(frozen=True, kw_only=True)
class Retrieve(Command):
    """Show faces of a CLP run's test people beside the faces that re-express them.

    Writes retrieval.html into the run's folder.

    Example: mien retrieve runs/clp-full --store lab
    """

    run_folder: Annotated[Path, tyro.conf.Positional]
    """A finished run of CLP."""
    store: Path
    """The store it was trained on."""
    queries: int = 8
    """Faces asked about."""
    out: Path | None = None
    """The page; `retrieval.html` in the run's folder by default."""

    def run(self) -> int:
        """Retrieve and name the page."""
        from mien.engine.retrieve import retrieval_page, retrieve
        from mien.report import page

        found = retrieve(self.run_folder, self.store, queries=self.queries)
        target = self.run_folder / "retrieval.html" if self.out is None else self.out
        print(page.write(retrieval_page(found, run_folder=self.run_folder), target))
        return 0
