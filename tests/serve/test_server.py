"""A connection by itself, on a clock that the test moves: what it writes, and when it hangs up."""

import asyncio
from types import SimpleNamespace

import pytest
from fastapi import FastAPI

from mien.serve.gate import TurnedAway
from mien.serve.server import server
from mien.serve.settings import Settings

SETTINGS = Settings(head_seconds=10.0, slowest=100.0)
STATUS, REST = b"HTTP/1.1 503 Service Unavailable\r\n", b"content-length: 2\r\n\r\n{}"


class Clock:
    """An event loop's time, and what is to be done when."""

    def __init__(self):
        self.now, self.calls = 0.0, []

    def time(self):
        return self.now

    def call_later(self, delay, call):
        timer = SimpleNamespace(due=self.now + delay, call=call)
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
        self.written, self.closed = b"", False

    def write(self, data):
        self.written += data

    def close(self):
        self.closed = True

    def is_closing(self):
        return self.closed

    def pause_reading(self):
        pass

    resume_reading = pause_reading


class Refusing:
    """A gate that turns away whatever begins with an R, as a request of so many bytes."""

    def __init__(self, length):
        self.length, self.looked = length, []

    def look(self, data):
        self.looked.append(data)
        fits = data.startswith(b"R") and len(data) <= self.length
        return TurnedAway(status=STATUS, rest=REST, length=self.length) if fits else None


@pytest.fixture
def connect():
    def make(length):
        gate, clock, line = Refusing(length), Clock(), Line()
        app = FastAPI()
        app.state.gate = gate
        running = server(app, host="127.0.0.1", port=0, settings=SETTINGS)
        running.config.load()
        state = running.server_state
        state.default_headers = [(b"date", b"today")]
        protocol = running.config.http_protocol_class(running.config, state, {}, clock)
        protocol.connection_made(line)
        return SimpleNamespace(gate=gate, clock=clock, line=line, to=protocol, state=state)

    return make


ANSWER = STATUS + b"date: today\r\n" + REST


def test_a_refusal_is_written_at_once_with_the_servers_own_headers(connect):
    one = connect(1000)
    one.to.data_received(b"R" * 10)
    assert one.line.written == ANSWER
    assert one.state.total_requests == 1


@pytest.mark.parametrize("pieces", [(20,), (5, 15), (1, 1, 18), (10, 10)])
def test_the_rest_of_a_refused_request_is_dropped_and_the_next_one_looked_at(connect, pieces):
    one = connect(20)
    for number in range(3):
        assert one.line.written == number * ANSWER
        for piece in pieces:
            one.to.data_received(b"R" * piece)
    assert one.gate.looked == [b"R" * pieces[0]] * 3
    assert one.line.written == 3 * ANSWER
    one.to.data_received(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
    assert one.to.scope["path"] == "/health"


def test_what_comes_behind_a_refused_request_is_not_lost(connect):
    one = connect(20)
    one.to.data_received(b"R" * 19)
    one.to.data_received(b"RR" + b"R" * 5)
    assert one.gate.looked == [b"R" * 19, b"R" * 6]
    assert one.line.written == 2 * ANSWER
    one.to.data_received(b"R" * 14 + b"GET /model HTTP/1.1\r\nHost: a\r\n\r\n")
    assert one.to.scope["path"] == "/model"


def test_a_refused_body_that_stalls_is_hung_up_on(connect):
    one = connect(1000)
    one.to.data_received(b"R" * 10)
    one.clock.pass_by(9.0)
    one.to.data_received(b"R" * 10)
    one.clock.pass_by(9.0)
    assert not one.line.closed
    one.clock.pass_by(1.0)
    assert one.line.closed


def test_a_refused_body_that_drips_is_hung_up_on(connect):
    """990 bytes are left: at 100 a second, and 10 seconds to begin with, they may take 19.9."""
    one = connect(1000)
    one.to.data_received(b"R" * 10)
    for _ in range(4):
        one.clock.pass_by(4.9)
        one.to.data_received(b"R")
    assert not one.line.closed
    one.clock.pass_by(0.5)
    one.to.data_received(b"R")
    assert one.line.closed
    assert one.gate.looked == [b"R" * 10]


def test_a_line_at_rest_is_closed_after_a_while_and_by_nothing_else(connect):
    one = connect(10)
    one.to.data_received(b"R" * 10)
    assert len(one.clock.calls) == 1
    one.clock.pass_by(14.9)
    one.to.data_received(b"R" * 10)
    assert len(one.clock.calls) == 1
    one.clock.pass_by(14.9)
    assert not one.line.closed
    one.clock.pass_by(0.2)
    assert one.line.closed


def test_a_head_that_never_ends_is_hung_up_on(connect):
    one = connect(10)
    one.clock.pass_by(5.0)
    one.to.data_received(b"GET / HT")
    one.clock.pass_by(4.9)
    one.to.data_received(b"TP/1.1\r\n")
    assert not one.line.closed
    one.clock.pass_by(0.2)
    assert one.line.closed


def test_the_gate_looks_only_where_an_answer_can_be_written(connect):
    """Not in the middle of a head, and not where nobody takes the answers."""
    one = connect(10)
    one.to.data_received(b"GET / HTTP/1.1\r\n")
    one.to.data_received(b"R: a\r\n")
    assert one.gate.looked == [b"GET / HTTP/1.1\r\n"]
    other = connect(10)
    other.to.pause_writing()
    other.to.data_received(b"R" * 10)
    assert other.gate.looked == []
    assert other.line.written == b""
