"""All parts of a running service, in one place."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from mien.serve.intake import Lane
from mien.serve.jobs import Jobs
from mien.serve.metrics import Metrics
from mien.serve.readers import Readers
from mien.serve.settings import Settings


@dataclass(kw_only=True, eq=False)
class Desk:
    """What the routes work with."""

    settings: Settings
    readers: Readers
    jobs: Jobs
    metrics: Metrics
    lanes: dict[str, Lane]
    began: float = field(default_factory=time.monotonic)
    stopping: bool = False
    tables: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    """Of clips' readings, so many are made JSON at once: each takes much memory."""


def desk_of(request: Request) -> Desk:
    """The desk of the service that got this request."""
    return request.app.state.desk


AtDesk = Annotated[Desk, Depends(desk_of)]
"""A route's argument."""
