"""Typed errors: whatever goes wrong, the answer says what and what to do about it."""

import json
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import Send

from mien.errors import MienError

_REMEDIES = {
    400: "send the form as GET /openapi.json describes it",
    404: "look at GET /openapi.json for what there is",
    405: "look at GET /openapi.json for the methods of this address",
    500: "try again; if it happens again, tell who runs this service",
}


class Refused(HTTPException):
    """A request that is not answered, with its reason and remedy.

    Args:
        status: of HTTP.
        error: what is wrong, in one sentence without a final full stop.
        remedy: what to do about it.
        retry_after: seconds after which trying again makes sense.
    """

    def __init__(
        self, status: int, error: str, *, remedy: str, retry_after: int | None = None
    ) -> None:
        headers = None if retry_after is None else {"Retry-After": str(retry_after)}
        super().__init__(status, error, headers)
        self.error = error
        self.remedy = remedy


def of_mien(problem: MienError, *, status: int = 422) -> Refused:
    """The answer to an input that cannot be read; file names stay out of it."""
    remedy = problem.remedy or "send another file"
    return Refused(status, problem.problem, remedy=remedy)


def of_http(problem: HTTPException) -> Refused:
    """The same with a remedy, for what the framework raises."""
    if isinstance(problem, Refused):
        return problem
    status = problem.status_code
    phrase = HTTPStatus(status).phrase.lower()
    detail = problem.detail if status == 400 and isinstance(problem.detail, str) else phrase
    remedy = _REMEDIES.get(status, _REMEDIES[500])
    refused = Refused(status, detail.rstrip("."), remedy=remedy)
    refused.headers = problem.headers
    return refused


def no_room() -> Refused:
    """The answer to an upload that the disk does not take."""
    return Refused(
        507, "the service's disk has no room for the upload",
        remedy="delete jobs that are done, or make room and send it again",
    )  # fmt: skip


def body(problem: Refused) -> bytes:
    """The JSON of `shapes.Problem`."""
    return json.dumps({"error": problem.error, "remedy": problem.remedy}).encode()


def headers(problem: Refused) -> list[tuple[bytes, bytes]]:
    """Those of an answer that is `body` alone."""
    return [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body(problem))).encode()),
        *((k.lower().encode(), v.encode()) for k, v in (problem.headers or {}).items()),
    ]


async def answer(problem: Refused, send: Send) -> None:
    """Send it from below the framework."""
    status = problem.status_code
    await send({"type": "http.response.start", "status": status, "headers": headers(problem)})
    await send({"type": "http.response.body", "body": body(problem)})
