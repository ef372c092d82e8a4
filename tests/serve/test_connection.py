"""A connection by itself: what it writes, who has a seat, and when it hangs up."""

import json

import pytest

from serve.line import ANSWER, CHUNKED, answer, connect, serving


def test_a_refusal_is_written_at_once_with_the_servers_own_headers():
    one = connect(1000)
    one.to.data_received(b"R" * 10)
    assert one.line.written == ANSWER
    assert one.state.total_requests == 1


def test_who_finds_no_seat_is_refused_and_closed_and_beyond_that_hung_up_on():
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
def test_what_is_no_http_is_refused_like_everything_else(wrong):
    one = connect(10)
    one.to.data_received(wrong)
    head, _, body = one.line.written.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"connection: close" in head.split(b"\r\n")
    assert set(json.loads(body)) == {"error", "remedy"}
    assert one.line.closed


def test_what_is_no_http_after_an_answer_ends_the_line():
    one = connect(10)
    one.to.data_received(CHUNKED)
    answer(one)
    written = one.line.written
    one.to.data_received(b"no length\r\n")
    assert one.line.closed
    assert one.line.written == written


def test_a_line_at_rest_is_closed_after_a_while_and_by_nothing_else():
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


def test_a_head_that_never_ends_is_hung_up_on():
    one = connect(10)
    one.clock.pass_by(5.0)
    one.to.data_received(b"GET / HT")
    one.clock.pass_by(4.9)
    one.to.data_received(b"TP/1.1\r\n")
    assert not one.line.closed
    one.clock.pass_by(0.2)
    assert one.line.closed


def test_the_gate_looks_only_where_an_answer_can_be_written():
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
