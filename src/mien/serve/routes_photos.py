"""POST /read and POST /ask: photos."""

from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile

from mien.serve import faces, shapes
from mien.serve.desk import AtDesk, Desk
from mien.serve.forms import FormRoute
from mien.serve.problems import Refused
from mien.serve.readers import Wish

Photo = Annotated[UploadFile, File(description="JPEG, PNG, WebP, BMP, TIFF, PGM or PPM")]
Flag = Annotated[bool, Form()]
Purpose = Annotated[
    str | None,
    Form(max_length=300, description="what expressions are read for; kept with the answer"),
]
Phrase = Annotated[str, Form(min_length=1, max_length=200)]

PROBLEMS = {
    400: "the form cannot be read",
    403: "purpose missing or refused, or another site's page",
    404: "there is no such job, or it did not keep this",
    408: "the upload was too slow",
    413: "too many bytes or pixels",
    409: "the clip is not read yet, or could not be",
    415: "no clip of a known kind",
    422: "a field is missing or wrong, or the file is not a sound image",
    429: "too many clips wait",
    500: "a fault of the service",
    501: "the model cannot do this",
    507: "the disk has no room for the upload",
    503: "too much to do; Retry-After says when to come back",
}


def problems(*statuses: int) -> dict[int | str, dict[str, object]]:
    """How a route may refuse, for the OpenAPI description."""
    return {
        status: {"model": shapes.Problem, "description": PROBLEMS[status]} for status in statuses
    }


router = APIRouter(tags=["photos"], route_class=FormRoute)


@router.post("/read", responses=problems(400, 403, 408, 413, 422, 500, 501, 503, 507))
async def read(
    *,
    desk: AtDesk,
    image: Photo,
    landmarks: Flag = False,
    small_faces: Flag = False,
    expressions: Flag = False,
    purpose: Purpose = None,
    ask: Annotated[list[Phrase], Form(max_length=64)] = [],  # noqa: B006 - FastAPI copies it
) -> shapes.Reading:
    """Read the faces of one photo.

    `small_faces` searches for small faces even beside large ones, which takes ten times as long.
    `expressions` needs a `purpose`; one that names work or education is refused unless medical or
    safety reasons are stated (EU AI Act, Art. 5(1)(f)). `ask` may be given several times.
    """
    wish = Wish(
        expressions=expressions, purpose=purpose, prompts=tuple(ask), small_faces=small_faces
    )
    return await _read(desk, image, wish, landmarks=landmarks)


@router.post("/ask", responses=problems(400, 403, 408, 413, 422, 500, 501, 503, 507))
async def ask(
    *,
    desk: AtDesk,
    image: Photo,
    phrase: Annotated[list[Phrase], Form(min_length=1, max_length=64)],
    purpose: Purpose = None,
) -> shapes.Reading:
    """Put phrases to the faces of one photo; `phrase` may be given several times.

    A phrase that names an emotion needs a `purpose`, as expressions do.
    """
    wish = Wish(prompts=tuple(phrase), purpose=purpose)
    return await _read(desk, image, wish, landmarks=False)


async def _read(desk: Desk, image: UploadFile, wish: Wish, *, landmarks: bool) -> shapes.Reading:
    most = desk.settings.prompts
    if len(wish.prompts) > most:
        raise Refused(
            422, f"{len(wish.prompts)} phrases were asked; the limit is {most}",
            remedy="ask fewer at once",
        )  # fmt: skip
    seen = await desk.readers.read(await image.read(), wish)
    return faces.answer(seen, desk.readers.model.bundle, landmarks=landmarks)
