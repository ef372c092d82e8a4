"""Tiny models, and a clip with a face."""

import numpy as np
import pytest

from predict import clips, models


@pytest.fixture(scope="session")
def bundle(tmp_path_factory):
    return models.write(tmp_path_factory.mktemp("bundle") / "tiny")


@pytest.fixture(scope="session")
def full_bundle(tmp_path_factory):
    return models.write(tmp_path_factory.mktemp("bundle") / "full", full=True)


@pytest.fixture(scope="session")
def face_clip(tmp_path_factory, portrait):
    """24 frames at uneven times: the face drifts, is gone for 6 frames, and comes back."""
    frames = []
    for index in range(24):
        if 10 <= index < 16:
            frames.append(np.full_like(portrait, 110))
        else:
            frames.append(np.roll(portrait, (index % 5, index), axis=(0, 1)))
    times = np.cumsum([0.0, *([0.03, 0.05, 0.04] * 8)])[:24]
    path = tmp_path_factory.mktemp("clip") / "face.mp4"
    clips.write(path, frames, times=times.tolist())
    return path, times
