"""The service on a port: uvicorn, with a gate before it and patience limited."""

import asyncio
import logging

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from mien.serve.gate import Gate, TurnedAway
from mien.serve.settings import Settings


class GatedProtocol(H11Protocol):
    """HTTP/1.1 that turns away who finds no place, and hangs up on who is too slow.

    What the gate refuses never reaches uvicorn: the answer is one write, and the body is dropped as
    it comes, so that the connection is ready for the next request.

    uvicorn waits for ever once the first byte of a head is there; who sends one byte a minute on
    many connections (slow loris) would hold them all.
    """

    gate: Gate
    head_seconds = 10.0
    slowest = 16_000.0
    _waits: asyncio.TimerHandle | None = None
    _drops = 0
    """Bytes of a refused request that are still to come."""
    _until = 0.0
    """When they must have come."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Drop what is refused, and hand the rest on.

        Stop waiting when the head is whole; wait again where one has only begun.
        """
        if self._drops:
            data = self._drop(data)
            if not data:
                return
        if self._idle() and (refused := self.gate.look(data)) is not None:
            self._turn_away(refused, len(data))
            return
        super().data_received(data)
        begun = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        if not begun:
            self._stop_waiting()
        elif self._waits is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to wait for."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _idle(self) -> bool:
        """Whether what comes now is the beginning of a request that can be answered at once."""
        conn = self.conn
        return (
            conn.our_state is h11.IDLE
            and conn.their_state is h11.IDLE
            and not conn.trailing_data[0]
            and not self.flow.write_paused
        )

    def _turn_away(self, refused: TurnedAway, came: int) -> None:
        lines = [b"%s: %s\r\n" % header for header in self.server_state.default_headers]
        self.transport.write(b"".join([refused.status, *lines, refused.rest]))
        self.server_state.total_requests += 1
        self._unset_keepalive_if_required()
        self._stop_waiting()
        self._drops = refused.length - came
        self._until = self.loop.time() + self.head_seconds + self._drops / self.slowest
        self._rest()

    def _drop(self, data: bytes) -> bytes:
        """What is left of `data` when all that belongs to the refused request is gone."""
        left = data[self._drops :]
        self._drops = max(0, self._drops - len(data))
        self._stop_waiting()
        if self._drops and self.loop.time() > self._until:
            self._give_up()
            return b""
        self._rest()
        return left

    def _rest(self) -> None:
        """Wait for more of a refused request, or for the next."""
        if self._drops:
            self._wait()
        else:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _wait(self) -> None:
        self._waits = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waits is not None:
            self._waits.cancel()
            self._waits = None

    def _give_up(self) -> None:
        self._waits = None
        self.transport.close()


def server(app: FastAPI, *, host: str, port: int, settings: Settings) -> uvicorn.Server:
    """A server that is ready to `run`, or to `serve` in a running event loop."""
    limits = {"head_seconds": settings.head_seconds, "slowest": settings.slowest}
    protocol = type("Protocol", (GatedProtocol,), {**limits, "gate": app.state.gate})
    config = uvicorn.Config(
        app, host=host, port=port, http=protocol, ws="none", lifespan="on", loop="asyncio",
        access_log=False, log_config=None, log_level=logging.WARNING, server_header=False,
        proxy_headers=False, limit_concurrency=settings.connections, timeout_keep_alive=15,
        timeout_graceful_shutdown=10, h11_max_incomplete_event_size=32_768,
    )  # fmt: skip
    return uvicorn.Server(config)
