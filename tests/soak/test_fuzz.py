"""2,000 damaged files, each read by a child with limited memory and time.

Every child ends by itself: with a MienError or with a result of the right type. What the readers
complain about is counted, so that the damage is known to have been seen.
"""

from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from data.conftest import some_rows, write
from predict import clips
from soak import cases
from soak.forked import run
from soak.share import share


def damaged(content: bytes, number: int) -> bytes:
    """Flip 1 to 16 bytes, near each other or anywhere; every eighth file is cut besides."""
    generator = np.random.default_rng([20230801, number])
    changed = bytearray(content)
    count = int(generator.integers(1, 17))
    if number % 2:
        places = generator.integers(0, len(changed), count)
    else:
        places = int(generator.integers(0, len(changed))) + np.arange(count)
    for place in places[places < len(changed)]:
        changed[place] ^= int(generator.integers(1, 256))
    if number % 8 == 7:
        del changed[int(generator.integers(0, len(changed))) :]
    return bytes(changed)


def fuzz(path: Path, read, target, *, count: int) -> Counter:
    """Damage a file again and again, have it read, and put it back."""
    content = path.read_bytes()
    endings: Counter[str] = Counter()
    wrong = []
    for number in range(share(count)):
        path.write_bytes(damaged(content, number))
        ending = run(read, target)
        endings[ending.kind] += 1
        if ending.kind not in {"returned", "refused"}:
            wrong.append((number, ending))
    path.write_bytes(content)
    assert run(read, target).kind == "returned"
    print(path.name, dict(endings))
    assert not wrong, f"{len(wrong)} of {share(count)}: {wrong[:3]}"
    return endings


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return write(tmp_path_factory.mktemp("fuzz") / "store", some_rows(), shard_bytes=2**20)


@pytest.mark.parametrize(
    ("name", "count"), [("manifest.parquet", 500), ("store.json", 200), ("shard-000000.tar", 500)]
)
def test_stores(store, name, count):
    endings = fuzz(store / name, cases.read_store, store, count=count)
    assert endings["refused"] > 0


@pytest.mark.parametrize("read", [cases.read_photo, cases.read_jpeg])
def test_photos(tmp_path, portrait, read):
    path = tmp_path / "photo.jpg"
    cv2.imwrite(str(path), portrait[..., ::-1])
    endings = fuzz(path, read, path, count=200)
    assert endings["refused"] > 0


def test_clips(tmp_path, portrait):
    moving = [np.roll(portrait, step, axis=1) for step in range(10)]
    path = clips.write(tmp_path / "clip.mp4", moving)
    endings = fuzz(path, cases.read_clip, path, count=400)
    assert endings["refused"] > 0
