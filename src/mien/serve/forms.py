"""Forms are read with as few parts, and as small ones, as our own routes ask for."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from mien.serve.problems import no_room

_FILES = 1
_FIELDS = 80
"""64 phrases, which the routes count, and what else there is."""
_PART = 4096
"""Bytes of a field; the longest is a purpose of 300 characters."""


class FormRoute(APIRoute):
    """A route whose form is read within limits.

    The framework's own would keep fields of 1 GB in memory. More than is allowed is answered with
    400, and what the disk does not take with 507.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As the framework's, of a request whose form is there already."""
        handle = super().get_route_handler()

        async def limited(request: Request) -> Response:
            try:
                await request.form(max_files=_FILES, max_fields=_FIELDS, max_part_size=_PART)
            except HTTPException:
                raise
            except OSError as problem:
                raise no_room() from problem
            except Exception as problem:
                raise HTTPException(400, "the form cannot be read") from problem
            return await handle(request)

        return handle if self.body_field is None else limited
