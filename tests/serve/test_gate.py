"""Who finds no place gets the same answer from the gate as from `Intake`, and no other gets any."""

import json
import re
import socket
from itertools import pairwise

import pytest

from mien.serve.gate import Gate
from mien.serve.intake import Lane
from mien.serve.metrics import Metrics
from mien.serve.problems import Refused
from mien.serve.settings import Settings
from serve.conftest import SMALL, live_of, until

PLAIN = b"Host: 127.0.0.1\r\nUser-Agent: a/1\r\nContent-Type: multipart/form-data\r\n"


def head(*, first=b"POST /read HTTP/1.1", headers=PLAIN, length=b"10"):
    return first + b"\r\n" + headers + b"Content-Length: " + length + b"\r\n\r\n"


def gate_of(taken=2, **changes):
    refused = Refused(503, "too many", remedy="wait", retry_after=7)
    lane = Lane(
        methods=frozenset({"POST"}), most_bytes=1000, places=2, refused=refused, taken=taken
    )
    metrics = Metrics()
    lanes = {"/read": lane, **changes}
    return Gate(lanes=lanes, hosts={"127.0.0.1"}, settings=Settings(), metrics=metrics), metrics


def with_line(line):
    return head(headers=PLAIN + line + b"\r\n")


@pytest.mark.parametrize(
    "data",
    [
        head(), head() + b"x" * 10, head() + b"xyz", head(length=b"0"), head(length=b"1000"),
        head(headers=PLAIN.lower().replace(b": ", b":\t ")), with_line(b"Connection: Keep-Alive"),
        with_line(b"Origin: http://127.0.0.1").replace(b"/1\r\n", b"/1\t\r\n"),
        with_line(b"X-Empty:"),
    ],
)  # fmt: skip
def test_a_plain_request_is_turned_away_when_its_lane_is_full(data):
    gate, metrics = gate_of()
    found = gate.look(data)
    whole = data.index(b"\r\n\r\n") + 4
    claimed = int(re.search(rb"(?i)content-length:\s*(\d+)", data)[1])
    assert found.length == whole + claimed
    assert found.status == b"HTTP/1.1 503 Service Unavailable\r\n"
    assert b"\r\nretry-after: 7\r\n" in b"\r\n" + found.rest
    assert json.loads(found.rest.partition(b"\r\n\r\n")[2]) == {
        "error": "too many",
        "remedy": "wait",
    }
    lines = metrics.text().splitlines()
    assert 'mien_refused_total{reason="full"} 1' in lines
    assert 'mien_requests_total{method="POST",route="(none)",status="503"} 1' in lines
    assert 'mien_request_seconds_count{route="(none)"} 1' in lines


OTHERS = {
    "another method": head(first=b"GET /read HTTP/1.1"),
    "another address": head(first=b"POST /else HTTP/1.1"),
    "an address without a lane": head(first=b"POST /health HTTP/1.1"),
    "a query": head(first=b"POST /read?a=1 HTTP/1.1"),
    "an old version": head(first=b"POST /read HTTP/1.0"),
    "half a head": head()[:-2],
    "no head": b"\r\n\r\n",
    "nothing": b"",
    "bare line feeds": head().replace(b"\r\n", b"\n"),
    "a folded line": with_line(b"X-A: 1\r\n 2"),
    "a blank before the colon": with_line(b"X-A : 1"),
    "a zero byte": with_line(b"X-A: \0"),
    "letters beyond ASCII": with_line(b"X-A: \xe9"),
    "a header twice": with_line(b"content-length: 10"),
    "no length": b"POST /read HTTP/1.1\r\n" + PLAIN + b"\r\n",
    "a length with a sign": head(length=b"+10"),
    "two lengths": head(length=b"10, 10"),
    "a length beyond the limit": head(length=b"1001"),
    "a length that is endless": head(length=b"9" * 5000),
    "chunks": with_line(b"Transfer-Encoding: chunked"),
    "who asks first": with_line(b"Expect: 100-continue"),
    "another protocol": with_line(b"Upgrade: h2c"),
    "the last on its line": with_line(b"Connection: close"),
    "another site": with_line(b"Origin: http://evil.example"),
    "no sound site": with_line(b"Origin: http://[bad"),
    "a page apart": with_line(b"Sec-Fetch-Site: cross-site"),
    "another name": head(headers=b"Host: evil.example\r\n"),
    "no name": head(headers=b""),
    "one more behind it": head() + b"x" * 10 + b"P",
    "a long head": with_line(b"X-A: " + b"a" * 20_000),
    "a long head of many lines that ends badly": with_line(b"\r\n".join([b"a: b"] * 3000) + b"\0"),
}


@pytest.mark.parametrize("data", OTHERS.values(), ids=OTHERS)
def test_whatever_is_not_plain_is_left_to_others(data):
    gate, metrics = gate_of()
    assert gate.look(data) is None
    assert "mien_refused_total{" not in metrics.text()


def test_who_finds_a_place_is_let_through():
    gate, metrics = gate_of(taken=1)
    assert gate.look(head()) is None
    assert "mien_refused_total{" not in metrics.text()


def test_a_lane_that_takes_no_posts_has_no_gate():
    read = Lane(
        methods=frozenset({"GET"}), most_bytes=1000, places=0,
        refused=Refused(503, "too many", remedy="wait"),
    )  # fmt: skip
    gate, _ = gate_of(**{"/other": read})
    assert gate.look(head(first=b"POST /other HTTP/1.1")) is None


def more(line):
    found = line.recv(65536)
    assert found, "the line was closed"
    return found


def answered(line):
    """The next answer on a connection, without its date."""
    found = b""
    while b"\r\n\r\n" not in found:
        found += more(line)
    first, _, body = found.partition(b"\r\n\r\n")
    length = int(re.search(rb"(?i)\r\ncontent-length: *(\d+)", first)[1])
    while len(body) < length:
        body += more(line)
    assert len(body) == length
    return re.sub(rb"\r\ndate: [^\r]*", b"", first), body


def counted(port):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        text = answered(line)[1].decode()
    names = ("mien_refused_total", "mien_requests_total", "mien_request_seconds_count")
    return {
        name: float(value)
        for name, value in (one.rsplit(" ", 1) for one in text.splitlines() if one[0] != "#")
        if name.startswith(names) and "/metrics" not in name
    }


@pytest.fixture(scope="module")
def full(full_bundle, assets_cache):
    """A service whose places for photos are all taken, and its port."""
    with live_of(full_bundle, assets_cache, settings=SMALL) as (app, port):
        lane = app.state.desk.lanes["/read"]
        lane.taken = lane.places
        yield app, port


@pytest.mark.parametrize("path", [b"/read", b"/ask"])
def test_the_gate_answers_as_the_guards_behind_it_do(full, path, monkeypatch):
    app, port = full
    looked, look = [], app.state.gate.look

    def looking(data):
        looked.append(look(data))
        return looked[-1]

    monkeypatch.setattr(app.state.gate, "look", looking)
    first, twice = b"POST %s HTTP/1.1" % path, b"Accept: a\r\nAccept: b\r\n"
    answers, counts = [], [counted(port)]
    for one in (head(first=first), head(first=first, headers=PLAIN + twice)):
        looked.clear()
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            line.sendall(one + b"x" * 10)
            answers.append((answered(line), looked[0] is None))
        # what is counted last
        last, before = 'mien_request_seconds_count{route="(none)"}', counts[-1]
        until(lambda last=last, before=before: counted(port)[last] > before.get(last, 0.0))
        counts.append(counted(port))
    (by_gate, let_through), (by_guards, left) = answers
    assert (let_through, left) == (False, True)
    assert by_gate == by_guards
    by_gate, by_guards = (
        {name: value - before.get(name, 0.0) for name, value in after.items()}
        for before, after in pairwise(counts)
    )
    assert by_gate == by_guards
    assert by_gate['mien_refused_total{reason="full"}'] == 1
    assert by_gate['mien_requests_total{method="POST",route="(none)",status="503"}'] == 1


def test_a_line_goes_on_after_a_refusal(full):
    """The body is dropped in whatever pieces it comes, and what follows is read."""
    app, port = full
    health = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    refused = head() + b"GET / HTTP"  # ten bytes of a body that look like a request
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for end in (len(head()), len(head()) + 3, len(refused)):
            line.sendall(refused[:end])
            assert answered(line)[0].startswith(b"HTTP/1.1 503")
            line.sendall(refused[end:] + health)
            first, body = answered(line)
            assert first.startswith(b"HTTP/1.1 200")
            assert json.loads(body)["reading"] == app.state.desk.lanes["/read"].places


def test_two_at_once_are_both_refused(full):
    _, port = full
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(2 * (head() + b"x" * 10))
        found = b""
        while found.count(b"HTTP/1.1 503") < 2:
            found += more(line)
