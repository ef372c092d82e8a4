"""Files of peers' scores: what is written is read, and what is wrong is named with its remedy."""

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mien.bench.real.beside import peer_note
from mien.bench.real.orl_codes import read_codes
from mien.bench.real.peer import Peer, Reading, read_peer, read_peers, write_peer
from mien.errors import MienError

PHOTOS = read_codes().files[:3]
PEER = Peer(
    package="fer",
    version="25.10.3",
    licence="MIT",
    file="fer-25.10.3-py3-none-any.whl",
    sha256="0123456789abcdef" * 4,
    readings=(
        Reading(unit=12, name="happy", probability=True, scores=dict.fromkeys(PHOTOS, 0.25)),
        Reading(unit=25, name="-neutral", probability=False, scores=dict.fromkeys(PHOTOS, -3.0)),
    ),
)


@pytest.fixture
def path(tmp_path) -> Path:
    """A file without fault."""
    write_peer(tmp_path / "fer.json", PEER)
    return tmp_path / "fer.json"


def test_what_is_written_is_read(path):
    assert read_peer(path, photographs=PHOTOS) == PEER
    assert PEER.name == "fer 25.10.3"


def test_the_file_that_was_run_gives_its_name_and_digest(tmp_path):
    file = tmp_path / PEER.file
    file.write_bytes(b"a wheel")
    made = Peer.of(file, PEER.readings, package="fer", version="25.10.3", licence="MIT")
    assert made == replace(PEER, sha256=sha256(b"a wheel").hexdigest())


def test_how_it_was_run_may_be_said(path):
    about = Peer(**{**vars(PEER), "about": "by its own boxes"})
    write_peer(path, about)
    assert read_peer(path, photographs=PHOTOS) == about
    assert peer_note(about).endswith("happy for AU12; -neutral for AU25; by its own boxes.")
    assert peer_note(PEER).endswith("happy for AU12; -neutral for AU25.")


def test_whole_numbers_are_scores(path):
    said = json.loads(path.read_text())
    said["readings"][1]["scores"][PHOTOS[0]] = -2
    path.write_text(json.dumps(said))
    assert read_peer(path, photographs=PHOTOS).readings[1].scores[PHOTOS[0]] == -2.0


def test_readings_follow_the_photographs():
    made = Reading.of("happy", 12, [0.0, 0.5, 1.0], photographs=PHOTOS, probability=True)
    assert made.scores == dict(zip(PHOTOS, (0.0, 0.5, 1.0), strict=True))
    assert made.probability
    with pytest.raises(ValueError, match="zip"):
        Reading.of("happy", 12, [0.5], photographs=PHOTOS)


def score(value: object) -> Callable[[dict[str, Any]], None]:
    """Puts a score into the first reading."""
    return lambda said: said["readings"][0]["scores"].update({PHOTOS[1]: value})


FAULTS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no package": (lambda said: said.pop("package"), "package is None"),
    "empty licence": (lambda said: said.update(licence=" "), "licence is ' '"),
    "breaks a table": (lambda said: said.update(version="1|2"), "version is '1|2'"),
    "short digest": (lambda said: said.update(sha256="00"), "sha256 is '00'"),
    "about no line": (lambda said: said.update(about=3), "about is 3"),
    "no readings": (lambda said: said.update(readings=[]), "holds no readings"),
    "a reading is a word": (lambda said: said.update(readings=["x"]), "no object"),
    "twice": (lambda said: said["readings"].append(said["readings"][0]), "a reading twice"),
    "unit not coded": (lambda said: said["readings"][0].update(unit=6), "unit 6 is not coded"),
    "unit a word": (lambda said: said["readings"][0].update(unit="AU12"), "'AU12' is not coded"),
    "unit a list": (lambda said: said["readings"][0].update(unit=[12]), "is not coded"),
    "unit a fraction": (lambda said: said["readings"][0].update(unit=12.0), "is not coded"),
    "no name": (lambda said: said["readings"][0].pop("name"), "name is None"),
    "scale unsaid": (lambda said: said["readings"][0].pop("probability"), "probability is None"),
    "no scores": (lambda said: said["readings"][0].pop("scores"), "happy holds no scores"),
    "unknown photograph": (
        lambda said: said["readings"][0]["scores"].update({"s99/1.pgm": 0.5}),
        "no photograph s99/1.pgm",
    ),
    "photograph left out": (
        lambda said: said["readings"][0]["scores"].pop(PHOTOS[2]),
        f"no score for photograph {PHOTOS[2]}",
    ),
    "not a number": (score(float("nan")), "is nan"),
    "infinite": (score(float("inf")), "is inf"),
    "nothing": (score(None), "is None"),
    "a word": (score("0.5"), "is '0.5'"),
    "a truth": (score(True), "is True"),
    "no probability": (score(1.5), "1.5 of .* is no probability"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named(path, fault):
    break_it, said = FAULTS[fault]
    content = json.loads(path.read_text())
    break_it(content)
    path.write_text(json.dumps(content))
    with pytest.raises(MienError, match=said) as problem:
        read_peer(path, photographs=PHOTOS)
    assert problem.value.remedy
    assert problem.value.path == str(path)


@pytest.mark.parametrize("text", ["", "[]", "3", "{]", "\udcff"])
def test_what_is_no_peer_is_refused(path, text):
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(MienError) as problem:
        read_peer(path, photographs=PHOTOS)
    assert problem.value.remedy


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MienError, match="cannot be read"):
        read_peer(tmp_path / "none.json", photographs=PHOTOS)


def test_a_peer_stands_once(path, tmp_path):
    with pytest.raises(MienError, match="stands in another file"):
        read_peers([path, path], photographs=PHOTOS)
    other = tmp_path / "other.json"
    write_peer(other, Peer(**{**vars(PEER), "version": "25.10.4"}))
    assert [each.version for each in read_peers([path, other], photographs=PHOTOS)] == [
        "25.10.3",
        "25.10.4",
    ]
