"""`mien serve`: the service and its page on this machine."""

from dataclasses import dataclass
from pathlib import Path

from mien.cli.command import Command


@dataclass(frozen=True, kw_only=True)
class Serve(Command):
    """Read photos and clips by a page in the browser, or by any program over HTTP.

    Open the address that it prints. Nothing leaves this machine: pictures are read here, clips are
    deleted when they are read, and readings after an hour.

    Example: mien serve
    """

    bundle: Path | None = None
    """The model: a folder that `mien export` wrote; the shipped model by default."""
    host: str = "127.0.0.1"
    """Where to listen. Any other than this machine's own address opens the service to the network,
    and it asks nobody for a password."""
    port: int = 8421
    """The port; 0 takes a free one."""
    names: tuple[str, ...] = ()
    """Further names or addresses by which browsers may reach it."""
    jobs: int = 8
    """Clips waiting or being read; one more is refused."""
    keep_minutes: float = 60.0
    """How long readings of clips are kept."""
    work: Path | None = None
    """Where clips lie until they are read; the system's folder for such by default."""
    quiet: bool = False
    """Write no line for each request (route, status and time; never a name or an address)."""

    def run(self) -> int:
        """Serve until interrupted."""
        from mien.serve.command import serve

        return serve(
            self.bundle, host=self.host, port=self.port, names=self.names, jobs=self.jobs,
            keep_seconds=60 * self.keep_minutes, work=self.work, quiet=self.quiet,
        )  # fmt: skip
