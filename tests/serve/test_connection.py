"""A connection by itself, on a clock that the test moves: what it writes, and when it hangs up."""

import asyncio
import json
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


@pytest.fixture
def connect():
    def make(length, running=None):
        clock, line = Clock(), Line()
        running = running or serving(length)
        state = running.server_state
        protocol = running.config.http_protocol_class(running.config, state, {}, clock)
        protocol.connection_made(line)
        return SimpleNamespace(gate=protocol.gate, clock=clock, line=line, to=protocol, state=state)

    return make


def serving(length):
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
    one = connect(1000)
    one.to.data_received(b"R" * 10)
    for _ in range(6):
        one.clock.pass_by(4.9)
        one.to.data_received(b"R")
    assert not one.line.closed
    one.clock.pass_by(0.7)
    assert one.line.closed
    assert one.gate.looked == [b"R" * 10]


def test_of_a_refused_body_no_more_is_dropped_than_may_be(connect):
    one = connect(100_000)
    one.to.data_received(b"R" * 10)
    one.to.data_received(b"R" * 5000)
    assert not one.line.closed
    one.to.data_received(b"R")
    assert one.line.closed


POST = b"POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n"
CHUNKED = b"POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(("head", "piece"), [(POST, b"x"), (CHUNKED, b"1\r\nx\r\n")])
def test_a_body_that_comes_after_its_answer_is_not_waited_for_for_ever(connect, head, piece):
    one = connect(10)
    one.to.data_received(head + piece)
    answer(one)
    for _ in range(6):
        one.clock.pass_by(4.9)
        one.to.data_received(piece)
    assert not one.line.closed
    one.clock.pass_by(0.7)
    assert one.line.closed
    stalls = connect(10)
    stalls.to.data_received(head)
    answer(stalls)
    stalls.to.data_received(piece)
    stalls.clock.pass_by(9.9)
    assert not stalls.line.closed
    stalls.clock.pass_by(0.2)
    assert stalls.line.closed


def test_of_a_body_that_comes_after_its_answer_no_more_is_dropped_than_may_be(connect):
    one = connect(10)
    one.to.data_received(POST)
    answer(one)
    one.to.data_received(b"x" * 5000)
    assert not one.line.closed
    one.to.data_received(b"x")
    assert one.line.closed


def test_a_line_goes_on_when_the_body_is_over_that_came_after_its_answer(connect):
    one = connect(10)
    one.to.data_received(CHUNKED)
    answer(one)
    one.to.data_received(b"1\r\nx\r\n")
    one.to.data_received(b"0\r\n\r\n")
    assert len(one.clock.calls) == 1  # for the next request
    one.clock.pass_by(14.9)
    one.to.data_received(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
    assert one.to.scope["path"] == "/health"
    assert one.clock.calls == []
    answer(one)
    one.clock.pass_by(14.9)
    assert not one.line.closed
    one.clock.pass_by(0.2)
    assert one.line.closed


def test_who_does_not_take_an_answer_is_hung_up_on(connect):
    """Ten seconds at 100 bytes a second make 1000 bytes."""
    one = connect(10)
    one.to.data_received(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
    one.line.left = 2500
    one.to.pause_writing()
    for left in (1500, 500, 0):
        one.clock.pass_by(9.0)
        assert not one.line.closed
        one.line.left = left
        one.clock.pass_by(1.0)
    assert not one.line.closed
    one.to.resume_writing()
    assert one.to.flow.write_paused is False
    assert one.clock.calls == []
    one.line.left = 2500
    one.to.pause_writing()
    one.line.left = 1501
    one.clock.pass_by(10.0)
    assert one.line.closed


def test_who_finds_no_seat_is_refused_and_closed_and_beyond_that_hung_up_on(connect):
    running = serving(10)
    first, second, third, fourth = (connect(10, running) for _ in range(4))
    assert not any(one.line.closed for one in (first, second, third, fourth))
    late = connect(10, running)
    assert late.line.closed
    late.to.connection_lost(None)
    third.to.data_received(b"GET /heal")
    head, _, body = third.line.written.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 503 Service Unavailable"
    assert {b"date: today", b"retry-after: 1", b"connection: close"} <= set(lines)
    assert set(json.loads(body)) == {"error", "remedy"}
    assert third.line.ended
    third.to.data_received(b"th HTTP/1.1\r\nHost: a\r\n\r\n")  # is dropped
    assert third.line.written == head + b"\r\n\r\n" + body
    assert 'mien_refused_total{reason="connections"} 1' in third.gate.metrics.text()
    third.clock.pass_by(10.0)
    assert third.line.closed
    get = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
    second.to.data_received(get)  # who has a seat keeps it
    assert second.to.scope["path"] == "/health"
    first.to.connection_lost(None)
    fourth.to.data_received(get)  # a seat is free
    assert fourth.to.scope["path"] == "/health"


@pytest.mark.parametrize("wrong", [b"\x16\x03\x01\r\n\r\n", CHUNKED + b"no length\r\n"])
def test_what_is_no_http_is_refused_like_everything_else(connect, wrong):
    one = connect(10)
    one.to.data_received(wrong)
    head, _, body = one.line.written.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"connection: close" in head.split(b"\r\n")
    assert set(json.loads(body)) == {"error", "remedy"}
    assert one.line.closed


def test_what_is_no_http_after_an_answer_ends_the_line(connect):
    one = connect(10)
    one.to.data_received(CHUNKED)
    answer(one)
    written = one.line.written
    one.to.data_received(b"no length\r\n")
    assert one.line.closed
    assert one.line.written == written


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
