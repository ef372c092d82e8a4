"""Who finds no place is turned away at the connection, before anything is made of the request.

A service with too much to do turns away several requests for each that it lets in, so that a
refusal must cost next to nothing. What `Intake` refuses has gone through the parser, a task and all
guards; here the same answer is ready in one piece, and one look at the head tells whether it fits.
Only heads of the plainest kind are looked at; of all others `Intake` does it.
"""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from mien.serve.headers import completed
from mien.serve.intake import Lane
from mien.serve.metrics import Metrics
from mien.serve.origin import stranger
from mien.serve.problems import Refused, body, headers
from mien.serve.settings import Settings
from mien.serve.watch import note

_LONGEST = 16_384
"""Bytes of a head that is looked at."""
_HEAD = re.compile(rb"POST (/[a-z]+) HTTP/1\.1\r\n((?:[0-9A-Za-z-]+:[\t\x20-\x7e]*\r\n)+)\r\n")
"""A request's head as programs write it: no query, no folded line, no rare character."""
_DIGITS = 15
"""Of a length that is looked at."""
_UNUSUAL = frozenset({"transfer-encoding", "expect", "upgrade"})
"""Headers that change how a request is framed or answered."""

_CROWDED = Refused(
    503, "too many connections are open", remedy="close some, or try again in a second",
    retry_after=1,
)  # fmt: skip
_GARBLED = Refused(
    400, "this is no sound HTTP request",
    remedy="speak HTTP/1.1, without TLS, with one Host and one length",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TurnedAway:
    """A request that found no place."""

    status: bytes
    """The answer's first line."""
    rest: bytes
    """What follows the headers that the server gives every answer."""
    length: int
    """Bytes of the request, head and body together."""


class Gate:
    """Turns away what `Intake` would refuse because a lane is full, in the same words.

    Args:
        lanes: by path.
        hosts: names in `Host` that are answered.
        settings: how long a photo may wait.
        metrics: told of refusals.
    """

    def __init__(
        self, *, lanes: dict[str, Lane], hosts: Iterable[str], settings: Settings, metrics: Metrics
    ) -> None:
        self._lanes = {
            path.encode(): (lane, *_written(lane.refused))
            for path, lane in lanes.items()
            if "POST" in lane.methods
        }
        self._hosts = frozenset(hosts)
        self._wait = settings.wait_seconds
        self._metrics = metrics
        self._seats = settings.connections
        self._seated: set[object] = set()
        self._crowded = _last(_CROWDED)
        self._garbled = _last(_GARBLED)

    def seat(self, line: object) -> bool:
        """Whether a connection is among those that are served; it takes a free seat if it can."""
        if line in self._seated:
            return True
        if len(self._seated) >= self._seats:
            return False
        self._seated.add(line)
        return True

    def leave(self, line: object) -> None:
        """A connection is over."""
        self._seated.discard(line)

    def crowded(self) -> TurnedAway:
        """What to answer on a connection that has no seat; it is the last."""
        self._metrics.add("mien_refused_total", reason="connections")
        note(self._metrics, "", "", status=_CROWDED.status_code, seconds=0.0)
        return self._crowded

    def garbled(self) -> TurnedAway:
        """What to answer to what is no HTTP; it is the last."""
        note(self._metrics, "", "", status=_GARBLED.status_code, seconds=0.0)
        return self._garbled

    def look(self, data: bytes) -> TurnedAway | None:
        """What to answer to a request that begins with `data`; None where others see to it.

        Args:
            data: what a connection brought while it waited for a request.
        """
        began = time.perf_counter()
        found = _HEAD.match(data, 0, _LONGEST)
        if found is None or found[1] not in self._lanes:
            return None
        lane, status, rest = self._lanes[found[1]]
        if not lane.full(self._wait):
            return None
        claimed = self._claimed(_known(found[2]))
        if claimed is None or claimed > lane.most_bytes:
            return None
        length = found.end() + claimed
        if len(data) > length:  # another request follows
            return None
        self._metrics.add("mien_refused_total", reason="full")
        took = time.perf_counter() - began
        note(self._metrics, "POST", "", status=lane.refused.status_code, seconds=took)
        return TurnedAway(status=status, rest=rest, length=length)

    def _claimed(self, known: dict[str, str]) -> int | None:
        """The length of the body; None of a request that not its lane alone refuses."""
        length = known.get("content-length", "")
        if not length.isdigit() or len(length) > _DIGITS or _UNUSUAL & known.keys():
            return None
        if known.get("connection", "keep-alive").lower() != "keep-alive":
            return None
        return None if stranger("POST", known, self._hosts) is not None else int(length)


def _known(lines: bytes) -> dict[str, str]:
    """Headers by name in lower case; none at all where one comes twice."""
    pairs = [line.partition(":") for line in lines.decode("ascii").split("\r\n")[:-1]]
    found = {name.lower(): value.strip("\t ") for name, _, value in pairs}
    return found if len(found) == len(pairs) else {}


def _last(refused: Refused) -> TurnedAway:
    """A refusal after which the connection is closed."""
    status, rest = _written(refused, (b"connection", b"close"))
    return TurnedAway(status=status, rest=rest, length=0)


def _written(refused: Refused, *more: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """A refusal's first line, and what follows the server's own headers."""
    status = HTTPStatus(refused.status_code)
    lines = [b"%s: %s\r\n" % header for header in completed([*headers(refused), *more])]
    first = b"HTTP/1.1 %d %s\r\n" % (status, status.phrase.encode())
    return first, b"".join(lines) + b"\r\n" + body(refused)
