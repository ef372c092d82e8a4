import asyncio
import contextlib
import json
import socket
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from mien.bench.speed import service_load
from mien.bench.speed.service import measure, request
from mien.bench.speed.service_load import Load, Target, at_rate, at_will, quantile, until_calm
from mien.cli.main import main
from mien.errors import MienError
from predict import models


def served(answers, sending):
    """Run `sending(target)` against a server that gives these statuses in turn, then the last."""

    async def both():
        left, came, gone = list(answers), 0, asyncio.Semaphore(0)

        async def serve(reader, writer):
            nonlocal came
            came += 1
            try:
                while True:
                    head = await reader.readuntil(b"\r\n\r\n")
                    length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
                    await reader.readexactly(length)
                    status = left.pop(0) if len(left) > 1 else left[0]
                    writer.write(b"HTTP/1.1 %d X\r\ncontent-length: 2\r\n\r\n{}" % status)
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                await writer.wait_closed()
            finally:
                gone.release()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            found = await sending(Target(port=port, request=request(b"photo")))
            for _ in range(came):
                await gone.acquire()
            return found

    return asyncio.run(both())


def test_quantiles_are_those_of_the_inverted_distribution():
    values = np.random.default_rng(3).random(37).tolist()
    for share in (0.01, 0.5, 0.9, 0.99, 1.0):
        expected = np.quantile(values, share, method="inverted_cdf")
        assert quantile(values, share) == pytest.approx(expected)
    assert np.isnan(quantile([], 0.5))


def test_an_open_loop_sends_what_is_due_and_sorts_the_answers():
    load = served([200, 503, 429, 500, 200], lambda to: at_rate(to, rate=100.0, seconds=0.2))
    assert sum(load.statuses.values()) == 20
    assert dict(load.statuses) == {200: 17, 503: 1, 429: 1, 500: 1}
    assert (len(load.read), len(load.refused)) == (17, 2)
    assert load.read_a_second == pytest.approx(85)
    assert len(load.late) == 20


def test_what_the_load_itself_is_late_is_told_apart(monkeypatch):
    """By a clock that only sending moves on, by half a second: photos are due each 10 ms."""
    now = 0.0

    async def slow(*_):
        nonlocal now
        now += 0.5
        return 200

    monkeypatch.setattr(service_load.Line, "send", slow)
    monkeypatch.setattr(service_load, "time", SimpleNamespace(perf_counter=lambda: now))
    load = asyncio.run(at_rate(Target(port=1, request=b""), rate=100.0, seconds=0.035))
    assert load.late == pytest.approx([0.0, 0.49, 0.98])
    assert load.read == pytest.approx([0.5, 0.99, 1.48])


def test_a_closed_loop_never_has_more_under_way_than_clients(monkeypatch):
    """By a clock that an answer moves on by 10 ms: 3 clients get 60 answers in 0.2 s."""
    now, under_way, most, send = 0.0, 0, 0, service_load.Line.send

    async def noting(line, content):
        nonlocal now, under_way, most
        under_way += 1
        most = max(most, under_way)
        status = await send(line, content)
        under_way -= 1
        now += 0.01 / 3
        return status

    monkeypatch.setattr(service_load.Line, "send", noting)
    monkeypatch.setattr(service_load, "time", SimpleNamespace(perf_counter=lambda: now))
    load = served([200], lambda to: at_will(to, clients=3, seconds=0.2))
    assert most == 3
    assert load.statuses[200] == len(load.read)
    assert 57 <= len(load.read) <= 60
    assert set(load.statuses) == {200}


def test_a_server_that_hangs_up_is_a_status_of_its_own():
    async def nobody():
        with contextlib.closing(socket.socket()) as deaf:
            deaf.bind(("127.0.0.1", 0))  # taken, and not listened at
            target = Target(port=deaf.getsockname()[1], request=request(b"x"))
            return await at_rate(target, rate=50.0, seconds=0.1)

    assert dict(asyncio.run(nobody()).statuses) == {0: 5}


def test_a_line_that_was_hung_up_on_while_idle_is_opened_anew():
    async def once_each():
        async def serve(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            line = service_load.Line(server.sockets[0].getsockname()[1])
            first = await line.send(request(b""))
            while not line._streams[0].at_eof():
                await asyncio.sleep(0.01)
            second = await line.send(request(b""))
            await line.close()
        return first, second

    assert asyncio.run(once_each()) == (200, 200)


def test_calm_is_ten_in_a_row():
    assert served([503, 200, 503, 200], lambda to: until_calm(to, within=60.0, most=60.0)) > 0
    assert np.isnan(served([503], lambda to: until_calm(to, within=1.0, most=0.1)))


def test_a_load_without_answers_has_no_rate():
    assert Load().read_a_second == 0
    assert service_load.quantile(Load().read, 0.99) != 0


def test_the_whole_bench_on_a_tiny_model(tmp_path, assets_cache, portrait, monkeypatch, capsys):
    monkeypatch.setenv("MIEN_CACHE", str(assets_cache))
    bundle = models.write(tmp_path / "bundle")
    cv2.imwrite(str(tmp_path / "face.png"), portrait[..., ::-1])
    words = ["bench", "serve", "--bundle", str(bundle), "--photo", str(tmp_path / "face.png")]
    assert main([*words, "--seconds", "1", "--clients", "2", "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "as many as it can" in said
    assert "5 times that" in said
    figures = json.loads((tmp_path / "out" / "serve.json").read_text())["figures"]
    assert all(one["load_cpu_seconds"] > 0 for one in figures["stretches"])
    assert "% of a core to send" in (tmp_path / "out" / "serve.md").read_text()


def test_a_service_that_never_calms_down_is_told_in_words():
    from mien.cli.bench_serve import _calm

    assert _calm(1.234).startswith("1.23 s after the overload")
    assert "nan" not in _calm(float("nan"))
    assert "no moment" in _calm(float("nan"))


def test_a_service_that_cannot_start_is_told(tmp_path):
    (tmp_path / "photo").write_bytes(b"x")
    with pytest.raises(MienError, match="did not start"):
        measure(tmp_path / "nothing", photo=tmp_path / "photo", clients=1, seconds=0.1)
