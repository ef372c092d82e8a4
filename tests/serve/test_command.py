import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from mien.cli.main import main
from mien.errors import MienError
from mien.serve.command import listen, serve

LIGHT = """
import sys
import mien.serve.command, mien.serve.app, mien.serve.worker
heavy = {"torch", "transformers", "mien.lab", "mien.engine", "opentelemetry"} & set(sys.modules)
assert not heavy, heavy
"""


def test_the_service_never_imports_torch():
    subprocess.run([sys.executable, "-c", LIGHT], check=True, timeout=500)


def test_it_serves_until_it_is_interrupted(full_bundle, assets_cache, tmp_path):
    command = [sys.executable, "-m", "mien.cli.main", "serve", "--bundle", str(full_bundle)]
    process = subprocess.Popen(
        [*command, "--port", "0", "--work", str(tmp_path)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "MIEN_CACHE": str(assets_cache)},
    )  # fmt: skip
    try:
        line = process.stdout.readline()
        assert "http://127.0.0.1:" in line, line
        port = int(line.split("127.0.0.1:")[1].split("/")[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/health")
        assert json.loads(connection.getresponse().read())["status"] == "ok"
        connection.close()
        assert list(tmp_path.iterdir())
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert not list(tmp_path.iterdir())
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


def test_a_port_that_is_taken_is_told(full_bundle, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--bundle", str(full_bundle), "--port", str(port)]) == 2
    assert "cannot be listened at" in capsys.readouterr().err


def test_no_answer_waits_for_more_to_send():
    """Of an answer in two pieces Nagle's algorithm holds the second back, here for 40 ms."""
    found = []

    async def connect():
        came = asyncio.Event()

        async def note(_, writer):
            line = writer.get_extra_info("socket")
            found.append(line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()
            came.set()

        bound = listen("127.0.0.1", 0)
        async with await asyncio.start_server(note, sock=bound):
            _, writer = await asyncio.open_connection(*bound.getsockname())
            await came.wait()
            writer.close()
            await writer.wait_closed()

    asyncio.run(connect())
    assert found[0] != 0


def test_wrong_addresses_and_numbers_are_told(full_bundle, tmp_path):
    with pytest.raises(MienError, match="cannot be listened at"):
        listen("300.1.1.1", 0)
    with pytest.raises(MienError, match="no port 99999"):
        listen("127.0.0.1", 99999)
    with pytest.raises(MienError, match="jobs is 0"):
        serve(full_bundle, host="127.0.0.1", port=0, jobs=0)
    with pytest.raises(MienError):
        serve(tmp_path / "nothing", host="127.0.0.1", port=0)
