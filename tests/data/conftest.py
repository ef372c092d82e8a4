"""Small stores for the tests of the data room."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mien.data.store import Store, StoreWriter

Rows = list[tuple[np.ndarray, dict[str, Any]]]


def smooth_image(generator: np.random.Generator, size: int = 16) -> np.ndarray:
    """An image that JPEG likes: a few random colours, blended."""
    coarse = generator.integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return cv2.resize(coarse, (size, size), interpolation=cv2.INTER_LINEAR)


def some_rows(count: int = 24, *, subjects: int = 4, size: int = 16, seed: int = 0) -> Rows:
    """Images with labels: subjects in turn of `count // subjects` frames, two clips each."""
    generator = np.random.default_rng(seed)
    each = count // subjects
    rows: Rows = []
    for index in range(count):
        subject, frame = divmod(index, each)
        labels: dict[str, Any] = {
            "subject": f"S{subject:02d}",
            "clip": f"S{subject:02d}-{frame % 2}",
            "activity": ("talk", "laugh", None)[frame % 3],
            "frame": frame // 2,
            "split": "train" if subject < subjects - 1 else "test",
            "AU01": float(frame % 2),
            "AU12_left_intensity": float(frame % 6),
            "AU12_right_intensity": float(index % 4),
            "expression": "happiness" if frame % 3 == 1 else None,
            "valence": 0.5 if frame % 3 == 1 else None,
            "arousal": 0.25 if frame % 3 == 1 else None,
        }
        if frame % 2:
            labels["landmarks"] = generator.random((478, 2), np.float32)
        rows.append((smooth_image(generator, size), labels))
    return rows


def write(path: Path, rows: Rows, **options: Any) -> Path:
    """Write rows to a store."""
    with StoreWriter(path, **options) as writer:
        for image, labels in rows:
            writer.add(image, **labels)
    return path


@pytest.fixture
def rows() -> Rows:
    return some_rows()


@pytest.fixture
def make_store(tmp_path: Path) -> Callable[..., Store]:
    def make(name: str = "store", rows: Rows | None = None, **options: Any) -> Store:
        options = {"shard_bytes": 6000} | options
        return Store(write(tmp_path / name, some_rows() if rows is None else rows, **options))

    return make


@pytest.fixture
def store(make_store: Callable[..., Store]) -> Store:
    return make_store()
