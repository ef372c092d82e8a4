"""/jobs: clips."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, ParamSpec, TypeVar

import pyarrow.parquet as pq
from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from fastapi.responses import FileResponse

from mien.serve import points, shapes
from mien.serve.desk import AtDesk
from mien.serve.forms import FormRoute
from mien.serve.job import ClipJob
from mien.serve.jobs import Order, gone
from mien.serve.problems import Refused
from mien.serve.readers import Wish
from mien.serve.routes_photos import Flag, Phrase, Purpose, problems

router = APIRouter(prefix="/jobs", tags=["clips"], route_class=FormRoute)
_Words = ParamSpec("_Words")
_Found = TypeVar("_Found")
Format = Literal["json", "csv", "parquet", "provenance"]
_FILES = {
    "csv": ("readings.csv", "text/csv; charset=utf-8"),
    "parquet": ("readings.parquet", "application/vnd.apache.parquet"),
    "provenance": ("provenance.json", "application/json"),
}


@router.post(
    "", status_code=202, responses=problems(400, 403, 408, 413, 415, 422, 429, 500, 501, 503, 507)
)
async def add(
    *,
    desk: AtDesk,
    clip: Annotated[UploadFile, File(description="MP4, MOV, MKV, WebM, AVI, MPEG, FLV or WMV")],
    every: Annotated[int, Form(ge=1, le=1000, description="read each so-manieth frame")] = 1,
    expressions: Flag = False,
    purpose: Purpose = None,
    landmarks: Flag = False,
    ask: Annotated[list[Phrase], Form(max_length=64)] = [],  # noqa: B006 - FastAPI copies it
) -> shapes.Job:
    """Take a clip in; its readings, and `landmarks`, are there when its state is `done`."""
    if len(ask) > desk.settings.prompts:
        raise Refused(422, "too many phrases were asked", remedy="ask fewer at once")
    desk.readers.check(Wish(expressions=expressions, purpose=purpose, prompts=tuple(ask)))
    order = Order(
        every=every, expressions=expressions, purpose=purpose, prompts=tuple(ask),
        landmarks=landmarks,
    )  # fmt: skip
    return desk.jobs.told(await desk.jobs.add(clip.file, order))


@router.get("/{id}", responses=problems(404, 422, 500))
def state(desk: AtDesk, id: str) -> shapes.Job:  # noqa: A002 - its name in the address
    """How far a clip is."""
    return desk.jobs.told(desk.jobs.find(id))


@router.delete("/{id}", status_code=204, responses=problems(404, 422, 500))
async def remove(desk: AtDesk, id: str) -> Response:  # noqa: A002
    """Stop reading a clip, and delete all that is left of it."""
    await desk.jobs.remove(id)
    return Response(status_code=204)


@router.get(
    "/{id}/readings",
    response_model=shapes.Table,
    responses={
        **problems(404, 409, 413, 422, 500),
        200: {"content": {kind.partition(";")[0]: {} for _, kind in _FILES.values()}},
    },
)
async def readings(desk: AtDesk, id: str, format: Format = "json") -> Response:  # noqa: A002
    """The readings of a clip that is done; columns as in docs/predict.md."""
    job = desk.jobs.find(id)
    folder = _done(job)
    if format == "json":
        table, most = folder / "readings.parquet", desk.settings.cells
        async with desk.tables:
            text = await _of_disk(_by_column, table, most=most)
        return Response(text, media_type="application/json")
    name, kind = _FILES[format]
    stat = await _of_disk((folder / name).stat)
    return FileResponse(folder / name, media_type=kind, filename=name, stat_result=stat)


@router.get("/{id}/landmarks", responses=problems(404, 409, 422, 500))
async def landmarks(
    desk: AtDesk,
    id: str,  # noqa: A002
    first: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    count: Annotated[int, Query(ge=1, le=points.MOST)] = 100,
) -> shapes.Landmarks:
    """Landmarks of a clip that was sent with `landmarks=true`, row by row of its readings."""
    job = desk.jobs.find(id)
    _done(job)
    if not job.points.is_file():
        raise Refused(
            404, "the landmarks of this clip were not kept",
            remedy="send the clip again with landmarks=true",
        )  # fmt: skip
    rows = await _of_disk(points.read, job.points, first=first, count=count)
    return shapes.Landmarks(first=first, rows=rows)


def _done(job: ClipJob) -> Path:
    if job.state == "failed" and job.problem is not None:
        raise Refused(409, job.problem.error, remedy=job.problem.remedy)
    if job.state != "done":
        raise Refused(409, "the clip is not read yet", remedy="ask for the job until it is done")
    return job.readings


async def _of_disk(
    read: Callable[_Words, _Found], *words: _Words.args, **named: _Words.kwargs
) -> _Found:
    """What a job's file gives; the job may be deleted just now."""
    try:
        return await asyncio.to_thread(read, *words, **named)
    except FileNotFoundError:
        raise gone() from None


def _by_column(path: Path, *, most: int) -> str:
    facts = pq.read_metadata(path)
    if facts.num_rows * facts.num_columns > most:
        raise Refused(
            413, f"the readings have {facts.num_rows} rows, too many for JSON",
            remedy="ask for format=parquet or format=csv",
        )  # fmt: skip
    table = pq.read_table(path)
    return shapes.Table(rows=table.num_rows, columns=table.to_pydict()).model_dump_json()
