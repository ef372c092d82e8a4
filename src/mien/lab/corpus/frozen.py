"""What a release came out as when it was frozen: its record, and whether a copy equals it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import mien
from mien import atomic
from mien.errors import MienError
from mien.lab.corpus.contents import Contents
from mien.lab.corpus.kind import machine_kind
from mien.lab.corpus.make import creation_facts
from mien.lab.corpus.release import SIZES, Release, Size

FOLDER: Final = Path(__file__).parent


def record_path(name: str, *, folder: Path = FOLDER) -> Path:
    """File of a release's record."""
    return folder / f"{name}.json"


def read_record(name: str, *, folder: Path = FOLDER) -> dict[str, Any]:
    """The record of a frozen release.

    Raises:
        MienError: it is not frozen.
    """
    path = record_path(name, folder=folder)
    if not path.exists():
        raise MienError(
            f"{name} is not frozen", remedy="freeze it with scripts/freeze_lab.py", path=path
        )
    return json.loads(path.read_text("utf-8"))


def settings(release: Release) -> dict[str, Any]:
    """All that a release's pictures and labels depend on, save the code: by part."""
    return {
        part.name: {
            key: value
            for key, value in creation_facts(
                part.scenario, seed=part.seed, size=release.pixels
            ).items()
            if key != "by"
        }
        for part in release.parts
    }


def write_record(
    releases: Mapping[Size, Release],
    found: Mapping[Size, Mapping[str, Contents]],
    *,
    commit: str,
    folder: Path = FOLDER,
) -> Path:
    """Freeze a release: its settings at every size, and what was rendered of it.

    Args:
        releases: the release at each size.
        found: contents of the parts that were rendered, by size; the others stay unknown.
        commit: version of the code.
        folder: where the record is kept.

    Raises:
        MienError: the name is frozen already: another lab needs another number.
    """
    name = releases["small"].name
    path = record_path(name, folder=folder)
    if path.exists():
        raise MienError(
            f"{name} is frozen already", remedy="give the changed lab a new number", path=path
        )
    sizes = {}
    for size in SIZES:
        told = {part: vars(each) for part, each in found.get(size, {}).items()}
        sizes[size] = {
            "frames": releases[size].frames,
            "settings": settings(releases[size]),
            "contents": told,
        }
    content = {
        "release": name,
        "frozen": datetime.now(UTC).strftime("%Y-%m-%d"),
        "mien": mien.__version__,
        "commit": commit,
        "kind": machine_kind(),
        "sizes": sizes,
    }
    atomic.write_text(path, json.dumps(content, indent=1) + "\n")
    return path


def verdicts(
    release: Release, found: Mapping[str, Contents], *, folder: Path = FOLDER
) -> dict[str, str]:
    """Of every rendered part, in words, whether it is what was frozen."""
    try:
        record = read_record(release.name, folder=folder)
    except MienError:
        return dict.fromkeys(found, "not frozen yet")
    kept = record["sizes"][release.size]["contents"]
    return {name: _verdict(each, kept.get(name)) for name, each in found.items()}


def _verdict(mine: Contents, kept: Mapping[str, Any] | None) -> str:
    if kept is None:
        return "as frozen in settings; nobody recorded what it came out as"
    if mine.labels != kept["labels"]:
        return "labels differ from the frozen ones"
    if mine.pictures != kept["pictures"]:
        return "labels as frozen, pictures differ (another kind of machine rounds differently)"
    return "as frozen, to the last bit"
