"""Who may speak to the service: its own page, and programs on this machine."""

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from mien.serve.problems import Refused, answer

LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""Names by which a browser may reach a service on this machine."""


class Origin:
    """Refuses requests under a foreign name, or made by another site's page.

    A page anywhere can make a browser send requests to this machine, and a name of its own can be
    pointed at it (DNS rebinding). The first is seen by `Sec-Fetch-Site` and `Origin`, the second
    by `Host`.

    Args:
        app: what is guarded.
        hosts: names in `Host` that are answered.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403 or 421."""
        if scope["type"] == "http":
            problem = stranger(scope["method"], _read(scope["headers"]), self._hosts)
            if problem is not None:
                await answer(problem, send)
                return
        await self._app(scope, receive, send)


def stranger(method: str, headers: Mapping[str, str], hosts: Collection[str]) -> Refused | None:
    """Why a request is not answered, or None where it is.

    Args:
        method: of HTTP.
        headers: by name in lower case.
        hosts: names in `Host` that are answered.
    """
    host = headers.get("host", "")
    if _name(host) not in hosts:
        return Refused(
            421, "the service is not known by this name",
            remedy="open it by the address that `mien serve` printed",
        )  # fmt: skip
    origin = headers.get("origin")
    foreign = origin is not None and _place(origin) != host
    followed = method == "GET" and headers.get("sec-fetch-mode") == "navigate"  # a plain link
    apart = headers.get("sec-fetch-site") in {"cross-site", "same-site"} and not followed
    if foreign or apart:
        return Refused(
            403, "another site's page may not use this service",
            remedy="use its own page, or a program",
        )  # fmt: skip
    return None


def _read(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {key.decode("latin-1"): value.decode("latin-1") for key, value in headers}


def _place(origin: str) -> str | None:
    """Name and port of an `Origin`; None where it is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _name(host: str) -> str:
    """A `Host` without its port."""
    return host if host.endswith("]") else host.rpartition(":")[0] or host
