"""One row at one seed, written down: figures as JSON, readings as arrays beside them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from mien import atomic
from mien.bench.paper_readings import Readings
from mien.errors import MienError

DOT = "."


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What one row came to at one seed."""

    facts: dict[str, Any]
    """Row, seed, recipe, `questions`, `seconds`."""
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


def read_piece(path: Path) -> Piece:
    """Read what `write_piece` wrote.

    Raises:
        MienError: a file is missing or damaged.
    """
    try:
        facts = json.loads(path.read_text("utf-8"))
        found: dict[str, Readings] = {}
        with path.with_suffix(".npz").open("rb") as file:
            arrays = np.load(file, allow_pickle=False)
            for name in arrays.files:
                key, _, column = name.partition(DOT)
                found.setdefault(key, {})[column] = arrays[name]
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise MienError(
            f"the piece cannot be read ({error})",
            remedy="delete it and run the same bench again",
            path=path,
        ) from error
    return Piece(facts=facts, readings=found)
