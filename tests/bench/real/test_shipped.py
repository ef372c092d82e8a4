"""The shipped model's judgement by photographs: a model that knows, for each person by halves."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mien.bench.real.beside import of_blendshapes, of_peer
from mien.bench.real.orl_codes import UNITS, Codes
from mien.bench.real.orl_measure import judge
from mien.bench.real.orl_photos import Photos
from mien.bench.real.peer import Peer, Reading, write_peer
from mien.bench.real.shipped import named, on_photos, photo_tables, record
from mien.cli.main import main
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
    shapes = of_blendshapes(photos)
    tables = photo_tables(found, shapes)
    assert any("less the median" in row[0] for row in tables[0][2])
    assert any(row[0].startswith("blendshapes") for row in tables[0][2])
    assert all(len(row) == len(header) for _, header, rows in tables for row in rows)
    figures = record(found, photos, blendshapes=shapes)
    assert len(figures["readers"]) == 2
    assert figures["references"]["eyeBlink"]["unit"] == 43
    assert figures["peers"] == []


def test_pixels_alone_are_read_once(photos):
    assert [each.name for each in on_photos(Knows(shaped=False), photos, name="m")] == ["m, pixels"]


def test_a_bundle_without_the_coded_units_is_refused(photos, tmp_path):
    model = Knows(shaped=False)
    model.bundle.aus, model.folder = (1, 2), tmp_path
    with pytest.raises(MienError, match="does not read units 12, 25, 43"):
        on_photos(model, photos, name="m")
    with pytest.raises(MienError, match="same folder name"):
        named([tmp_path / "a" / "b", tmp_path / "c" / "b"])


def said(photos: Photos) -> dict[int, np.ndarray]:
    """What `Knows` says, and with another slip for every unit."""
    place = np.arange(len(photos))
    values = 0.01 + 0.05 * (place % 2) + 0.15 * (place // EACH)
    return {unit: np.roll(values, slip).astype(np.float64) for slip, unit in enumerate(UNITS)}


def peer_of(photos: Photos) -> Peer:
    """The same scores as another package would bring them."""
    scores = said(photos)
    return Peer(
        package="other",
        version="1.2",
        licence="MIT",
        file="other-1.2.whl",
        sha256="0" * 64,
        readings=[
            Reading(
                unit=unit,
                name=f"smile {unit}",
                probability=True,
                scores=dict(zip(photos.codes.files, map(float, scores[unit]), strict=True)),
            )
            for unit in (25, 12)
        ],
    )


def test_a_peer_with_our_scores_gets_our_figures(photos):
    class Says(Knows):
        def score(self, crops, *, geometry=None):
            return {"au": np.stack([said(photos)[unit] for unit in UNITS], axis=1)}

    [ours] = on_photos(Says(shaped=False), photos, name="m")
    whole = judge(said(photos), photos)
    theirs = of_peer(peer_of(photos), photos)
    assert [each.label for each in theirs] == ["other 1.2: smile 25", "other 1.2: smile 12"]
    for each in theirs:
        place = UNITS.index(each.area.unit)
        assert each.area == ours.judged.areas[place] == whole.areas[place]
        assert each.calibrated == ours.calibrated[place]
        assert each.with_glasses == ours.judged.with_glasses[place]
        assert each.without_glasses == ours.judged.without_glasses[place]
    assert theirs[1].calibrated.value > theirs[1].area.value


def test_peers_stand_in_the_tables_under_their_units_alone(photos):
    found = on_photos(Knows(shaped=False), photos, name="m")
    theirs = of_peer(peer_of(photos), photos)
    (_, header, rows), (_, worn, halves) = photo_tables(found, theirs)
    of = {row[0]: row[1:] for row in rows}
    assert of["other 1.2: smile 25"] == ["", str(theirs[0].area), ""]
    assert of["other 1.2: smile 12, less the median"] == [str(theirs[1].calibrated), "", ""]
    half = {row[0]: row[1:] for row in halves}["other 1.2: smile 25"]
    assert [bool(each) for each in half] == [False, False, True, True, False, False]
    assert half[2].startswith(f"{theirs[0].with_glasses.value:.3f} (")
    assert all(len(row) == len(header) for row in rows)
    assert all(len(row) == len(worn) for row in halves)


def test_what_is_undefined_is_null_in_the_record(photos):
    bare = Photos(**{**vars(photos), "codes": Codes(**{**vars(photos.codes), "glasses": NOBODY})})
    [first, *_] = of_peer(peer_of(photos), bare)
    assert first.record()["with_glasses"]["value"] is None
    json.dumps(first.record(), allow_nan=False)


NOBODY = np.zeros(PEOPLE * EACH, bool)


@pytest.fixture
def looked(photos, monkeypatch):
    """`mien bench shipped` meets these photographs."""
    monkeypatch.setattr("mien.bench.real.orl_codes.read_codes", lambda: photos.codes)
    monkeypatch.setattr("mien.bench.real.orl_photos.look", lambda _: photos)


@pytest.mark.usefixtures("looked")
def test_the_command_takes_peers_and_records_them(photos, tmp_path, capsys):
    path, out = tmp_path / "other.json", tmp_path / "results"
    write_peer(path, peer_of(photos))
    words = ["bench", "shipped", "--no-lab", "--beside", str(path), "--out", str(out)]
    assert main(words) == 0
    assert "other 1.2: smile 12" in capsys.readouterr().out
    figures = json.loads((out / "shipped.json").read_text())
    assert f"--beside {path}" in figures["command"]
    [peer] = figures["figures"]["photographs"]["peers"]
    assert peer["sha256"] == "0" * 64
    assert (peer["package"], peer["version"], peer["licence"]) == ("other", "1.2", "MIT")
    [smile] = [each for each in of_peer(peer_of(photos), photos) if each.area.unit == 12]
    assert peer["readings"]["smile 12"] == smile.record()
    page = (out / "shipped.md").read_text()
    assert "| other 1.2: smile 12, less the median |" in page
    assert "other 1.2 (MIT; other-1.2.whl, sha256 0000000000000000...)" in page


def test_the_command_refuses_a_bad_file_before_it_looks(tmp_path, monkeypatch, capsys):
    def look(codes):
        raise AssertionError

    monkeypatch.setattr("mien.bench.real.orl_photos.look", look)
    path = tmp_path / "other.json"
    path.write_text("{}")
    assert main(["bench", "shipped", "--no-lab", "--beside", str(path)]) == 2
    assert "remedy" in capsys.readouterr().err
