"""One count and one log line for each request: route, status and time, and nothing else."""

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mien.serve.metrics import Metrics

LOG = logging.getLogger("mien.serve")


class Watch:
    """Counts and logs. A route is logged as it is declared, so that no id or name is written."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note what came of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            seconds = time.perf_counter() - began
            route = getattr(scope.get("route"), "path", "")
            note(self._metrics, scope["method"], route, status=status, seconds=seconds)


def note(metrics: Metrics, method: str, route: str, *, status: int, seconds: float) -> None:
    """Count and log one request.

    Args:
        metrics: what counts.
        method: of HTTP; an unknown one is not repeated.
        route: as it is declared; empty where the request came to none.
        status: of the answer.
        seconds: from the request's head to the end of the answer.
    """
    method, route = method if method in _METHODS else "(other)", route or "(none)"
    metrics.add("mien_requests_total", method=method, route=route, status=str(status))
    metrics.took("mien_request_seconds", seconds, route=route)
    LOG.info("%s %s %d %.0f ms", method, route, status, 1000 * seconds)


_METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS"})
