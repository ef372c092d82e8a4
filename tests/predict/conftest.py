"""The photo, a tiny model, one landmarker for the session, and a clip with a face."""

import cv2
import numpy as np
import pytest

from mien.assets import locate
from mien.faces.landmarker import Landmarker
from predict import clips, models


@pytest.fixture(scope="session")
def photo(assets_cache):
    image = cv2.imread(str(locate("astronaut", cache=assets_cache)), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(image[..., ::-1])


@pytest.fixture(scope="session")
def landmarker(assets_cache):
    return Landmarker(cache=assets_cache)


@pytest.fixture(scope="session")
def bundle(tmp_path_factory):
    return models.write(tmp_path_factory.mktemp("bundle") / "tiny")


@pytest.fixture(scope="session")
def full_bundle(tmp_path_factory):
    return models.write(tmp_path_factory.mktemp("bundle") / "full", full=True)


@pytest.fixture(scope="session")
def portrait(photo):
    """256 x 192 about the face, which is 92 px wide."""
    return np.ascontiguousarray(photo[20:276, 130:322])


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
