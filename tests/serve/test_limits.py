"""The service on a port, spoken to by hand: too much, too slow, too many."""

import http.client
import json
import select
import socket
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from serve.conftest import SMALL, live_of, until

EDGE = "xyz"


def form(content, name="image"):
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"; filename="f"\r\n\r\n'
    return head.encode() + content + f"\r\n--{EDGE}--\r\n".encode()


def post(port, path, body, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        kind = f"multipart/form-data; boundary={EDGE}"
        connection.request("POST", path, body, {"Content-Type": kind, **headers})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read()), dict(answer.getheaders())
    finally:
        connection.close()


def talk(port, *pieces, pause=0.0, seconds=60.0):
    """Send pieces as they are until something comes back, and return all of that."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as line:
        for piece in pieces:
            try:
                line.sendall(piece)
            except OSError:
                break
            if select.select([line], [], [], pause)[0]:
                break
        found = b""
        while True:
            try:
                more = line.recv(65536)
            except ConnectionResetError:
                return found
            if not more:
                return found
            found += more
            if b"\r\n\r\n" in found and b"}" in found.partition(b"\r\n\r\n")[2]:
                return found


HEAD = (
    "POST /read HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    f"Content-Type: multipart/form-data; boundary={EDGE}\r\n"
)


@pytest.fixture(scope="module")
def hasty(full_bundle, assets_cache):
    """The port of a service that waits three seconds for a head and for each piece of a body."""
    with live_of(full_bundle, assets_cache, settings=replace(SMALL, head_seconds=3.0)) as (_, port):
        yield port


def test_a_photo_over_the_wire(live, jpeg):
    status, found, headers = post(live, "/read", form(jpeg))
    assert status == 200
    assert found["faces"][0]["status"] == "ok"
    assert "Server" not in headers


def test_a_length_beyond_the_limit_is_refused_before_it_is_sent(live):
    said = talk(live, f"{HEAD}Content-Length: 999999999999\r\n\r\n".encode())
    assert said.startswith(b"HTTP/1.1 413")
    assert b"larger than 0.4 MB" in said


def test_bytes_are_counted_where_no_length_is_given(live):
    def pieces():
        yield form(b"")[:80]
        for _ in range(40):
            yield b"\0" * 20_000

    chunks = [f"{len(one):x}\r\n".encode() + one + b"\r\n" for one in pieces()]
    said = talk(live, f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode(), *chunks)
    assert said.startswith(b"HTTP/1.1 413")


def test_addresses_that_take_no_body_take_little(live):
    status, found, _ = post(live, "/health", b"\0" * 100_000)
    assert status == 413
    assert found["remedy"]


def test_a_body_that_stalls_is_given_up(hasty):
    head = f"{HEAD}Content-Length: 5000\r\n\r\n".encode()
    said = until(lambda: talk(hasty, head + b"--xyz"))  # again, should the head itself be late
    assert said.startswith(b"HTTP/1.1 408")


def test_a_body_that_drips_is_given_up(hasty):
    drops = [form(b"")[:75], *([b"x"] * 400)]
    head = f"{HEAD}Content-Length: 5000\r\n\r\n".encode()
    said = until(lambda: talk(hasty, head + drops[0], *drops[1:], pause=0.1))
    assert said.startswith(b"HTTP/1.1 408")


def test_a_head_that_drips_is_hung_up_on(hasty):
    with socket.create_connection(("127.0.0.1", hasty), timeout=60) as line:
        line.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
        assert line.recv(100) == b""


def test_what_is_no_http_is_refused(live):
    said = talk(live, b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + b"\0" * 40)
    assert said.startswith(b"HTTP/1.1 400")
    assert b'"remedy"' in said


def test_more_connections_than_may_be_are_told_to_come_again(full_bundle, assets_cache):
    get = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with live_of(full_bundle, assets_cache, settings=replace(SMALL, connections=1)) as (app, port):
        assert app.state.gate.seat("another")
        status, said, headers = post(port, "/read", b"x" * 100_000)
        assert (status, headers["retry-after"], headers["connection"]) == (503, "1", "close")
        assert "connections" in said["error"]
        app.state.gate.leave("another")
        until(lambda: talk(port, get).startswith(b"HTTP/1.1 200"))


def test_a_refusal_reaches_who_closes_after_it_and_still_sends(live):
    """As Python's own `urllib.request` does: without care it would be told of a broken line."""
    kind = {"Content-Type": f"multipart/form-data; boundary={EDGE}"}
    address = f"http://127.0.0.1:{live}/read"
    request = urllib.request.Request(address, data=b"x" * 5_000_000, headers=kind)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    with refused.value as said:
        assert said.code == 413
        assert json.load(said)["remedy"]


def test_more_photos_than_places_are_refused_at_once_and_the_rest_are_read(
    full_bundle, assets_cache, jpeg, monkeypatch
):
    from mien.serve import readers

    settings = replace(SMALL, readers=1, waiting=1, wait_seconds=60.0)
    go, first = threading.Event(), threading.Event()
    decode = readers.decode

    def held(*arguments, **named):
        first.set()
        assert go.wait(60)
        return decode(*arguments, **named)

    monkeypatch.setattr(readers, "decode", held)
    with (
        live_of(full_bundle, assets_cache, settings=settings) as (app, port),
        ThreadPoolExecutor(2) as threads,
    ):
        held_back = [threads.submit(post, port, "/read", form(jpeg)) for _ in range(2)]
        assert first.wait(60)
        lane = app.state.desk.lanes["/read"]
        until(lambda: lane.taken == 2)
        for path, name in (("/read", "image"), ("/ask", "image")):
            status, said, headers = post(port, path, form(jpeg, name))
            assert (status, headers["retry-after"]) == (503, "1")
            assert said["remedy"]
        assert (
            post(port, "/jobs", form(b"no clip", "clip"))[0] == 415
        )  # clips have their own places
        go.set()
        assert [one.result()[0] for one in held_back] == [200, 200]
        assert post(port, "/read", form(jpeg))[0] == 200
        assert lane.taken == 0


def test_a_photo_that_waited_too_long_is_not_read_late(full_bundle, assets_cache, jpeg):
    with live_of(full_bundle, assets_cache, settings=replace(SMALL, wait_seconds=0.0)) as (
        _,
        port,
    ):
        status, said, _ = post(port, "/read", form(jpeg))
    assert status == 503
    assert "waited too long" in said["error"]


@pytest.mark.parametrize("headers", [{"Host": "other.example"}, {"Origin": "http://other.example"}])
def test_guards_stand_before_the_body(live, jpeg, headers):
    assert post(live, "/read", form(jpeg), **headers)[0] in {403, 421}


def test_who_would_wait_too_long_is_refused_though_there_is_a_place():
    from mien.serve.intake import Lane
    from mien.serve.problems import Refused

    lane = Lane(
        methods=frozenset({"POST"}), most_bytes=1, places=10,
        refused=Refused(503, "full", remedy="wait"), each=lambda: 0.5,
    )  # fmt: skip
    found = []
    for taken in (0, 3, 4, 5, 10):
        lane.taken = taken
        found.append(lane.full(2.0))
    assert found == [False, False, False, True, True]
