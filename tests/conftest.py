"""What every test may use: the asset cache, seeded generators, one thread."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

# Deadlines measure the machine, not the code: a busy one would fail sound tests.
settings.register_profile("mien", deadline=None)
settings.load_profile("mien")


@pytest.fixture(scope="session")
def assets_cache() -> Path:
    """The cache that `mien assets fetch test` fills; `make test` fetches before it tests."""
    from mien.assets import default_cache

    return default_cache()


@pytest.fixture
def generator() -> np.random.Generator:
    """A fresh NumPy generator with a fixed seed."""
    return np.random.default_rng(20230801)
