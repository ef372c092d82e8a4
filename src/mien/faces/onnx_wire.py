"""An ONNX file written by hand: the few messages that a small network needs.

Fields have the numbers of onnx.proto. The package `onnx` would do it too, but a reader of faces
that is installed in seconds should not bring it.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

OPSET: Final = 17
_IR: Final = 8
_VARINT, _BLOCK, _FIXED = 0, 2, 5
_FLOAT, _INT64 = 1, 7
_IS_FLOAT, _IS_INT, _IS_INTS = 1, 2, 7

Attribute = float | int | Sequence[int]


def node(kind: str, inputs: Sequence[str], outputs: Sequence[str], **said: Attribute) -> bytes:
    """One operation by its ONNX name; an attribute's type is that of its value."""
    parts = [_text(1, name) for name in inputs] + [_text(2, name) for name in outputs]
    parts.append(_text(4, kind))
    parts += [_block(5, _attribute(name, value)) for name, value in said.items()]
    return b"".join(parts)


def constant(name: str, content: npt.NDArray[np.generic]) -> bytes:
    """Numbers that are part of the network: whole ones as int64, others as float32."""
    whole = np.issubdtype(content.dtype, np.integer)
    sizes = b"".join(_number(1, size) for size in content.shape)
    raw = content.astype("<i8" if whole else "<f4").tobytes()
    return sizes + _number(2, _INT64 if whole else _FLOAT) + _text(8, name) + _block(9, raw)


def value(name: str, shape: Sequence[int]) -> bytes:
    """What goes in or comes out, float32 of that shape."""
    sizes = b"".join(_block(1, _number(1, size)) for size in shape)
    return _text(1, name) + _block(2, _block(1, _number(1, _FLOAT) + _block(2, sizes)))


def model(
    nodes: Sequence[bytes],
    constants: Sequence[bytes],
    inputs: Sequence[bytes],
    outputs: Sequence[bytes],
) -> bytes:
    """The whole file."""
    parts = [(1, nodes), (5, constants), (11, inputs), (12, outputs)]
    graph = b"".join(_block(place, each) for place, many in parts for each in many)
    opset = _text(1, "") + _number(2, OPSET)
    return (
        _number(1, _IR) + _text(2, "mien") + _block(7, _text(2, "faces") + graph) + _block(8, opset)
    )


def _attribute(name: str, said: Attribute) -> bytes:
    if isinstance(said, float):
        return (
            _text(1, name) + _key(2, _FIXED) + np.float32(said).tobytes() + _number(20, _IS_FLOAT)
        )
    if isinstance(said, int):
        return _text(1, name) + _number(3, said) + _number(20, _IS_INT)
    return _text(1, name) + b"".join(_number(8, each) for each in said) + _number(20, _IS_INTS)


def _text(place: int, said: str) -> bytes:
    return _block(place, said.encode())


def _block(place: int, content: bytes) -> bytes:
    return _key(place, _BLOCK) + _varint(len(content)) + content


def _number(place: int, said: int) -> bytes:
    return _key(place, _VARINT) + _varint(said)


def _key(place: int, kind: int) -> bytes:
    return _varint(place << 3 | kind)


def _varint(said: int) -> bytes:
    rest, parts = said & (1 << 64) - 1, bytearray()  # negative ones take ten bytes, as protobuf's
    while rest > 0x7F:
        parts.append(rest & 0x7F | 0x80)
        rest >>= 7
    parts.append(rest)
    return bytes(parts)
