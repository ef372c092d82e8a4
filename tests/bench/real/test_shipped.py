"""The shipped model's judgement by photographs: a model that knows, for each person by halves."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mien.bench.real.orl_codes import Codes
from mien.bench.real.orl_photos import Photos
from mien.bench.real.shipped import named, on_photos, photo_tables, record
from mien.errors import MienError
from mien.faces import geometry
from mien.faces.template import CANONICAL
from mien.predict.model import Model

PEOPLE, EACH = 6, 4


@pytest.fixture(scope="module")
def photos() -> Photos:
    """Noise with landmarks; every second photograph shows all units."""
    values = np.random.default_rng(0)
    count = PEOPLE * EACH
    points = values.uniform(10, 60, (count, 478, 3)).astype(np.float32)
    for number, (x, y) in zip(CANONICAL.indices, CANONICAL.targets, strict=True):
        points[:, number, :2] = (64 * x, 64 * y)
    codes = Codes(
        subjects=tuple(f"s{row // EACH}" for row in range(count)),
        images=tuple(str(row % EACH) for row in range(count)),
        truth=np.repeat(np.arange(count) % 2, 3).reshape(count, 3).astype(float),
        glasses=np.arange(count) // EACH % 2 == 0,
    )
    return Photos(
        codes=codes,
        pictures=tuple(values.integers(0, 256, (64, 64, 3), np.uint8) for _ in range(count)),
        landmarks=points,
        scores=values.uniform(size=(count, 52)).astype(np.float32),
        missing=(),
    )


class Knows(Model):
    """Reads the answer off the number of the photograph; less sure of some people."""

    def __init__(self, *, shaped: bool) -> None:
        self.bundle = SimpleNamespace(aus=(12, 25, 43), size=24)
        self.shaped = shaped
        self.folder = Path("m")
        self.seen: list[object] = []

    @property
    def wants_geometry(self) -> bool:
        return self.shaped

    def score(self, crops, *, geometry=None):
        self.seen.append(None if geometry is None else geometry.shape)
        place = np.arange(len(crops))
        right = 0.05 * (place % 2) + 0.15 * (place // EACH)
        return {"au": np.repeat((right + 0.01)[:, None], 3, axis=1).astype(np.float32)}


def test_each_way_of_reading_is_judged_and_medians_help(photos):
    model = Knows(shaped=True)
    found = on_photos(model, photos, name="m")
    assert [each.name for each in found] == ["m, pixels and geometry", "m, pixels"]
    assert model.seen == [(PEOPLE * EACH, geometry.WIDTH), None]
    plain, calibrated = found[0].judged.areas[0].value, found[0].calibrated[0].value
    assert plain < 0.8
    assert calibrated == 1.0
    tables = photo_tables(found, photos)
    assert any("less the median" in row[0] for row in tables[0][2])
    assert any(row[0].startswith("blendshapes") for row in tables[0][2])
    assert all(len(row) == len(header) for _, header, rows in tables for row in rows)
    assert len(record(found, photos)["readers"]) == 2


def test_pixels_alone_are_read_once(photos):
    assert [each.name for each in on_photos(Knows(shaped=False), photos, name="m")] == ["m, pixels"]


def test_a_bundle_without_the_coded_units_is_refused(photos, tmp_path):
    model = Knows(shaped=False)
    model.bundle.aus, model.folder = (1, 2), tmp_path
    with pytest.raises(MienError, match="does not read units 12, 25, 43"):
        on_photos(model, photos, name="m")
    with pytest.raises(MienError, match="same folder name"):
        named([tmp_path / "a" / "b", tmp_path / "c" / "b"])
