"""Photos posted to the service: as fast as it answers, or at a rate whatever it answers."""

import asyncio
import contextlib
import math
import time
from collections import Counter
from dataclasses import dataclass, field

_MOST = 1000
"""Requests under way at once; beyond these the generator itself is what is measured."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where photos go."""

    port: int
    """On this machine."""
    request: bytes
    """The whole request, head and body."""


@dataclass(kw_only=True, eq=False)
class Load:
    """What one stretch of requests met."""

    seconds: float = 0.0
    """How long photos were sent."""
    statuses: Counter[int] = field(default_factory=Counter)
    """Answers by status; 0 is a connection that broke."""
    read: list[float] = field(default_factory=list)
    """Seconds to each photo that was read, from when it was due."""
    refused: list[float] = field(default_factory=list)
    """Seconds to each refusal (429, 503), from when it was due."""
    late: list[float] = field(default_factory=list)
    """Seconds from when each photo was due to when it was sent: what the load itself is late."""

    @property
    def read_a_second(self) -> float:
        """Photos read a second."""
        return len(self.read) / self.seconds if self.seconds else 0.0

    def note(self, status: int, seconds: float) -> None:
        """Count one answer."""
        self.statuses[status] += 1
        if status == 200:
            self.read.append(seconds)
        elif status in {429, 503}:
            self.refused.append(seconds)


def quantile(seconds: list[float], share: float) -> float:
    """The smallest value that `share` of the values do not exceed; NaN of none."""
    if not seconds:
        return float("nan")
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(len(ordered) * share) - 1))]


class Line:
    """One connection that is used again and again."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: bytes) -> int:
        """The status of the answer; 0 where the connection broke."""
        if self._streams is not None and self._streams[0].at_eof():
            await self.close()  # the service hangs up on who is silent for long
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._streams
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            lengths = [
                line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
            ]
            await reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0)
            if b"connection: close" in head.lower():
                await self.close()
            return int(head.split(b" ", 2)[1])
        except (OSError, asyncio.IncompleteReadError):
            await self.close()
            return 0

    async def close(self) -> None:
        """Hang up."""
        streams, self._streams = self._streams, None
        if streams is not None:
            streams[1].close()
            with contextlib.suppress(OSError):
                await streams[1].wait_closed()


async def at_will(target: Target, *, clients: int, seconds: float) -> Load:
    """`clients` that each send the next photo when the last is answered."""
    load = Load(seconds=seconds)
    until = time.perf_counter() + seconds

    async def client() -> None:
        line = Line(target.port)
        while (began := time.perf_counter()) < until:
            status = await line.send(target.request)
            if time.perf_counter() < until:
                load.note(status, time.perf_counter() - began)
            if status != 200:
                await asyncio.sleep(0.05)
        await line.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return load


async def at_rate(target: Target, *, rate: float, seconds: float) -> Load:
    """`rate` photos a second, sent when they are due, however many are unanswered."""
    load = Load(seconds=seconds)
    idle: list[Line] = []
    under_way: set[asyncio.Task[None]] = set()
    began = time.perf_counter()

    async def one(due: float) -> None:
        line = idle.pop() if idle else Line(target.port)
        load.late.append(time.perf_counter() - due)
        status = await line.send(target.request)
        load.note(status, time.perf_counter() - due)
        idle.append(line)

    for number in range(int(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        while len(under_way) >= _MOST:
            await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.create_task(one(due))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    for line in idle:
        await line.close()
    return load


async def until_calm(target: Target, *, within: float, most: float) -> float:
    """Seconds until ten photos in a row are each read `within` seconds; NaN beyond `most`."""
    began, row = time.perf_counter(), 0
    line = Line(target.port)
    while row < 10:
        sent = time.perf_counter()
        if sent - began > most:
            await line.close()
            return float("nan")
        status = await line.send(target.request)
        good = status == 200 and time.perf_counter() - sent <= within
        row = row + 1 if good else 0
    await line.close()
    return time.perf_counter() - began
