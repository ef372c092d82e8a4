"""`bundle.json` read and checked, field by field."""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from mien.bundle.description import FORMAT, KNOWN, MANIFEST_FILE, REEXPORT, Bundle
from mien.errors import MienError

_LATER: Final = ("geometry", "embedding", "text", "files")
"""Fields that came with format 2."""

_TYPES: Final[Mapping[str, tuple[type, type | None]]] = {
    "format": (int, None),
    "size": (int, None),
    "aus": (tuple, int),
    "thresholds": (tuple, float),
    "outputs": (tuple, str),
    "expressions": (tuple, str),
    "embedding": (int, None),
    "files": (tuple, str),
}


def parse(manifest: Path) -> Bundle:
    """The description in a file.

    Raises:
        MienError: the file is missing, not JSON, of an unknown format, or a field is missing, of
            the wrong type or at odds with another.
    """
    loaded = _load(manifest)
    version = loaded.get("format")
    if type(version) is not int or version not in KNOWN:
        newer = isinstance(version, int) and version > FORMAT
        raise MienError(
            f"bundle format {version!r} is unknown here (this mien reads "
            f"{' and '.join(map(str, KNOWN))})",
            remedy="upgrade mien" if newer else REEXPORT,
            path=manifest,
        )
    later = set() if version == FORMAT else set(_LATER)
    names = {each.name for each in fields(Bundle)} - later
    missing = sorted(names - loaded.keys())
    extra = sorted(loaded.keys() - names)
    if missing or extra:
        said = [f"lacks {', '.join(missing)}"] if missing else []
        said += [f"has unknown {', '.join(extra)}"] if extra else []
        raise MienError(" and ".join(said), remedy=REEXPORT, path=manifest)
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in loaded.items()
    }
    problem = _type_problem(values)
    if problem is not None:
        raise MienError(problem, remedy=REEXPORT, path=manifest)
    try:
        return Bundle(**values)
    except ValueError as error:
        raise MienError(str(error), remedy=REEXPORT, path=manifest) from None


def _load(manifest: Path) -> dict[str, Any]:
    if not manifest.is_file():
        raise MienError(
            f"this is no exported model: it has no {MANIFEST_FILE}",
            remedy="give the folder that `mien export` wrote",
            path=manifest.parent,
        )
    try:
        loaded = json.loads(manifest.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise MienError(f"not readable as JSON: {error}", remedy=REEXPORT, path=manifest) from None
    if not isinstance(loaded, dict):
        raise MienError("not a JSON object", remedy=REEXPORT, path=manifest)
    return loaded


def _type_problem(values: dict[str, Any]) -> str | None:
    """Name the first field of a wrong type; whole thresholds such as 1 become floats."""
    thresholds = values["thresholds"]
    if isinstance(thresholds, tuple):
        values["thresholds"] = tuple(float(t) if type(t) is int else t for t in thresholds)
    for key, value in values.items():
        outer, inner = _TYPES.get(key, (str, None))
        members = value if inner is not None and isinstance(value, tuple) else ()
        if type(value) is not outer or any(type(each) is not inner for each in members):
            return f"field {key} is of the wrong type: {value!r}"
    return None
