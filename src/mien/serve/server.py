"""The service on a port: uvicorn, with patience for slow heads limited."""

import asyncio
import logging

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from mien.serve.settings import Settings


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that hangs up where a request's head is not whole in time.

    uvicorn waits for ever once the first byte of a head is there; who sends one byte a minute on
    many connections (slow loris) would hold them all.
    """

    head_seconds = 10.0
    _waits: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._waits = self.loop.call_later(self.head_seconds, self._give_up)

    def data_received(self, data: bytes) -> None:
        """Stop waiting when the head is whole; wait again where one has only begun."""
        super().data_received(data)
        begun = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        if not begun:
            self._stop_waiting()
        elif self._waits is None:
            self._waits = self.loop.call_later(self.head_seconds, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to wait for."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _stop_waiting(self) -> None:
        if self._waits is not None:
            self._waits.cancel()
            self._waits = None

    def _give_up(self) -> None:
        self._waits = None
        self.transport.close()


def server(app: FastAPI, *, host: str, port: int, settings: Settings) -> uvicorn.Server:
    """A server that is ready to `run`, or to `serve` in a running event loop."""
    protocol = type("Protocol", (PatientProtocol,), {"head_seconds": settings.head_seconds})
    config = uvicorn.Config(
        app, host=host, port=port, http=protocol, ws="none", lifespan="on", loop="asyncio",
        access_log=False, log_config=None, log_level=logging.WARNING, server_header=False,
        proxy_headers=False, limit_concurrency=settings.connections, timeout_keep_alive=15,
        timeout_graceful_shutdown=10, h11_max_incomplete_event_size=32_768,
    )  # fmt: skip
    return uvicorn.Server(config)
