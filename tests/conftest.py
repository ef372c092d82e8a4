"""What every test may use: the asset cache, seeded generators, one thread."""

import contextlib
import importlib
import os
import random
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

# beartype looks at one item of a container, drawn anew at each call; a draw must not decide whether
# a test passes. Here every call looks at the same item (modulo the length), 0 unless told.
CHECKED_ITEM = int(os.environ.get("MIEN_CHECKED_ITEM", "0"))


def _checked_item(_bits: int) -> int:
    return CHECKED_ITEM


with contextlib.suppress(ImportError):  # the light install has no beartype
    beartype_wrappers = importlib.import_module("beartype._check.code.codemain")
    setattr(beartype_wrappers, "getrandbits", _checked_item)  # noqa: B010

# A background job of a shell begins with Ctrl-C ignored, and so would every process it starts;
# some tests are about Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Deadlines measure the machine, not the code: a busy one would fail sound tests. Continuous
# integration tries the same examples each time, so that what fails there was changed there; at
# home every run tries others and may find what no one has.
settings.register_profile("mien", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("mien")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Who draws without a generator draws the same, whatever ran before in the same process."""
    random.seed(20230801)
    np.random.seed(20230801)  # noqa: NPY002 - the global state is what is meant
    torch = sys.modules.get("torch")  # the light install has none
    if torch is not None:
        torch.manual_seed(20230801)


@pytest.fixture(scope="session")
def assets_cache() -> Path:
    """The cache that `mien assets fetch test` fills; `make test` fetches before it tests."""
    from mien.assets import default_cache

    return default_cache()


@pytest.fixture(scope="session")
def photo(assets_cache: Path) -> np.ndarray:
    """The one photo that tests may use: RGB (512, 512, 3), nobody changes it."""
    import cv2

    from mien.assets import locate

    image = cv2.imread(str(locate("astronaut", cache=assets_cache)), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(image[..., ::-1])


@pytest.fixture(scope="session")
def portrait(photo: np.ndarray) -> np.ndarray:
    """Of the photo 256 x 192 about the face, which is 92 px wide."""
    return np.ascontiguousarray(photo[20:276, 130:322])


@pytest.fixture(scope="session")
def landmarker(assets_cache: Path):
    """The landmark networks, loaded once."""
    from mien.faces.landmarker import Landmarker

    return Landmarker(cache=assets_cache)


@pytest.fixture
def generator() -> np.random.Generator:
    """A fresh NumPy generator with a fixed seed."""
    return np.random.default_rng(20230801)
