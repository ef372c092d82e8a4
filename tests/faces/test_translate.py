"""Each kind of operation against loops over TFLite's own definition, in its order of axes."""

import numpy as np
import onnx
import onnx.checker
import onnxruntime
import pytest

from mien.faces.tflite import Graph, Operation, Tensor
from mien.faces.translate import translate

SAME, VALID = 0, 1
NONE, RELU, RELU6 = 0, 1, 3


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def run(source, kind, constants, shape, **options):
    """One operation on an input; constants come after it."""
    held = [np.asarray(each) for each in constants]
    tensors = [Tensor(name="in", shape=source.shape, content=None)]
    tensors += [Tensor(name=f"c{n}", shape=one.shape, content=one) for n, one in enumerate(held)]
    tensors.append(Tensor(name="out", shape=shape, content=None))
    last = len(tensors) - 1
    operation = Operation(kind=kind, inputs=tuple(range(last)), outputs=(last,), options=options)
    graph = Graph(tensors=tuple(tensors), operations=(operation,), inputs=(0,), outputs=(last,))
    return execute(translate(graph, ["out"]), source, shape)


def execute(content, source, shape):
    onnx.checker.check_model(onnx.load_from_string(content), full_check=True)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {session.get_inputs()[0].name: source})
    assert found.shape == shape
    return found


def reach(long, size, stride, padding, dilation=1):
    """Length of the output and what is added before, as TFLite computes them."""
    wide = (size - 1) * dilation + 1
    if padding == VALID:
        return (long - wide) // stride + 1, 0
    out = -(-long // stride)
    return out, max((out - 1) * stride + wide - long, 0) // 2


def windows(source, size, stride, padding, dilation, outside):
    """For every output place, the (height, width, channels) it sees."""
    height, width = source.shape[1:3]
    (rows, top), (columns, left) = (
        reach(long, one, stride, padding, dilation)
        for long, one in zip((height, width), size, strict=True)
    )
    for row in range(rows):
        for column in range(columns):
            seen = np.full((*size, source.shape[3]), outside, np.float32)
            for y in range(size[0]):
                for x in range(size[1]):
                    at = row * stride - top + y * dilation, column * stride - left + x * dilation
                    if 0 <= at[0] < height and 0 <= at[1] < width:
                        seen[y, x] = source[0, at[0], at[1]]
            yield (row, column), seen


def assembled(places):
    found = dict(places)
    rows, columns = (max(place[axis] for place in found) + 1 for axis in (0, 1))
    return np.array([[found[row, column] for column in range(columns)] for row in range(rows)])[
        None
    ]


CASES = [
    (SAME, 1, 1), (SAME, 2, 1), (SAME, 3, 1), (VALID, 1, 1), (VALID, 2, 1), (SAME, 1, 2),
    (VALID, 1, 2),
]  # fmt: skip


@pytest.mark.parametrize(("padding", "stride", "dilation"), CASES)
@pytest.mark.parametrize("size", [(3, 3), (2, 3), (1, 1)])
@pytest.mark.parametrize("activation", [NONE, RELU, RELU6])
def test_convolutions(padding, stride, dilation, size, activation):
    source, weight, bias = 4 * numbers(1, 7, 8, 3), numbers(5, *size, 3, seed=1), numbers(5, seed=2)
    expected = assembled(
        (place, np.einsum("yxc,oyxc->o", seen, weight) + bias)
        for place, seen in windows(source, size, stride, padding, dilation, 0.0)
    )
    if activation:
        expected = np.clip(expected, 0, 6 if activation == RELU6 else None)
    found = run(
        source, "CONV_2D", [weight.astype(np.float16).astype(np.float32), bias], expected.shape,
        padding=padding, stride_w=stride, stride_h=stride, dilation_w=dilation,
        dilation_h=dilation, activation=activation,
    )  # fmt: skip
    np.testing.assert_allclose(found, expected, atol=0.05)


@pytest.mark.parametrize(("padding", "stride", "dilation"), CASES)
def test_depthwise_convolutions(padding, stride, dilation):
    source, weight, bias = numbers(1, 7, 8, 3), numbers(1, 3, 3, 3, seed=1), numbers(3, seed=2)
    expected = assembled(
        (place, (seen * weight[0]).sum(axis=(0, 1)) + bias)
        for place, seen in windows(source, (3, 3), stride, padding, dilation, 0.0)
    )
    found = run(
        source, "DEPTHWISE_CONV_2D", [weight, bias], expected.shape, padding=padding,
        stride_w=stride, stride_h=stride, dilation_w=dilation, dilation_h=dilation,
    )  # fmt: skip
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("padding", [SAME, VALID])
@pytest.mark.parametrize("stride", [1, 2])
def test_pooling(padding, stride):
    source = numbers(1, 7, 8, 3) - 5.0
    expected = assembled(
        (place, seen.max(axis=(0, 1)))
        for place, seen in windows(source, (2, 2), stride, padding, 1, -np.inf)
    )
    found = run(
        source, "MAX_POOL_2D", [], expected.shape, padding=padding, stride_w=stride,
        stride_h=stride, width=2, height=2,
    )  # fmt: skip
    np.testing.assert_array_equal(found, expected)


def test_slopes_below_zero_and_above_one():
    source, slope = numbers(1, 4, 5, 3), np.array([[[-2.0, 0.3, 19.8]]], np.float32)
    expected = np.where(source > 0, source, source * slope)
    np.testing.assert_allclose(run(source, "PRELU", [slope], source.shape), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "oracle"),
    [
        ("ADD", np.add), ("SUB", np.subtract), ("MUL", np.multiply), ("DIV", np.divide),
        ("SQUARED_DIFFERENCE", lambda a, b: (a - b) ** 2),
    ],
)  # fmt: skip
def test_two_by_two(kind, oracle):
    source, other = numbers(1, 4, 5, 3), numbers(3, seed=1)
    found = run(source, kind, [other], source.shape)
    np.testing.assert_allclose(found, oracle(source, other), rtol=1e-6)


@pytest.mark.parametrize(
    ("kind", "oracle"),
    [
        ("NEG", np.negative), ("RELU", lambda x: np.maximum(x, 0)), ("SQRT", np.sqrt),
        ("RSQRT", lambda x: 1 / np.sqrt(x)), ("LOGISTIC", lambda x: 1 / (1 + np.exp(-x))),
    ],
)  # fmt: skip
def test_one_by_one(kind, oracle):
    source = np.abs(numbers(1, 6, 2)) + 0.1
    np.testing.assert_allclose(run(source, kind, [], source.shape), oracle(source), rtol=1e-5)


@pytest.mark.parametrize("kind", ["MEAN", "SUM"])
@pytest.mark.parametrize("axes", [np.int32(-2), np.array([1, 2], np.int32)])
@pytest.mark.parametrize("keep", [0, 1])
def test_reductions(kind, axes, keep):
    source = numbers(1, 4, 5, 3)
    reduce = np.mean if kind == "MEAN" else np.sum
    expected = reduce(source, axis=tuple(np.atleast_1d(axes)), keepdims=bool(keep))
    found = run(source, kind, [axes], expected.shape, keep=keep)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_order_and_shape():
    source = numbers(1, 4, 5, 3)
    order = np.array([0, 3, 1, 2], np.int32)
    turned = run(source, "TRANSPOSE", [order], (1, 3, 4, 5))
    np.testing.assert_array_equal(turned, source.transpose(order))
    flat = run(source, "RESHAPE", [np.array([-1, 3], np.int32)], (20, 3))
    np.testing.assert_array_equal(flat, source.reshape(20, 3))
    more = np.array([[0, 0], [1, 2], [0, 1], [0, 4]], np.int32)
    padded = run(source, "PAD", [more], (1, 7, 6, 7))
    np.testing.assert_array_equal(padded, np.pad(source, more))


@pytest.mark.parametrize(
    ("begin", "end", "shrink", "cut"),
    [
        (0, 0, 0, np.s_[0:1, 1:3, 2:5]),
        (7, 5, 0, np.s_[:, :3, :]),
        (0, 6, 1, np.s_[0, 1:, 2:]),
        (4, 1, 2, np.s_[:, 1, :5]),
    ],
)
def test_slices(begin, end, shrink, cut):
    source, expected = numbers(1, 4, 6), numbers(1, 4, 6)[cut]
    limits = [np.array(each, np.int32) for each in ([0, 1, 2], [1, 3, 5], [1, 1, 1])]
    said = {"begin": begin, "end": end, "shrink": shrink, "ellipsis": 0, "new": 0}
    found = run(source, "STRIDED_SLICE", limits, expected.shape, **said)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(("made", "before", "after"), [(2, 0, 1), (1, 0, 2), (1, 1, 1)])
def test_a_chain_keeps_the_order_of_axes_that_is_asked_for(made, before, after):
    """Convolution, padding of channels by few or many, sum, reshape: rows and planes meet."""
    source, weight = numbers(1, 4, 4, 3), numbers(made, 1, 1, 3, seed=1)
    more = np.array([[0, 0], [0, 0], [0, 0], [before, after]], np.int32)
    shapes = {"conv": (1, 4, 4, made), "pad": (1, 4, 4, 3), "sum": (1, 4, 4, 3), "out": (16, 3)}
    held = {"w": weight, "b": np.zeros(made, np.float32), "more": more, "shape": np.array([16, 3])}
    order = ("in", "w", "b", "conv", "more", "pad", "sum", "shape", "out")
    tensors = tuple(
        Tensor(
            name=name,
            shape=held[name].shape if name in held else shapes.get(name, source.shape),
            content=held.get(name),
        )
        for name in order
    )
    one = {"padding": SAME, "stride_w": 1, "stride_h": 1, "dilation_w": 1, "dilation_h": 1}
    steps = (
        Operation(kind="CONV_2D", inputs=(0, 1, 2), outputs=(3,), options=one),
        Operation(kind="PAD", inputs=(3, 4), outputs=(5,)),
        Operation(kind="ADD", inputs=(5, 0), outputs=(6,)),
        Operation(kind="RESHAPE", inputs=(6, 7), outputs=(8,)),
    )
    graph = Graph(tensors=tensors, operations=steps, inputs=(0,), outputs=(8,))
    expected = np.pad(source @ weight[:, 0, 0].T, more) + source
    found = execute(translate(graph, ["out"]), source, (16, 3))
    np.testing.assert_allclose(found, expected.reshape(16, 3), atol=1e-5)


def test_only_what_an_output_needs_is_kept_and_others_are_refused():
    source = numbers(1, 4)
    tensors = tuple(Tensor(name=name, shape=source.shape, content=None) for name in ("a", "b", "c"))
    steps = (
        Operation(kind="NEG", inputs=(0,), outputs=(1,)),
        Operation(kind="LOGISTIC", inputs=(0,), outputs=(2,)),
    )
    graph = Graph(tensors=tensors, operations=steps, inputs=(0,), outputs=(1, 2))
    kept = {each.op_type for each in onnx.load_from_string(translate(graph, ["b"])).graph.node}
    assert "Sigmoid" not in kept
    with pytest.raises(ValueError, match="no output d"):
        translate(graph, ["d"])
    with pytest.raises(ValueError, match="activation 5"):
        run(source, "ADD", [source], source.shape, activation=5)
    said = {"begin": 0, "end": 0, "shrink": 0, "ellipsis": 1, "new": 0}
    with pytest.raises(ValueError, match="unnamed axes"):
        run(source, "STRIDED_SLICE", [np.zeros(2, np.int32)] * 3, source.shape, **said)
