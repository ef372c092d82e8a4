"""Frozen dataclasses as JSON and back: what `run.json` is made of.

Each dataclass becomes an object with a `type` field, "module:Class". Since a tag is an import,
reading accepts the package `mien` and packages named by the caller, and nothing else.
"""

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from importlib import import_module
from math import isfinite
from pathlib import Path

from mien import atomic
from mien.errors import MienError

TAG = "type"
_VERSION = "read it with the version of mien that wrote it"


def encode(value: object) -> object:
    """A value made of frozen dataclasses, tuples, strings, numbers, booleans and None, for JSON.

    Raises:
        TypeError: something else is in it; lists, because they would come back as tuples.
    """
    if is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        if "." in kind.__qualname__:
            raise TypeError(f"{kind.__qualname__} must be defined at the top of its module")
        tag = {TAG: f"{kind.__module__}:{kind.__qualname__}"}
        return tag | {f.name: encode(getattr(value, f.name)) for f in fields(value) if f.init}
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        raise TypeError(f"{value} has no place in a record")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(
        f"a {type(value).__name__} cannot be recorded; use frozen dataclasses and tuples"
    )


def decode(value: object, *, packages: Sequence[str] = ()) -> object:
    """The value that `encode` turned into `value`; arrays become tuples.

    Args:
        value: parsed JSON.
        packages: packages besides `mien` whose dataclasses may be imported.

    Raises:
        MienError: a tag is unknown or not allowed, or the fields do not fit the class.
    """
    if isinstance(value, list):
        return tuple(decode(item, packages=packages) for item in value)
    if not isinstance(value, dict):
        return value
    kind = _resolve(value.get(TAG), packages)
    content = {k: decode(v, packages=packages) for k, v in value.items() if k != TAG}
    try:
        return kind(**content)
    except (TypeError, ValueError) as error:
        raise MienError(
            f"the record does not fit {value[TAG]}: {error}",
            remedy=_VERSION,
        ) from error


def write(path: Path, value: object) -> None:
    """Write a dataclass as JSON, atomically."""
    atomic.write_text(path, json.dumps(encode(value), indent=2) + "\n")


def read(path: Path, *, packages: Sequence[str] = ()) -> object:
    """Read what `write` wrote.

    Raises:
        MienError: the file is missing, is no JSON, or holds a tag that is not allowed.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MienError("cannot be read", remedy="name a run folder", path=path) from error
    except ValueError as error:
        raise MienError("is no valid JSON", remedy="restore it from a copy", path=path) from error
    try:
        return decode(content, packages=packages)
    except MienError as error:
        raise MienError(error.problem, remedy=error.remedy, path=path) from error


def _resolve(tag: object, packages: Sequence[str]) -> type:
    module_name, _, name = tag.partition(":") if isinstance(tag, str) else ("", "", "")
    if module_name.partition(".")[0] not in {"mien", *packages}:
        raise MienError(
            f"the record names {tag!r}, which is in no known package",
            remedy="name your own package when you read it",
        )
    try:
        kind = getattr(import_module(module_name), name)
    except (ImportError, AttributeError) as error:
        raise MienError(
            f"the record names {tag!r}, which does not exist", remedy=_VERSION
        ) from error
    if not (isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module_name):
        raise MienError(
            f"the record names {tag!r}, which is no dataclass of that module", remedy=_VERSION
        )
    return kind
