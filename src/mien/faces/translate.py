"""A TFLite network in ONNX's words, for ONNX Runtime.

TFLite keeps images as (1, height, width, channels), ONNX's kernels want (1, channels, height,
width). Arrays are turned where an operation needs the other order, and stay so for those after it
that work number by number.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from mien.faces import onnx_wire as wire
from mien.faces.tflite import Graph, Operation

Array = npt.NDArray[np.generic]
_TO_PLANES: Final = (0, 3, 1, 2)
_TO_ROWS: Final = (0, 2, 3, 1)
_SAME: Final = 0
_ACTIVATIONS: Final = {1: "Relu", 3: "Clip"}
_PLAIN: Final = {"ADD": "Add", "MUL": "Mul", "SUB": "Sub", "DIV": "Div"}
_SINGLE: Final = {"NEG": "Neg", "RELU": "Relu", "LOGISTIC": "Sigmoid", "SQRT": "Sqrt"}
_LAST: Final = np.iinfo(np.int64).max


def translate(graph: Graph, outputs: Sequence[str]) -> bytes:
    """An ONNX file of the operations that the named outputs need.

    Inputs and outputs keep their names, shapes and order of axes.

    Args:
        graph: of float32 or float16 numbers, one image at a time.
        outputs: names of the tensors to give.

    Raises:
        ValueError: no such output.
    """
    places = {tensor.name: place for place, tensor in enumerate(graph.tensors)}
    missing = [name for name in outputs if name not in places]
    if missing:
        raise ValueError(f"the network has no output {missing[0]}")
    writer = _Writer(graph)
    wanted = {places[name] for name in outputs}
    for operation in reversed(graph.operations):
        if wanted & set(operation.outputs):
            wanted |= set(operation.inputs)
    for operation in graph.operations:
        if wanted & set(operation.outputs):
            writer.add(operation)
    return writer.file([places[name] for name in outputs])


class _Writer:
    """Collects nodes and constants; knows in which order of axes each array is there."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._nodes: list[bytes] = []
        self._constants: dict[str, bytes] = {}
        self._known: dict[int, Array] = {
            place: tensor.content
            for place, tensor in enumerate(graph.tensors)
            if tensor.content is not None
        }
        self._rows: dict[int, str] = {place: f"t{place}" for place in graph.inputs}
        self._planes: dict[int, str] = {}

    def add(self, operation: Operation) -> None:
        """Write one operation."""
        (out,) = operation.outputs
        if operation.kind == "DEQUANTIZE" and operation.inputs[0] in self._known:
            self._known[out] = self._known[operation.inputs[0]]
            return
        self._steps()[operation.kind](operation, out)
        activation = operation.options.get("activation", 0)
        if activation:
            self._activate(out, activation)

    def file(self, outputs: Sequence[int]) -> bytes:
        """Everything that was written."""
        tensors, named = self._graph.tensors, []
        for number, place in enumerate(outputs):
            self._nodes.append(wire.node("Identity", [self._as_rows(place)], [f"out{number}"]))
            named.append(wire.value(f"out{number}", tensors[place].shape))
        inputs = [wire.value(f"t{place}", tensors[place].shape) for place in self._graph.inputs]
        return wire.model(self._nodes, list(self._constants.values()), inputs, named)

    def _steps(self) -> dict[str, Callable[[Operation, int], None]]:
        return {
            "CONV_2D": self._convolve, "DEPTHWISE_CONV_2D": self._convolve,
            "MAX_POOL_2D": self._pool, "PAD": self._pad, "PRELU": self._slope,
            "RESHAPE": self._reshape, "CONCATENATION": self._join, "TRANSPOSE": self._turn,
            "MEAN": self._reduce, "SUM": self._reduce, "STRIDED_SLICE": self._cut,
            "RSQRT": self._rsqrt, "SQUARED_DIFFERENCE": self._squared,
            **dict.fromkeys(_PLAIN, self._pairwise), **dict.fromkeys(_SINGLE, self._single),
        }  # fmt: skip

    # each kind of operation

    def _convolve(self, operation: Operation, out: int) -> None:
        source, weight, bias = operation.inputs
        kernel = self._known[weight].astype(np.float32)
        deep = operation.kind == "DEPTHWISE_CONV_2D"
        kernel = kernel.transpose(3, 0, 1, 2) if deep else kernel.transpose(0, 3, 1, 2)
        options, (height, width) = operation.options, kernel.shape[2:]
        inputs = [self._as_planes(source), self._constant(f"w{weight}", kernel)]
        if bias >= 0:
            inputs.append(self._constant(f"b{bias}", self._known[bias].astype(np.float32)))
        dilations = (options["dilation_h"], options["dilation_w"])
        self._to_planes(
            out, "Conv", inputs, kernel_shape=(height, width), dilations=dilations,
            group=self._graph.tensors[source].shape[3] if deep else 1,
            strides=(options["stride_h"], options["stride_w"]),
            pads=self._pads(source, operation, (height, width), dilations),
        )  # fmt: skip

    def _pool(self, operation: Operation, out: int) -> None:
        (source,), options = operation.inputs, operation.options
        size = (options["height"], options["width"])
        self._to_planes(
            out, "MaxPool", [self._as_planes(source)], kernel_shape=size,
            strides=(options["stride_h"], options["stride_w"]),
            pads=self._pads(source, operation, size, (1, 1)),
        )  # fmt: skip

    def _pads(
        self, source: int, operation: Operation, size: Sequence[int], dilations: Sequence[int]
    ) -> tuple[int, ...]:
        """What TFLite adds at the top, left, bottom and right."""
        if operation.options["padding"] != _SAME:
            return (0, 0, 0, 0)
        strides = (operation.options["stride_h"], operation.options["stride_w"])
        before, after = [], []
        for axis in (0, 1):
            long = self._graph.tensors[source].shape[1 + axis]
            reach = (size[axis] - 1) * dilations[axis] + 1
            more = max((-(-long // strides[axis]) - 1) * strides[axis] + reach - long, 0)
            before.append(more // 2)
            after.append(more - more // 2)
        return (*before, *after)

    def _pad(self, operation: Operation, out: int) -> None:
        source, amounts = operation.inputs
        more = self._known[amounts].astype(np.int64)
        count = self._graph.tensors[source].shape[-1]
        if source in self._planes and not more[:3].any() and more[3].sum() >= count:
            # a convolution keeps ONNX Runtime's fast order of axes; few channels are not worth it
            kernel = np.eye(count + more[3].sum(), count, -more[3, 0], np.float32)[..., None, None]
            inputs = [self._planes[source], self._constant(f"p{out}", kernel)]
            self._to_planes(out, "Conv", inputs, kernel_shape=(1, 1))
            return
        turned = more[list(_TO_PLANES)] if source in self._planes else more
        amount = self._constant(f"p{out}", np.concatenate([turned[:, 0], turned[:, 1]]))
        if source in self._planes:
            self._to_planes(out, "Pad", [self._planes[source], amount])
        else:
            self._to_rows(out, "Pad", [self._as_rows(source), amount])

    def _slope(self, operation: Operation, out: int) -> None:
        """As x + s max(s (a - 1) x, 0), s = 1 where a is at most 1, else -1.

        Both products are convolutions of one point a channel. ONNX has PRelu, but ONNX Runtime's
        keeps the convolutions beside it from their fast order of axes (docs/log.md).
        """
        source, slopes = operation.inputs
        planes, slope = self._as_planes(source), self._known[slopes].astype(np.float32)
        each = slope.reshape(-1, 1, 1, 1)
        sign = np.where(each <= 1, np.float32(1), np.float32(-1))
        said: dict[str, wire.Attribute] = {"kernel_shape": (1, 1), "group": len(each)}
        bend = self._constant(f"k{slopes}bend", sign * (each - 1))
        back = self._constant(f"k{slopes}sign", sign)
        self._nodes += [
            wire.node("Conv", [planes, bend], [f"t{out}bent"], **said),
            wire.node("Relu", [f"t{out}bent"], [f"t{out}below"]),
            wire.node("Conv", [f"t{out}below", back], [f"t{out}change"], **said),
        ]
        self._to_planes(out, "Add", [planes, f"t{out}change"])

    def _pairwise(self, operation: Operation, out: int) -> None:
        kind = _PLAIN[operation.kind]
        if any(place in self._planes for place in operation.inputs):
            self._to_planes(out, kind, [self._as_planes(place) for place in operation.inputs])
        else:
            self._to_rows(out, kind, [self._as_rows(place) for place in operation.inputs])

    def _single(self, operation: Operation, out: int) -> None:
        (source,), kind = operation.inputs, _SINGLE[operation.kind]
        if source in self._planes:
            self._to_planes(out, kind, [self._planes[source]])
        else:
            self._to_rows(out, kind, [self._as_rows(source)])

    def _rsqrt(self, operation: Operation, out: int) -> None:
        self._nodes.append(wire.node("Sqrt", [self._as_rows(operation.inputs[0])], [f"t{out}root"]))
        self._to_rows(out, "Reciprocal", [f"t{out}root"])

    def _squared(self, operation: Operation, out: int) -> None:
        both = [self._as_rows(place) for place in operation.inputs]
        self._nodes.append(wire.node("Sub", both, [f"t{out}less"]))
        self._to_rows(out, "Mul", [f"t{out}less", f"t{out}less"])

    def _reduce(self, operation: Operation, out: int) -> None:
        source, axes = operation.inputs
        chosen, keep = np.atleast_1d(self._known[axes]).astype(np.int64), operation.options["keep"]
        rows = self._as_rows(source)
        if operation.kind == "MEAN":
            self._to_rows(out, "ReduceMean", [rows], axes=chosen.tolist(), keepdims=keep)
        else:
            self._to_rows(
                out, "ReduceSum", [rows, self._constant(f"a{out}", chosen)], keepdims=keep
            )

    def _reshape(self, operation: Operation, out: int) -> None:
        shape = self._constant(f"s{out}", np.array(self._graph.tensors[out].shape, np.int64))
        self._to_rows(out, "Reshape", [self._as_rows(operation.inputs[0]), shape])

    def _join(self, operation: Operation, out: int) -> None:
        rows = [self._as_rows(place) for place in operation.inputs]
        self._to_rows(out, "Concat", rows, axis=operation.options["axis"])

    def _turn(self, operation: Operation, out: int) -> None:
        source, order = operation.inputs
        self._to_rows(
            out, "Transpose", [self._as_rows(source)], perm=self._known[order].astype(int).tolist()
        )

    def _cut(self, operation: Operation, out: int) -> None:
        source, *limits = operation.inputs
        options = operation.options
        if options["ellipsis"] or options["new"]:
            raise ValueError("slices with new or unnamed axes are not known")
        start, end, step = (self._known[place].astype(np.int64).copy() for place in limits)
        for axis in range(len(start)):
            shrinks = options["shrink"] >> axis & 1
            if options["begin"] >> axis & 1:
                start[axis] = 0
            if shrinks:
                end[axis] = start[axis] + 1
            elif options["end"] >> axis & 1:
                end[axis] = _LAST
        parts = [start, end, np.arange(len(start)), step]
        names = [self._constant(f"c{out}.{n}", part) for n, part in enumerate(parts)]
        shape = self._constant(f"s{out}", np.array(self._graph.tensors[out].shape, np.int64))
        rows = self._as_rows(source)
        self._nodes.append(wire.node("Slice", [rows, *names], [f"t{out}part"]))
        self._to_rows(out, "Reshape", [f"t{out}part", shape])

    def _activate(self, out: int, activation: int) -> None:
        if activation not in _ACTIVATIONS:
            raise ValueError(f"activation {activation} is not known")
        held = self._planes if out in self._planes else self._rows
        inputs = [held[out]]
        if _ACTIVATIONS[activation] == "Clip":
            inputs += [
                self._constant(name, np.array(limit, np.float32))
                for name, limit in (("zero", 0.0), ("six", 6.0))
            ]
        held[out] = f"t{out}active"
        self._nodes.append(wire.node(_ACTIVATIONS[activation], inputs, [held[out]]))

    # arrays in either order of axes

    def _to_planes(
        self, out: int, kind: str, inputs: Sequence[str], **said: wire.Attribute
    ) -> None:
        self._planes[out] = f"t{out}planes"
        self._nodes.append(wire.node(kind, inputs, [self._planes[out]], **said))

    def _to_rows(self, out: int, kind: str, inputs: Sequence[str], **said: wire.Attribute) -> None:
        self._rows[out] = f"t{out}"
        self._nodes.append(wire.node(kind, inputs, [self._rows[out]], **said))

    def _as_planes(self, place: int) -> str:
        if place not in self._planes:
            if place in self._known:
                content = self._known[place].astype(np.float32)
                whole = content.reshape((1,) * (4 - content.ndim) + content.shape)
                return self._constant(f"k{place}planes", whole.transpose(_TO_PLANES))
            self._planes[place] = f"t{place}planes"
            self._nodes.append(
                wire.node("Transpose", [self._rows[place]], [self._planes[place]], perm=_TO_PLANES)
            )
        return self._planes[place]

    def _as_rows(self, place: int) -> str:
        if place in self._known:
            return self._constant(f"k{place}", self._known[place].astype(np.float32))
        if place not in self._rows:
            self._rows[place] = f"t{place}rows"
            self._nodes.append(
                wire.node("Transpose", [self._planes[place]], [self._rows[place]], perm=_TO_ROWS)
            )
        return self._rows[place]

    def _constant(self, name: str, content: Array) -> str:
        self._constants.setdefault(name, wire.constant(name, content))
        return name
