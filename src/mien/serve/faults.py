"""A fault of ours is answered like any refusal, and nothing of what it says is kept."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mien.serve.problems import answer, of_http
from mien.serve.watch import LOG


class Faults:
    """Answers 500 where what it guards raises; the fault's kind is logged and no more.

    What a fault says, and the server's log of one, may hold a path or a piece of an upload. Where
    the answer has begun already the server closes the connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 500."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as problem:
            if scope["type"] != "http":
                raise
            LOG.error("a fault: %s", type(problem).__name__)
            if not begun:
                await answer(of_http(HTTPException(500)), send)
