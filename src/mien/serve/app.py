"""The service put together: guards outside, routes inside."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from mien import __version__
from mien.serve import pages, routes_clips, routes_page, routes_photos, routes_state
from mien.serve.desk import Desk
from mien.serve.faults import Faults
from mien.serve.gate import Gate
from mien.serve.headers import SafeHeaders
from mien.serve.intake import Intake, Lane
from mien.serve.jobs import Jobs
from mien.serve.metrics import Metrics
from mien.serve.origin import LOCAL, Origin
from mien.serve.problems import Refused, body, of_http
from mien.serve.readers import Readers
from mien.serve.settings import Settings
from mien.serve.watch import Watch

_ABOUT = """Reads facial action units from photos and clips, on this machine alone.

Every refusal is a `Problem`: what is wrong and what to do about it. No picture is kept; a clip is
deleted as soon as it is read, and its readings after an hour or when told so. Not evidence of what
a person feels, thinks or intends; not for identifying people; not for use at work or in education.
"""


def create(
    bundle: Path,
    *,
    settings: Settings | None = None,
    cache: Path | None = None,
    work: Path | None = None,
    hosts: Iterable[str] = LOCAL,
) -> FastAPI:
    """The service as an ASGI application; its networks are loaded here.

    Args:
        bundle: folder of the model.
        settings: limits.
        cache: cache of assets; the user's by default.
        work: where clips lie while they are read; the system's place for such by default.
        hosts: names by which it may be reached.

    Raises:
        MienError: bad bundle, or landmark networks not fetched.
    """
    settings = Settings() if settings is None else settings
    hosts = frozenset(hosts)
    metrics = Metrics()
    readers = Readers(bundle, settings=settings, metrics=metrics, cache=cache)
    lanes = _lanes(settings, readers)
    jobs = Jobs(bundle, settings=settings, metrics=metrics, cache=cache, work=work)
    desk = Desk(settings=settings, readers=readers, jobs=jobs, metrics=metrics, lanes=lanes)
    metrics.gauge("mien_photos_in_flight", lambda: float(lanes["/read"].taken))
    metrics.gauge("mien_jobs_open", lambda: float(jobs.open))
    app = FastAPI(
        title="mien", version=__version__, description=_ABOUT, lifespan=_life,
        docs_url=None, redoc_url=None,  # both would load scripts from outside
        middleware=[
            Middleware(Watch, metrics=metrics),
            Middleware(SafeHeaders),
            Middleware(Faults),
            Middleware(Origin, hosts=hosts),
            Middleware(Intake, lanes=lanes, settings=settings, metrics=metrics),
        ],
    )  # fmt: skip
    app.state.desk = desk
    app.state.gate = Gate(lanes=lanes, hosts=hosts, settings=settings, metrics=metrics)
    app.state.pages = pages.load()
    _answer(app)
    return app


def _answer(app: FastAPI) -> None:
    """All routes, and what is said where they cannot answer."""
    for router in (routes_photos, routes_clips, routes_state, routes_page):
        app.include_router(router.router)
    app.add_exception_handler(HTTPException, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_form)


def _lanes(settings: Settings, readers: Readers) -> dict[str, Lane]:
    """Photos share one set of places, by whatever address they come; clips have their own."""
    busy = Refused(
        503, "too many photos are on their way", remedy="try again in a second", retry_after=1
    )
    photos = Lane(
        methods=frozenset({"POST"}), most_bytes=settings.photo_bytes,
        places=settings.readers + settings.waiting, refused=busy, each=readers.each,
    )  # fmt: skip
    clips = Lane(
        methods=frozenset({"POST"}), most_bytes=settings.clip_bytes, places=settings.uploads,
        refused=Refused(
            503, "too many clips are being sent", remedy="try again when one is in", retry_after=10
        ),
    )  # fmt: skip
    return {"/read": photos, "/ask": photos, "/jobs": clips}


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    desk: Desk = app.state.desk
    desk.jobs.start()
    try:
        yield
    finally:
        desk.stopping = True
        await desk.jobs.close()
        desk.readers.close()


async def _refuse(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    refused = of_http(problem)
    return Response(
        body(refused), refused.status_code, dict(refused.headers or {}), "application/json"
    )


async def _refuse_form(_: Request, problem: Exception) -> Response:
    """Name the field, and never repeat what was in it."""
    assert isinstance(problem, RequestValidationError)
    first = problem.errors()[0]
    field = ".".join(str(part) for part in first["loc"][1:]) or "the form"
    said = str(first["msg"]).lower()
    refused = Refused(422, f"{field}: {said}", remedy="look at GET /openapi.json for the form")
    return Response(body(refused), 422, media_type="application/json")
