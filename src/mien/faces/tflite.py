"""What a TFLite file says: its tensors, and the operations between them, in order.

The format is Google's flatbuffer schema (tensorflow/lite/schema/schema.fbs); the numbers of fields
and operators below are that file's. Only what the FaceLandmarker networks hold is known here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import flatbuffers.number_types as kinds
import flatbuffers.table
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]
_OPERATORS: Final = {
    0: "ADD", 2: "CONCATENATION", 3: "CONV_2D", 4: "DEPTHWISE_CONV_2D", 6: "DEQUANTIZE",
    14: "LOGISTIC", 17: "MAX_POOL_2D", 18: "MUL", 19: "RELU", 22: "RESHAPE", 34: "PAD",
    39: "TRANSPOSE", 40: "MEAN", 41: "SUB", 42: "DIV", 45: "STRIDED_SLICE", 54: "PRELU",
    59: "NEG", 74: "SUM", 75: "SQRT", 76: "RSQRT", 99: "SQUARED_DIFFERENCE",
}  # fmt: skip
_TYPES: Final = {0: np.dtype("<f4"), 1: np.dtype("<f2"), 2: np.dtype("<i4")}
_BYTE, _INT, _BOOL = kinds.Int8Flags, kinds.Int32Flags, kinds.BoolFlags
_Fields = dict[str, tuple[int, type, int]]
_CONV: Final[_Fields] = {
    "padding": (0, _BYTE, 0), "stride_w": (1, _INT, 0), "stride_h": (2, _INT, 0),
}  # fmt: skip
_OPTIONS: Final[dict[str, _Fields]] = {
    "ADD": {"activation": (0, _BYTE, 0)},
    "MUL": {"activation": (0, _BYTE, 0)},
    "SUB": {"activation": (0, _BYTE, 0)},
    "DIV": {"activation": (0, _BYTE, 0)},
    "CONCATENATION": {"axis": (0, _INT, 0), "activation": (1, _BYTE, 0)},
    "CONV_2D": {
        **_CONV, "activation": (3, _BYTE, 0), "dilation_w": (4, _INT, 1), "dilation_h": (5, _INT, 1)
    },
    "DEPTHWISE_CONV_2D": {
        **_CONV, "activation": (4, _BYTE, 0), "dilation_w": (5, _INT, 1), "dilation_h": (6, _INT, 1)
    },
    "MAX_POOL_2D": {
        **_CONV, "width": (3, _INT, 0), "height": (4, _INT, 0), "activation": (5, _BYTE, 0)
    },
    "MEAN": {"keep": (0, _BOOL, 0)},
    "SUM": {"keep": (0, _BOOL, 0)},
    "STRIDED_SLICE": {
        "begin": (0, _INT, 0), "end": (1, _INT, 0), "ellipsis": (2, _INT, 0),
        "new": (3, _INT, 0), "shrink": (4, _INT, 0),
    },
}  # fmt: skip
"""Of each operator's table: number, kind and default of the fields that are looked at."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Tensor:
    """One array of the network."""

    name: str
    shape: tuple[int, ...]
    """Images are (1, height, width, channels)."""
    content: Array | None
    """Its numbers where they are part of the file; None where they are computed."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One step: tensors by their places in `Graph.tensors`."""

    kind: str
    """As the schema names it, such as `CONV_2D`."""
    inputs: tuple[int, ...]
    """-1 where an optional one is missing."""
    outputs: tuple[int, ...]
    options: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Graph:
    """A network."""

    tensors: tuple[Tensor, ...]
    operations: tuple[Operation, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def parse(content: bytes) -> Graph:
    """The first graph of a TFLite file.

    Raises:
        ValueError: it holds an operator or type of numbers that is not known here.
    """
    root = int.from_bytes(content[:4], "little")
    model = _Table(flatbuffers.table.Table(content, root))
    codes = [max(code.number(0, _BYTE), code.number(3, _INT)) for code in model.tables(1)]
    buffers = [buffer.block(0) for buffer in model.tables(4)]
    (graph,) = model.tables(2)[:1]
    return Graph(
        tensors=tuple(_tensor(each, buffers) for each in graph.tables(0)),
        operations=tuple(_operation(each, codes) for each in graph.tables(3)),
        inputs=graph.integers(1),
        outputs=graph.integers(2),
    )


class _Table:
    """A flatbuffer table, asked by the numbers of its fields."""

    def __init__(self, table: flatbuffers.table.Table) -> None:
        self._table = table

    def number(self, place: int, kind: type, default: int = 0) -> int:
        found = self._where(place)
        return int(self._table.Get(kind, found + self._table.Pos)) if found else default

    def text(self, place: int) -> str:
        found = self._where(place)
        return self._table.String(found + self._table.Pos).decode() if found else ""

    def table(self, place: int) -> "_Table | None":
        found = self._where(place)
        if not found:
            return None
        position = self._table.Indirect(found + self._table.Pos)
        return _Table(flatbuffers.table.Table(self._table.Bytes, position))

    def tables(self, place: int) -> list["_Table"]:
        return self._each(
            place,
            lambda start: _Table(
                flatbuffers.table.Table(self._table.Bytes, self._table.Indirect(start))
            ),
        )

    def integers(self, place: int) -> tuple[int, ...]:
        return tuple(self._each(place, lambda start: int(self._table.Get(_INT, start))))

    def block(self, place: int) -> bytes:
        found = self._where(place)
        if not found:
            return b""
        start = self._table.Vector(found)
        return bytes(self._table.Bytes[start : start + self._table.VectorLen(found)])

    def _each(self, place: int, take: Callable[[int], Any]) -> list[Any]:
        found = self._where(place)
        if not found:
            return []
        start, count = self._table.Vector(found), self._table.VectorLen(found)
        return [take(start + 4 * number) for number in range(count)]

    def _where(self, place: int) -> int:
        return self._table.Offset(4 + 2 * place)


def _tensor(table: _Table, buffers: list[bytes]) -> Tensor:
    kind, stored = table.number(1, _BYTE), buffers[table.number(2, kinds.Uint32Flags)]
    shape, content = table.integers(0), None
    if stored:
        if kind not in _TYPES:
            raise ValueError(f"numbers of type {kind} are not known")
        content = np.frombuffer(stored, _TYPES[kind]).reshape(shape)
    return Tensor(name=table.text(3), shape=shape, content=content)


def _operation(table: _Table, codes: list[int]) -> Operation:
    code = codes[table.number(0, kinds.Uint32Flags)]
    if code not in _OPERATORS:
        raise ValueError(f"operator {code} is not known")
    kind, told = _OPERATORS[code], table.table(4)
    options = {
        name: default if told is None else told.number(place, flags, default)
        for name, (place, flags, default) in _OPTIONS.get(kind, {}).items()
    }
    return Operation(
        kind=kind, inputs=table.integers(1), outputs=table.integers(2), options=options
    )
