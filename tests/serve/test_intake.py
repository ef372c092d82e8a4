"""The guard by itself, driven message by message: nothing here depends on how fast a machine is."""

import asyncio
from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import pytest

from mien.serve import intake
from mien.serve.intake import Intake, Lane
from mien.serve.metrics import Metrics
from mien.serve.problems import Refused
from mien.serve.settings import Settings

PATIENT = Settings(head_seconds=60.0, wait_seconds=60.0)
START = {"type": "http.response.start", "status": 200, "headers": []}


def lane_of(**changes):
    refused = Refused(503, "full", remedy="wait", retry_after=1)
    return Lane(
        **{
            "methods": frozenset({"POST"}), "most_bytes": 1000, "places": 2, "refused": refused,
            **changes,
        }
    )  # fmt: skip


def piece(body, *, more=True):
    return {"type": "http.request", "body": body, "more_body": more}


def part(body=b"", **more):
    return {"type": "http.response.body", "body": body, **more}


async def whole(receive):
    """What an upload holds."""
    found, more = b"", True
    while more:
        message = await receive()
        found += message["body"]
        more = message["more_body"]
    return found


def ask(app, lane, *pieces, settings=PATIENT, sent=None, path="/read", method="POST", headers=()):
    """Put one request through the guard; each message sent, with the places taken just then."""
    sent = [] if sent is None else sent
    waiting = list(pieces or [piece(b"", more=False)])

    async def receive():
        if not waiting:
            await asyncio.Event().wait()  # nothing comes any more
        return waiting.pop(0)

    async def send(message):
        sent.append((message, lane.taken))

    guard = Intake(app, lanes={"/read": lane}, settings=settings, metrics=Metrics())
    scope = {"type": "http", "path": path, "method": method, "headers": list(headers)}
    asyncio.run(guard(scope, receive, send))
    return sent


def answering(*messages):
    async def app(scope, receive, send):
        await whole(receive)
        for message in messages:
            await send(message)

    return app


@pytest.mark.parametrize("last", [part(b"yes"), part(b"yes", more_body=False)])
def test_the_place_is_free_when_the_answer_is_whole(last):
    lane = lane_of()
    sent = ask(answering(START, last), lane)
    assert [(message["type"], taken) for message, taken in sent] == [
        ("http.response.start", 1),
        ("http.response.body", 0),
    ]
    assert lane.taken == 0


def test_an_answer_in_parts_keeps_its_place_until_the_last():
    lane = lane_of()
    parts = [part(b"a", more_body=True), part(b"b", more_body=True), part()]
    sent = ask(answering(START, *parts), lane)
    assert [taken for _, taken in sent] == [1, 1, 1, 0]
    assert [message for message, _ in sent] == [START, *parts]
    assert lane.taken == 0


def test_the_place_is_given_back_once():
    """What goes on after the answer gives back nobody else's place."""
    lane = lane_of(taken=1)
    told = []

    async def app(scope, receive, send):
        await send(START)
        await send(part(b"yes"))
        told.append(lane.taken)
        await send(part())

    ask(app, lane)
    assert told == [1]
    assert lane.taken == 1


@pytest.mark.parametrize("begun", [(), (START,), (START, part(b"a", more_body=True))])
def test_a_fault_gives_the_place_back(begun):
    lane = lane_of()

    async def app(scope, receive, send):
        for message in begun:
            await send(message)
        raise RuntimeError("a fault")

    with pytest.raises(RuntimeError, match="a fault"):
        ask(app, lane)
    assert lane.taken == 0


def test_a_client_that_left_gives_the_place_back():
    lane = lane_of()

    async def leaves(scope, receive, send):
        assert (await receive())["type"] == "http.disconnect"

    assert ask(leaves, lane, {"type": "http.disconnect"}) == []
    assert lane.taken == 0


def test_a_line_that_breaks_under_the_answer_gives_the_place_back():
    lane = lane_of()

    class Broken(list):
        def append(self, _):
            raise OSError("the line broke")

    with pytest.raises(OSError, match="the line broke"):
        ask(answering(START, part(b"yes")), lane, sent=Broken())
    assert lane.taken == 0


async def _never(*_):
    await asyncio.Event().wait()


def test_a_request_that_is_cancelled_gives_the_place_back():
    lane = lane_of()

    async def cancelled():
        entered = asyncio.Event()

        async def app(scope, receive, send):
            entered.set()
            await asyncio.Event().wait()

        guard = Intake(app, lanes={"/read": lane}, settings=PATIENT, metrics=Metrics())
        scope = {"type": "http", "path": "/read", "method": "POST", "headers": []}
        task = asyncio.create_task(guard(scope, _never, _never))
        await entered.wait()
        assert lane.taken == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert lane.taken == 0


def test_who_finds_no_place_is_refused_and_takes_none():
    lane = lane_of(taken=2)
    sent = ask(answering(START, part()), lane)
    assert sent[0][0]["status"] == 503
    assert (b"retry-after", b"1") in sent[0][0]["headers"]
    assert [taken for _, taken in sent] == [2, 2]
    assert lane.taken == 2


def test_other_methods_and_addresses_take_no_place():
    lane = lane_of()
    for elsewhere in ({"method": "GET"}, {"path": "/health"}):
        sent = ask(answering(START, part()), lane, **elsewhere)
        assert [taken for _, taken in sent] == [0, 0]


def refusal(status, *pieces, settings=PATIENT, headers=()):
    """The upload is refused with this status, and its place is given back."""
    lane = lane_of()
    refused = []

    async def app(scope, receive, send):
        try:
            await whole(receive)
        except Refused as problem:
            refused.append(problem.status_code)

    sent = ask(app, lane, *pieces, settings=settings, headers=headers)
    found = refused or [sent[0][0]["status"]]
    assert found == [status]
    assert lane.taken == 0


def test_bytes_are_counted_and_claims_believed_only_where_they_are_too_large():
    refusal(413, headers=[(b"content-length", b"1001")])
    refusal(413, *([piece(b"x" * 300)] * 4), headers=[(b"content-length", b"10")])
    answers = []

    async def app(scope, receive, send):
        answers.append(len(await whole(receive)))

    ask(app, lane_of(), piece(b"x" * 999), piece(b"x", more=False))
    assert answers == [1000]


def test_a_body_that_stalls_is_given_up():
    refusal(408, piece(b"x"), settings=replace(PATIENT, head_seconds=0.05))


def test_a_body_that_drips_is_given_up(monkeypatch):
    """Each piece comes in time, and all of them together too slowly: 5 bytes of 10 a second."""
    seconds = count()
    clock = SimpleNamespace(monotonic=lambda: float(next(seconds)))
    monkeypatch.setattr(intake, "time", clock)
    settings = replace(PATIENT, head_seconds=3.0, slowest=10.0)
    refusal(408, *([piece(b"xxxxx")] * 20), settings=settings)
