"""What comes in is counted while it comes: bytes, time, and how many are let in at once."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mien.serve.metrics import Metrics
from mien.serve.problems import Refused, answer
from mien.serve.settings import Settings

_BODY = 65_536
"""Bytes of a body where none is asked for."""


@dataclass(kw_only=True, eq=False)
class Lane:
    """Requests of one kind: how large they may be, and how many are under way."""

    methods: frozenset[str]
    most_bytes: int
    places: int
    refused: Refused
    """What the next one is told when all places are taken."""
    taken: int = 0
    each: Callable[[], float] = float
    """Seconds that one of them takes the others to wait, as of late; none by default."""

    def full(self, wait: float) -> bool:
        """Whether one more finds no place, or would wait longer than `wait` seconds."""
        return self.taken >= self.places or self.taken * self.each() > wait


class Intake:
    """Refuses what is too large, too slow or too much, before it is read.

    A request that finds no place is refused at once, whatever it would have sent. The length that a
    request claims is looked at first, and then its bytes are counted, since it may claim none.

    Args:
        app: what is guarded.
        lanes: by path.
        settings: how slow an upload may be.
        metrics: told of refusals.
    """

    def __init__(
        self, app: ASGIApp, *, lanes: dict[str, Lane], settings: Settings, metrics: Metrics
    ) -> None:
        self._app = app
        self._lanes = lanes
        self._settings = settings
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer 408, 413, 429 or 503."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        lane = self._lanes.get(scope["path"])
        if lane is not None and scope["method"] not in lane.methods:
            lane = None
        try:
            limit = _BODY if lane is None else lane.most_bytes
            self._check_claim(scope, limit)
            if lane is not None and lane.full(self._settings.wait_seconds):
                self._metrics.add("mien_refused_total", reason="full")
                raise lane.refused
        except Refused as problem:
            await answer(problem, send)
            return
        counted = _Counted(receive, limit, self._settings, self._metrics)
        if lane is None:
            await self._app(scope, counted, send)
            return
        place = _Place(lane, send)
        try:
            await self._app(scope, counted, place)
        finally:
            place.give_back()

    def _check_claim(self, scope: Scope, limit: int) -> None:
        claims = [value for key, value in scope["headers"] if key == b"content-length"]
        if claims and claims[0].isdigit() and int(claims[0]) > limit:
            self._metrics.add("mien_refused_total", reason="bytes")
            raise too_large(limit)


class _Place:
    """A place of a lane, and a `send` that gives it back just before the last of the answer goes.

    Who has the whole answer and asks again at once must find it free. Where no answer goes out
    (a fault, a client that left) `give_back` does it.
    """

    def __init__(self, lane: Lane, send: Send) -> None:
        self._lane = lane
        self._send = send
        self._held = True
        lane.taken += 1

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self.give_back()
        await self._send(message)

    def give_back(self) -> None:
        """Leave it to the next; a second call does nothing."""
        if self._held:
            self._held = False
            self._lane.taken -= 1


class _Counted:
    """A request's `receive` that counts bytes and watches the clock."""

    def __init__(self, receive: Receive, limit: int, settings: Settings, metrics: Metrics) -> None:
        self._receive = receive
        self._limit = limit
        self._settings = settings
        self._metrics = metrics
        self._bytes = 0
        self._began = time.monotonic()
        self._whole = False

    async def __call__(self) -> Message:
        if self._whole:  # what comes now is only that the client left
            return await self._receive()
        try:
            async with asyncio.timeout(self._settings.head_seconds):
                message = await self._receive()
        except TimeoutError:
            raise self._too_slow() from None
        if message["type"] != "http.request":
            return message
        self._bytes += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._bytes > self._limit:
            self._metrics.add("mien_refused_total", reason="bytes")
            raise too_large(self._limit)
        grace = self._settings.head_seconds + self._bytes / self._settings.slowest
        if not self._whole and time.monotonic() - self._began > grace:
            raise self._too_slow()
        return message

    def _too_slow(self) -> Refused:
        self._metrics.add("mien_refused_total", reason="slow")
        return Refused(408, "the upload was too slow", remedy="send it again on a better line")


def too_large(limit: int) -> Refused:
    """The answer to an upload of more than `limit` bytes."""
    return Refused(
        413, f"the upload is larger than {limit / 1e6:g} MB",
        remedy="shrink it, or cut the clip shorter",
    )  # fmt: skip
