"""A face, tiny bundles, the service in this process, and the service on a port."""

import asyncio
import os
import signal
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
    clip_seconds=20.0, faces=4, prompts=3, readers=2, waiting=4, jobs=2, kept=3,
    head_seconds=60.0, wait_seconds=60.0, job_seconds=240.0,
)  # fmt: skip
"""Small limits, and patience: what a test asks for is not refused because a machine is slow."""


def until(found, seconds=60.0):
    """What `found` gives as soon as it is something."""
    late = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < late, "it never came"
        time.sleep(0.01)
    return value


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
    try:
        until(lambda: running.started)
        yield app, listening.getsockname()[1]
    finally:
        running.should_exit = True
        thread.join(60)
        listening.close()


@contextmanager
def frozen_readers():
    """Processes that read clips begin, and stand still until the block is left; those begun."""
    begun, lock, left = [], threading.Lock(), threading.Event()
    start = asyncio.create_subprocess_exec

    async def still(*words, **options):
        process = await start(*words, **options)
        with lock:
            if not left.is_set():
                os.kill(process.pid, signal.SIGSTOP)
                begun.append(process)
        return process

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "create_subprocess_exec", still)
        try:
            yield begun
        finally:
            with lock:
                left.set()
                for process in begun:
                    if process.returncode is None:
                        os.kill(process.pid, signal.SIGCONT)


@pytest.fixture(scope="session")
def client(full_bundle, assets_cache):
    with client_of(full_bundle, assets_cache) as found:
        yield found


@pytest.fixture(scope="session")
def live(full_bundle, assets_cache):
    with live_of(full_bundle, assets_cache) as (_, port):
        yield port
