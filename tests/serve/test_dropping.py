"""What is dropped of requests that have their answer, and when the line is hung up."""

import pytest

from serve.line import ANSWER, CHUNKED, POST, answer, connect


@pytest.mark.parametrize("pieces", [(20,), (5, 15), (1, 1, 18), (10, 10)])
def test_the_rest_of_a_refused_request_is_dropped_and_the_next_one_looked_at(pieces):
    one = connect(20)
    for number in range(3):
        assert one.line.written == number * ANSWER
        for piece in pieces:
            one.to.data_received(b"R" * piece)
    assert one.gate.looked == [b"R" * pieces[0]] * 3
    assert one.line.written == 3 * ANSWER
    one.to.data_received(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
    assert one.to.scope["path"] == "/health"


def test_what_comes_behind_a_refused_request_is_not_lost():
    one = connect(20)
    one.to.data_received(b"R" * 19)
    one.to.data_received(b"RR" + b"R" * 5)
    assert one.gate.looked == [b"R" * 19, b"R" * 6]
    assert one.line.written == 2 * ANSWER
    one.to.data_received(b"R" * 14 + b"GET /model HTTP/1.1\r\nHost: a\r\n\r\n")
    assert one.to.scope["path"] == "/model"


def test_a_refused_body_that_stalls_is_hung_up_on():
    one = connect(1000)
    one.to.data_received(b"R" * 10)
    one.clock.pass_by(9.0)
    one.to.data_received(b"R" * 10)
    one.clock.pass_by(9.0)
    assert not one.line.closed
    one.clock.pass_by(1.0)
    assert one.line.closed


def test_a_refused_body_that_drips_is_hung_up_on():
    one = connect(1000)
    one.to.data_received(b"R" * 10)
    for _ in range(6):
        one.clock.pass_by(4.9)
        one.to.data_received(b"R")
    assert not one.line.closed
    one.clock.pass_by(0.7)
    assert one.line.closed
    assert one.gate.looked == [b"R" * 10]


def test_of_a_refused_body_no_more_is_dropped_than_may_be():
    one = connect(100_000)
    one.to.data_received(b"R" * 10)
    one.to.data_received(b"R" * 5000)
    assert not one.line.closed
    one.to.data_received(b"R")
    assert one.line.closed


@pytest.mark.parametrize(("head", "piece"), [(POST, b"x"), (CHUNKED, b"1\r\nx\r\n")])
def test_a_body_that_comes_after_its_answer_is_not_waited_for_for_ever(head, piece):
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


def test_of_a_body_that_comes_after_its_answer_no_more_is_dropped_than_may_be():
    one = connect(10)
    one.to.data_received(POST)
    answer(one)
    one.to.data_received(b"x" * 5000)
    assert not one.line.closed
    one.to.data_received(b"x")
    assert one.line.closed


def test_a_line_goes_on_when_the_body_is_over_that_came_after_its_answer():
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


def test_who_does_not_take_an_answer_is_hung_up_on():
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


CLOSING = POST.replace(b"Host: a", b"Host: a\r\nConnection: close")


def test_who_still_sends_gets_the_last_answer_before_the_line_is_closed():
    one = connect(10)
    one.to.data_received(CLOSING + b"x")
    answer(one)
    assert b"connection: close" in one.line.written.lower()
    assert one.line.ended
    assert not one.line.closed
    for _ in range(6):
        one.clock.pass_by(4.9)
        one.to.data_received(b"x")
    assert not one.line.closed
    one.clock.pass_by(0.7)
    assert one.line.closed
    stalls = connect(10)
    stalls.to.data_received(CLOSING)
    answer(stalls)
    stalls.clock.pass_by(10.0)
    assert stalls.line.closed
    much = connect(10)
    much.to.data_received(CLOSING)
    answer(much)
    much.to.data_received(b"x" * 5001)
    assert much.line.closed


def test_the_line_is_closed_with_the_last_answer_to_a_whole_request():
    one = connect(10)
    one.to.data_received(CLOSING + b"x" * 20_000)
    answer(one)
    assert one.line.closed
