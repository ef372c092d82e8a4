"""One cell of a list: text or number in, the column's value out, or what is wrong with it."""

import difflib
import math
from collections.abc import Callable, Sequence

import pyarrow as pa

from mien.data.schema import PERSON_COLUMNS, SCHEMA
from mien.facs import read_column

Cell = object
"""A value as CSV (text) or Parquet (any type) gives it; "" and None are unknown."""


def parser(name: str, *, expressions: Sequence[str]) -> Callable[[Cell], str | int | float | None]:
    """The function that reads a column's cells.

    It returns None for an unknown value and raises ValueError, saying what is wrong, for a value
    that the column cannot have.

    Args:
        name: a label column of the schema.
        expressions: the names that the column `expression` may hold.
    """
    if name == "expression":
        return lambda cell: _one_of(cell, expressions)
    kind = SCHEMA.field(name).type
    if pa.types.is_integer(kind):
        return _whole
    unit = read_column(name)
    if unit is not None and not unit.intensity:
        return _occurrence
    if pa.types.is_floating(kind):
        low, high = limits(name)
        return lambda cell: _number(cell, low, high)
    return _text


def limits(name: str) -> tuple[float, float]:
    """Lowest and highest value of a number column."""
    unit = read_column(name)
    if unit is not None:
        return (0.0, 5.0) if unit.intensity else (0.0, 1.0)
    if name in ("valence", "arousal"):
        return -1.0, 1.0
    if name in PERSON_COLUMNS:
        return (0.0, 150.0) if name == "age" else (0.0, 1.0)
    if name in ("pts_ms", "light_ratio"):
        return 0.0, math.inf
    return -360.0, 360.0


def _text(cell: Cell) -> str | None:
    return None if cell is None or cell == "" else str(cell)


def _one_of(cell: Cell, names: Sequence[str]) -> str | None:
    text = _text(cell)
    if text is None or text in names:
        return text
    close = difflib.get_close_matches(text.lower(), names, n=1, cutoff=0.5)
    hint = f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(names)}"
    raise ValueError(f"is {text!r}, not an expression{hint}")


def _number(cell: Cell, low: float, high: float) -> float | None:
    if cell is None or cell == "":
        return None
    try:
        value = float(cell) if isinstance(cell, str | int | float) else None
    except ValueError:
        value = None
    if value is None:
        raise ValueError(f"is {cell!r}, not a number")
    if math.isnan(value):
        return None
    if not low <= value <= high or math.isinf(value):
        raise ValueError(f"is {cell}, outside {low:g} to {high:g}")
    return value


def _occurrence(cell: Cell) -> float | None:
    value = _number(cell, 0.0, 1.0)
    if value is not None and value not in (0.0, 1.0):
        raise ValueError(f"is {cell}, neither 0 nor 1")
    return value


def _whole(cell: Cell) -> int | None:
    value = _number(cell, 0.0, 2.0**31 - 1.0)
    if value is not None and value != int(value):
        raise ValueError(f"is {cell}, not a whole number")
    return None if value is None else int(value)
