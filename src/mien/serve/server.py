"""The service on a port: uvicorn, with connections of our own."""

import logging

import uvicorn
from fastapi import FastAPI

from mien.serve.connection import GatedProtocol
from mien.serve.settings import Settings


def server(app: FastAPI, *, host: str, port: int, settings: Settings) -> uvicorn.Server:
    """A server that is ready to `run`, or to `serve` in a running event loop."""
    parts = {"gate": app.state.gate, "settings": settings}
    protocol = type("Protocol", (GatedProtocol,), parts)
    config = uvicorn.Config(
        app, host=host, port=port, http=protocol, ws="none", lifespan="on", loop="asyncio",
        access_log=False, log_config=None, log_level=logging.WARNING, server_header=False,
        proxy_headers=False, timeout_keep_alive=15,
        timeout_graceful_shutdown=10, h11_max_incomplete_event_size=32_768,
    )  # fmt: skip
    return uvicorn.Server(config)
