"""One connection: who finds no place is turned away at once, and who is too slow is left."""

import asyncio
from typing import cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from mien.serve.gate import Gate, TurnedAway
from mien.serve.parting import Parting
from mien.serve.settings import Settings


class GatedProtocol(H11Protocol):
    """HTTP/1.1 that turns away who finds no place, and hangs up on who is too slow.

    What the gate refuses never reaches uvicorn: the answer is one write, and the body is dropped as
    it comes, so that the connection is ready for the next request. So is a body that comes after
    its answer, which no part of the service waits for.

    uvicorn waits for ever once the first byte of a head is there, for the rest of a body that
    nobody reads, and for clients that do not take their answers; who did so on many connections
    (slow loris) would hold them all.
    """

    gate: Gate
    settings = Settings()
    _waits: asyncio.TimerHandle | None = None
    """Until more of a head must have come, or of a body that is dropped."""
    _ends: asyncio.TimerHandle | None = None
    """Until the body that is dropped must be over; None while none is."""
    _stuck: asyncio.TimerHandle | None = None
    """Until more of an answer must have been taken; None while none waits."""
    _drops = 0
    """Bytes of a request turned away that are still to come."""
    _spare = 0
    """Bytes that may yet be dropped."""
    _leaving = False
    """Whether all that comes is dropped."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(0)  # we are told of every answer that is not taken
        if not self.gate.seat(self) and len(self.connections) > 2 * self.settings.connections:
            transport.abort()
            return
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Drop what is refused, and hand the rest on."""
        if self._ends is not None:
            self._spare -= len(data)
            if self._spare < 0:
                self._give_up()
                return
        if self._leaving:
            self._wait()
            return
        if self._drops:
            data = self._drop(data)
            if not data:
                return
        elif not self.gate.seat(self):
            self._send_off()
            return
        if self._idle() and (refused := self.gate.look(data)) is not None:
            self._turn_away(refused, len(data))
            return
        super().data_received(data)
        self._soften()
        self._see()

    def on_response_complete(self) -> None:
        """Drop what is still to come of a request that is answered already."""
        super().on_response_complete()
        self._soften()
        if self._leaving:
            self._unset_keepalive_if_required()
        elif self._answered_early():
            self._see()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words
        """Refuse what is no HTTP as everything else is refused, unless an answer has begun."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._write(self.gate.garbled())
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to wait for."""
        self._stop_waiting()
        self._stop_dropping()
        self._taken()
        self.gate.leave(self)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Some of an answer is not taken: look again after a while."""
        super().pause_writing()
        self._taken()
        self._watch_answer()

    def resume_writing(self) -> None:
        """All of it is."""
        self._taken()
        super().resume_writing()

    def _idle(self) -> bool:
        """Whether what comes now is the beginning of a request that can be answered at once."""
        conn = self.conn
        return (
            conn.our_state is h11.IDLE
            and conn.their_state is h11.IDLE
            and not conn.trailing_data[0]
            and not self.flow.write_paused
        )

    def _answered_early(self) -> bool:
        """Whether a body is still to come of a request that has its answer."""
        return self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY

    def _see(self) -> None:
        """Wait for what must come next: more of a body or of a head, or any request."""
        if self._answered_early():
            self._start_dropping()
            return
        if self._ends is not None:
            self._stop_dropping()
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            if self._waits is None:  # no piece of a head gives time for the next
                self._wait()
            return
        self._stop_waiting()
        if self._idle() and self.timeout_keep_alive_task is None:
            self._rest()

    def _write(self, refused: TurnedAway) -> None:
        lines = [b"%s: %s\r\n" % header for header in self.server_state.default_headers]
        self.transport.write(b"".join([refused.status, *lines, refused.rest]))
        self.server_state.total_requests += 1

    def _turn_away(self, refused: TurnedAway, came: int) -> None:
        """Answer a request, and let the next one come when its body is over."""
        self._write(refused)
        self._drops = refused.length - came
        self._stop_waiting()
        if self._drops:
            self._start_dropping()
        else:
            self._rest()

    def _send_off(self) -> None:
        """Answer who has no seat."""
        self._write(self.gate.crowded())
        self._leave()

    def _soften(self) -> None:
        """Let the end of the newest answer be `_part`."""
        if self.cycle is not None and self.cycle.transport is self.transport:
            self.cycle.transport = cast(asyncio.Transport, Parting(self.transport, self._part))

    def _part(self) -> None:
        """Close after the last answer, at once where its request is whole."""
        if self.cycle.more_body and not self._leaving and not self.transport.is_closing():
            self._leave()
        else:
            self.transport.close()

    def _leave(self) -> None:
        """Say no more; what comes is dropped, lest the answer be lost with the line."""
        self._leaving = True
        self.transport.write_eof()
        self._start_dropping()

    def _drop(self, data: bytes) -> bytes:
        """What is left of `data` when all that belongs to the refused request is gone."""
        left = data[self._drops :]
        self._drops = max(0, self._drops - len(data))
        if self._drops:
            self._wait()
        else:
            self._stop_dropping()
            self._rest()
        return left

    def _start_dropping(self) -> None:
        """Drop for so long and so much, of which each piece must come in time."""
        self._unset_keepalive_if_required()
        if self._ends is None:
            self._spare = self.settings.drop_bytes
            self._ends = self.loop.call_later(self.settings.drop_seconds, self._give_up)
        self._wait()

    def _stop_dropping(self) -> None:
        self._stop_waiting()
        if self._ends is not None:
            self._ends.cancel()
            self._ends = None

    def _rest(self) -> None:
        """Wait for the next request."""
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def _wait(self) -> None:
        self._stop_waiting()
        self._waits = self.loop.call_later(self.settings.head_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waits is not None:
            self._waits.cancel()
            self._waits = None

    def _give_up(self) -> None:
        self._waits = None
        self._stop_dropping()
        self.transport.close()

    def _watch_answer(self) -> None:
        """Look again after a while; by then so much of the answer must be taken."""
        settings, left = self.settings, self.transport.get_write_buffer_size()
        most = left - settings.head_seconds * settings.slowest
        self._stuck = self.loop.call_later(settings.head_seconds, self._look_again, most)

    def _look_again(self, most: float) -> None:
        if self.transport.get_write_buffer_size() > max(most, 0.0):
            self.transport.abort()
        else:
            self._watch_answer()

    def _taken(self) -> None:
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None
