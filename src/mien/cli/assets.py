"""`mien assets`: what third-party files may be used, and the one command that fetches them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from mien.cli.command import Command


@dataclass(frozen=True, kw_only=True)
class List(Command):
    """Show every third-party file mien may use: package, size, licence, and whether it is here.

    Example: mien assets list
    """

    cache: Path | None = None
    """Cache folder; by default $MIEN_CACHE or the user's cache."""

    def run(self) -> int:
        """Print the manifest as a table."""
        from rich.console import Console
        from rich.table import Column, Table

        from mien.assets import default_cache, intact, manifest

        cache = self.cache or default_cache()
        whole = Column("asset", no_wrap=True, min_width=max(len(e.name) for e in manifest()))
        package = Column("package", overflow="fold")
        table = Table(whole, package, "MB", "licence", "use", "here", title=str(cache))
        for asset in manifest():
            here = "yes" if intact(asset, cache=cache) else "no"
            size = f"{asset.bytes / 1e6:.1f}"
            table.add_row(asset.name, asset.requirement, size, asset.licence, asset.use, here)
        Console().print(table)
        return 0


@dataclass(frozen=True, kw_only=True)
class Fetch(Command):
    """Bring assets into the cache with pip (downloaded, never installed), hash-checked.

    This is the only command of mien that touches the network. Groups: reader (photos and
    clips), train, demo, test.

    Example: mien assets fetch reader
    """

    names: Annotated[tuple[str, ...], tyro.conf.Positional]
    """Assets or groups."""
    cache: Path | None = None
    """Cache folder; by default $MIEN_CACHE or the user's cache."""
    source: Path | None = None
    """A folder that holds the wheels; then nothing is downloaded."""

    def run(self) -> int:
        """Fetch, telling each step."""
        from mien.assets import Progress, fetch
        from mien.errors import MienError

        if not self.names:
            raise MienError(
                "no asset was named", remedy="name assets or a group: mien assets fetch reader"
            )

        def tell(event: Progress) -> None:
            print(f"{event.asset}: {event.step} ({event.bytes / 1e6:.1f} MB)", flush=True)

        fetch(self.names, cache=self.cache, source=self.source, progress=tell)
        return 0
