"""A face, tiny bundles, the service in this process, and the service on a port."""

import threading
import time
from contextlib import contextmanager

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from mien.assets import locate
from mien.serve.app import create
from mien.serve.command import listen
from mien.serve.server import server
from mien.serve.settings import Settings
from predict import clips, models

LOCAL = "http://127.0.0.1"
SMALL = Settings(
    photo_bytes=400_000, photo_pixels=1_000_000, clip_bytes=2_000_000, clip_pixels=200_000,
    clip_seconds=20.0, faces=4, prompts=3, readers=2, waiting=4, jobs=2, kept=3, head_seconds=1.0,
    job_seconds=120.0,
)  # fmt: skip


@pytest.fixture(scope="session")
def portrait(assets_cache):
    """RGB (256, 192, 3) about a face 92 px wide."""
    image = cv2.imread(str(locate("astronaut", cache=assets_cache)), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(image[20:276, 130:322, ::-1])


@pytest.fixture(scope="session")
def jpeg(portrait):
    return cv2.imencode(".jpg", portrait[..., ::-1])[1].tobytes()


@pytest.fixture(scope="session")
def blank():
    return cv2.imencode(".png", np.full((64, 64, 3), 120, np.uint8))[1].tobytes()


@pytest.fixture(scope="session")
def clip_file(tmp_path_factory, portrait):
    """12 frames of the face, which moves, at 25 a second."""
    frames = [np.roll(portrait, (index % 3, 2 * index), axis=(0, 1)) for index in range(12)]
    return clips.write(tmp_path_factory.mktemp("clip") / "face.mp4", frames)


@pytest.fixture(scope="session")
def full_bundle(tmp_path_factory):
    return models.write(tmp_path_factory.mktemp("bundle") / "full", full=True)


@pytest.fixture(scope="session")
def ask_bundle(tmp_path_factory):
    return models.askable(tmp_path_factory.mktemp("bundle") / "ask")


@contextmanager
def client_of(bundle, cache, *, settings=SMALL, **changes):
    app = create(bundle, settings=settings, cache=cache, **changes)
    with TestClient(app, base_url=LOCAL, raise_server_exceptions=False) as client:
        yield client


@contextmanager
def live_of(bundle, cache, *, settings=SMALL):
    """The service on a free port; its address."""
    app = create(bundle, settings=settings, cache=cache)
    listening = listen("127.0.0.1", 0)
    running = server(app, host="127.0.0.1", port=0, settings=settings)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    until = time.monotonic() + 60
    while not running.started and time.monotonic() < until:
        time.sleep(0.02)
    try:
        yield app, listening.getsockname()[1]
    finally:
        running.should_exit = True
        thread.join(60)
        listening.close()


@pytest.fixture(scope="session")
def client(full_bundle, assets_cache):
    with client_of(full_bundle, assets_cache) as found:
        yield found


@pytest.fixture(scope="session")
def live(full_bundle, assets_cache):
    with live_of(full_bundle, assets_cache) as (_, port):
        yield port
