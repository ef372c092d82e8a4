"""The page and what it is made of."""

from fastapi import APIRouter, Request, Response

from mien.serve import pages
from mien.serve.problems import Refused

router = APIRouter(include_in_schema=False)


@router.get("/")
def index(request: Request) -> Response:
    """The page."""
    return _send(request, pages.INDEX)


@router.get("/page/{name}")
def part(request: Request, name: str) -> Response:
    """A style sheet, a script or the icon."""
    return _send(request, name)


def _send(request: Request, name: str) -> Response:
    files: dict[str, pages.PageFile] = request.app.state.pages
    if name not in files:
        raise Refused(404, "there is no such file", remedy="open the page at /")
    file = files[name]
    headers = {"ETag": file.tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == file.tag:
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type=file.kind, headers=headers)
