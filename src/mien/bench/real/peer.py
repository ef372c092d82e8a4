"""Peers' scores of the photographs, as files that anyone can write.

A package that reads faces is run in an environment of its own, by a script of its own. What it says
of the photographs comes to us as one JSON file, so that nothing of it is needed here:

    {"package": "fer", "version": "25.10.3", "licence": "MIT",
     "file": "fer-25.10.3-py3-none-any.whl", "sha256": "84e05d6a...",
     "about": "boxes are those of our landmarks",
     "readings": [{"unit": 12, "name": "happy", "probability": true,
                   "scores": {"s1/1.pgm": 0.93, "s1/2.pgm": 0.04, ...}}]}
"""

import hashlib
import json
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from mien import atomic
from mien.bench.real.orl_codes import UNITS
from mien.errors import MienError

_TEXTS: Final = ("package", "version", "licence", "file")
_REMEDY: Final = "write it as scripts/peers/fer.py does (mien.bench.real.peer says how)"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One score of a peer, taken for one unit."""

    unit: int
    """One of `UNITS`."""
    name: str
    """What is scored, in the package's own words, such as "happy"."""
    probability: bool
    """Whether scores lie between 0 and 1."""
    scores: Mapping[str, float]
    """By photograph (`Codes.files`); higher where the unit is more likely."""

    @staticmethod
    def of(
        name: str,
        unit: int,
        values: Iterable[float],
        *,
        photographs: Iterable[str],
        probability: bool = False,
    ) -> "Reading":
        """A reading of scores in the order of photographs.

        Raises:
            ValueError: there are more of one than of the other.
        """
        scores = dict(zip(photographs, map(float, values), strict=True))
        return Reading(unit=unit, name=name, probability=probability, scores=scores)


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A package and what it says of the photographs."""

    package: str
    version: str
    licence: str
    """Of its code and weights, as its own metadata name it."""
    file: str
    """Wheel or archive that was run."""
    sha256: str
    """Of that file."""
    readings: Sequence[Reading]
    about: str = ""
    """How it was run, as a sentence without its full stop; may be left out."""

    @staticmethod
    def of(
        file: Path,
        readings: Sequence[Reading],
        *,
        package: str,
        version: str,
        licence: str,
        about: str = "",
    ) -> "Peer":
        """What the package in a file says, with the file's name and digest."""
        return Peer(
            package=package,
            version=version,
            licence=licence,
            file=file.name,
            sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
            readings=readings,
            about=about,
        )

    @property
    def name(self) -> str:
        """Package and version."""
        return f"{self.package} {self.version}"


def write_peer(path: Path, peer: Peer) -> None:
    """Write what `read_peer` reads."""
    atomic.write_text(path, json.dumps(asdict(peer), indent=1) + "\n")


def read_peers(paths: Sequence[Path], *, photographs: Collection[str]) -> list[Peer]:
    """Read several files; no reading may come twice.

    Raises:
        MienError: as `read_peer`, or two files say the same of one package.
    """
    peers, seen = [read_peer(path, photographs=photographs) for path in paths], set[str]()
    for path, peer in zip(paths, peers, strict=True):
        names = {f"{peer.name}: {each.name} for AU{each.unit}" for each in peer.readings}
        if names & seen:
            raise MienError(
                f"{min(names & seen)} stands in another file, too",
                remedy="name each peer's file once",
                path=path,
            )
        seen |= names
    return peers


def read_peer(path: Path, *, photographs: Collection[str]) -> Peer:
    """Read and check one file.

    Args:
        path: JSON.
        photographs: names that may stand in it, and all of which must.

    Raises:
        MienError: the file cannot be read, lacks something, or holds a unit that is not coded, a
            photograph that is not known, none for one that is, or what is no finite number.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise MienError("cannot be read", remedy="name a peer's file", path=path) from problem
    except ValueError as problem:
        raise MienError("is no valid JSON", remedy=_REMEDY, path=path) from problem
    try:
        return _peer(said, set(photographs))
    except MienError as problem:
        raise MienError(problem.problem, remedy=problem.remedy, path=path) from problem


def _peer(said: object, photographs: set[str]) -> Peer:
    if not isinstance(said, dict):
        raise MienError("holds no peer", remedy=_REMEDY)
    texts = {name: _text(said, name) for name in _TEXTS}
    digest = said.get("sha256")
    if not (isinstance(digest, str) and re.fullmatch("[0-9a-f]{64}", digest)):
        raise MienError(
            f"sha256 is {digest!r}", remedy=f"give that of {texts['file']}: 64 digits of 0-9a-f"
        )
    readings = said.get("readings")
    if not (isinstance(readings, list) and readings):
        raise MienError("holds no readings", remedy=_REMEDY)
    found = tuple(_reading(each, photographs) for each in readings)
    if len({(each.unit, each.name) for each in found}) < len(found):
        raise MienError("holds a reading twice", remedy="name each reading differently")
    about = _text(said, "about") if said.get("about") else ""
    return Peer(**texts, sha256=digest, readings=found, about=about)


def _reading(said: object, photographs: set[str]) -> Reading:
    if not isinstance(said, dict):
        raise MienError("holds a reading that is no object", remedy=_REMEDY)
    name, unit, probability = _text(said, "name"), said.get("unit"), said.get("probability")
    if unit not in UNITS or not isinstance(unit, int):
        raise MienError(
            f"{name}: unit {unit!r} is not coded",
            remedy=f"give readings of units {', '.join(map(str, UNITS))} alone",
        )
    if not isinstance(probability, bool):
        raise MienError(
            f"{name}: probability is {probability!r}", remedy="say true or false (scores in 0 to 1)"
        )
    scores = said.get("scores")
    if not isinstance(scores, dict):
        raise MienError(f"{name} holds no scores", remedy=_REMEDY)
    _check(name, scores, photographs, probability=probability)
    return Reading(
        unit=unit,
        name=name,
        probability=probability,
        scores={photo: float(score) for photo, score in scores.items()},
    )


def _check(
    name: str, scores: Mapping[str, Any], photographs: set[str], *, probability: bool
) -> None:
    if unknown := sorted(set(scores) - photographs):
        raise MienError(
            f"{name}: there is no photograph {unknown[0]} ({len(unknown)} such)",
            remedy='name photographs as the codes do, such as "s1/1.pgm"',
        )
    if missing := sorted(photographs - set(scores)):
        raise MienError(
            f"{name}: no score for photograph {missing[0]} ({len(missing)} such)",
            remedy="score every photograph; one without a face is given the lowest score",
        )
    for photo, score in scores.items():
        number = isinstance(score, int | float) and not isinstance(score, bool)
        if not (number and math.isfinite(score)):
            raise MienError(
                f"{name}: the score of {photo} is {score!r}", remedy="give a finite number"
            )
        if probability and not 0 <= score <= 1:
            raise MienError(
                f"{name}: {score!r} of {photo} is no probability",
                remedy='give numbers from 0 to 1, or say "probability": false',
            )


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not (isinstance(value, str) and value.strip() and "|" not in value and "\n" not in value):
        raise MienError(f"{name} is {value!r}", remedy=f"give {name} as one line of text without |")
    return value
