"""One row at one seed, written down: figures as JSON, readings as arrays beside them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from mien import atomic
from mien.bench.trials.readings import Readings
from mien.errors import MienError

DOT = "."
FORM = 2
"""Raised whenever something else is asked: pieces of another form are made anew from their runs."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """What one row came to at one seed."""

    facts: dict[str, Any]
    """Row, seed, recipe, `form`, `runs` (their digests), `questions`, `seconds`."""
    readings: dict[str, Readings]
    """By key, such as "finetune"."""

    def __repr__(self) -> str:
        return f"Piece({self.facts['row']}, seed {self.facts['seed']})"


def write_piece(path: Path, facts: dict[str, Any], readings: dict[str, Readings]) -> None:
    """Write a piece; its JSON comes last, so that a piece that is there is whole."""
    arrays = {
        f"{key}{DOT}{name}": values
        for key, found in readings.items()
        for name, values in found.items()
    }
    with atomic.file(path.with_suffix(".npz")) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    atomic.write_text(path, json.dumps(facts, indent=1) + "\n")


def read_facts(path: Path) -> dict[str, Any]:
    """The facts of a piece.

    Raises:
        MienError: the file is missing or damaged.
    """
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> MienError:
    return MienError(
        f"the piece cannot be read ({error})",
        remedy="delete it and run the same bench again",
        path=path,
    )


def read_piece(path: Path) -> Piece:
    """Read what `write_piece` wrote.

    Raises:
        MienError: a file is missing or damaged.
    """
    facts = read_facts(path)
    try:
        found: dict[str, Readings] = {}
        with path.with_suffix(".npz").open("rb") as file:
            arrays = np.load(file, allow_pickle=False)
            for name in arrays.files:
                key, _, column = name.partition(DOT)
                found.setdefault(key, {})[column] = arrays[name]
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise _damaged(path, error) from error
    return Piece(facts=facts, readings=found)
