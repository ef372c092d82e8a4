"""One connection by itself, on a clock that the test moves."""

import asyncio
from types import SimpleNamespace

import pytest
from fastapi import FastAPI

from mien.serve.gate import Gate, TurnedAway
from mien.serve.metrics import Metrics
from mien.serve.server import server
from mien.serve.settings import Settings

SETTINGS = Settings(
    head_seconds=10.0, slowest=100.0, drop_seconds=30.0, drop_bytes=5000, connections=2
)
STATUS, REST = b"HTTP/1.1 503 Service Unavailable\r\n", b"content-length: 2\r\n\r\n{}"


class Clock:
    """An event loop's time, and what is to be done when."""

    def __init__(self):
        self.now, self.calls = 0.0, []

    def time(self):
        return self.now

    def call_later(self, delay, call, *arguments):
        timer = SimpleNamespace(due=self.now + delay, call=lambda: call(*arguments))
        timer.cancel = lambda: self.calls.remove(timer) if timer in self.calls else None
        self.calls.append(timer)
        return timer

    def create_task(self, coroutine):
        coroutine.close()  # nothing behind the gate is asked here
        return asyncio.Future(loop=self)

    def get_debug(self):
        return False

    def pass_by(self, seconds):
        self.now += seconds
        for timer in [one for one in self.calls if one.due <= self.now]:
            self.calls.remove(timer)
            timer.call()


class Line(asyncio.Transport):
    """A connection's other end."""

    def __init__(self):
        super().__init__({"sockname": ("127.0.0.1", 1), "peername": ("127.0.0.1", 2)})
        self.written, self.closed, self.ended, self.left = b"", False, False, 0

    def write(self, data):
        self.written += data

    def write_eof(self):
        self.ended = True

    def set_write_buffer_limits(self, high=None, low=None):
        assert high == 0

    def get_write_buffer_size(self):
        return self.left

    def close(self):
        self.closed = True

    abort = close

    def is_closing(self):
        return self.closed

    def pause_reading(self):
        pass

    resume_reading = pause_reading


class Refusing:
    """A gate that turns away whatever begins with an R, as a request of so many bytes."""

    def __init__(self, length):
        self.length, self.looked, self.metrics = length, [], Metrics()
        seats = Gate(lanes={}, hosts=(), settings=SETTINGS, metrics=self.metrics)
        self.seat, self.leave = seats.seat, seats.leave
        self.crowded, self.garbled = seats.crowded, seats.garbled

    def look(self, data):
        self.looked.append(data)
        fits = data.startswith(b"R") and len(data) <= self.length
        return TurnedAway(status=STATUS, rest=REST, length=self.length) if fits else None


def connect(length, running=None):
    """A connection whose gate turns away requests of so many bytes."""
    clock, line = Clock(), Line()
    running = running or serving(length)
    state = running.server_state
    protocol = running.config.http_protocol_class(running.config, state, {}, clock)
    protocol.connection_made(line)
    return SimpleNamespace(gate=protocol.gate, clock=clock, line=line, to=protocol, state=state)


def serving(length):
    """A server that has not begun."""
    app = FastAPI()
    app.state.gate = Refusing(length)
    running = server(app, host="127.0.0.1", port=0, settings=SETTINGS)
    running.config.load()
    running.server_state.default_headers = [(b"date", b"today")]
    return running


def answer(one):
    """The application answers, whether or not the body is there."""
    start = {"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"2")]}
    for message in (start, {"type": "http.response.body", "body": b"{}"}):
        with pytest.raises(StopIteration):
            one.to.cycle.send(message).send(None)


ANSWER = STATUS + b"date: today\r\n" + REST
POST = b"POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n"
CHUNKED = b"POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
