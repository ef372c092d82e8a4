"""`mien serve`: everything started, and stopped again."""

import contextlib
import ipaddress
import logging
import socket
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mien.errors import MienError
from mien.serve.app import create
from mien.serve.origin import LOCAL
from mien.serve.server import server
from mien.serve.settings import Settings

_OTHER = "name another --port, or 0 for a free one; --host is this machine's address"


def serve(
    bundle: Path | None,
    *,
    host: str,
    port: int,
    names: Sequence[str] = (),
    jobs: int | None = None,
    keep_seconds: float | None = None,
    work: Path | None = None,
    quiet: bool = False,
) -> int:
    """Serve until interrupted, and return the exit code.

    Raises:
        MienError: bad bundle, missing assets, or an address that cannot be listened at.
    """
    settings = _settings(jobs, keep_seconds)
    listening = listen(host, port)
    try:
        app = create(_bundle(bundle), settings=settings, work=work, hosts={*LOCAL, host, *names})
    except BaseException:
        listening.close()
        raise
    logging.basicConfig(
        stream=sys.stderr, format="%(asctime)s %(message)s", datefmt="%H:%M:%S",
        level=logging.WARNING if quiet else logging.INFO,
    )  # fmt: skip
    logging.getLogger("python_multipart").setLevel(logging.ERROR)  # it tells of bytes it was sent
    address, taken = listening.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    sys.stdout.write(f"mien reads at http://{shown}:{taken}/ (stop with Ctrl-C)\n")
    if not ipaddress.ip_address(address).is_loopback:
        sys.stdout.write(
            "  Others in the network can reach it, and it asks nobody for a password.\n"
        )
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        server(app, host=host, port=taken, settings=settings).run(sockets=[listening])
    return 0


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address.

    Raises:
        MienError: it cannot be listened at.
    """
    if not 0 <= port <= 65_535:
        raise MienError(f"there is no port {port}", remedy=_OTHER)
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as problem:
        raise _not_there(host, port, problem) from problem
    # by its protocol asyncio knows TCP, and switches off Nagle's delay: 40 ms for each answer
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen()  # who connects before the service is up waits for it
    except OSError as problem:
        bound.close()
        raise _not_there(host, port, problem) from problem
    return bound


def _not_there(host: str, port: int, problem: OSError) -> MienError:
    return MienError(
        f"{host}, port {port}, cannot be listened at ({problem.strerror})", remedy=_OTHER
    )


def _settings(jobs: int | None, keep_seconds: float | None) -> Settings:
    settings = Settings()
    for name, value in (("jobs", jobs), ("keep_seconds", keep_seconds)):
        if value is None:
            continue
        if value <= 0:
            raise MienError(f"{name} is {value:g}", remedy="give a number above 0")
        settings = replace(settings, **{name: value})
    return settings


def _bundle(bundle: Path | None) -> Path:
    if bundle is not None:
        return bundle
    from mien.predict.shipped import default_bundle

    return default_bundle()
