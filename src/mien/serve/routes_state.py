"""GET /health, /model and /metrics."""

import time
from typing import Any

from fastapi import APIRouter, Response

from mien import __version__
from mien.serve import facts, shapes
from mien.serve.desk import AtDesk
from mien.serve.routes_photos import problems

router = APIRouter(tags=["service"])


@router.get("/health", responses=problems(500))
def health(desk: AtDesk) -> shapes.Health:
    """Whether the service can read, and how much it has to do."""
    return shapes.Health(
        status="stopping" if desk.stopping else "ok",
        version=__version__,
        model=desk.readers.model.bundle.model_sha256,
        uptime=round(time.monotonic() - desk.began, 1),
        reading=desk.lanes["/read"].taken,  # which /ask shares
        jobs=desk.jobs.open,
    )


@router.get("/model", responses=problems(500))
def model(desk: AtDesk) -> shapes.ModelFacts:
    """The model, what it must not be used for, and the limits of the service."""
    return facts.describe(desk.readers.model, desk.settings)


_TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {}}}}


@router.get("/metrics", response_class=Response, responses={**problems(500), **_TEXT})
def metrics(desk: AtDesk) -> Response:
    """Counters in Prometheus' text format."""
    return Response(desk.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
