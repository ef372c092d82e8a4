"""Tiny exported models, made with onnx.helper: no torch."""

import io
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from mien import bundle as bundles
from mien.bundle import Bundle
from mien.faces.template import CANONICAL

SIZE = 48
UNITS = (1, 12, 25)
EXPRESSIONS = ("neutral", "happiness")


def network(widths: dict[str, int], size: int = SIZE) -> bytes:
    """Mean colour of the crop through one fixed linear map and a sigmoid for each output."""
    generator = np.random.default_rng(7)
    nodes = [
        helper.make_node("Cast", ["image"], ["float"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["float", "scale"], ["unit"]),
        helper.make_node("ReduceMean", ["unit", "axes"], ["mean"], keepdims=0),
    ]
    weights = [
        numpy_helper.from_array(np.float32(255).reshape(1), "scale"),
        numpy_helper.from_array(np.array([1, 2], np.int64), "axes"),
    ]
    outputs = []
    for name, width in widths.items():
        matrix = generator.normal(size=(3, width)).astype(np.float32)
        weights.append(numpy_helper.from_array(matrix, f"{name}_weight"))
        nodes.append(helper.make_node("MatMul", ["mean", f"{name}_weight"], [f"{name}_logit"]))
        kind = "Tanh" if name == "affect" else "Sigmoid"
        nodes.append(helper.make_node(kind, [f"{name}_logit"], [name]))
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width]))
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", size, size, 3])
    graph = helper.make_graph(nodes, "tiny", [image], outputs, weights)
    opset = [helper.make_opsetid("", 18)]
    return helper.make_model(graph, opset_imports=opset, ir_version=9).SerializeToString()


def expected(crops: np.ndarray, widths: dict[str, int]) -> dict[str, np.ndarray]:
    """The same network in NumPy."""
    generator = np.random.default_rng(7)
    mean = (crops.astype(np.float32) / 255).mean(axis=(1, 2))
    found = {}
    for name, width in widths.items():
        logit = mean @ generator.normal(size=(3, width)).astype(np.float32)
        found[name] = np.tanh(logit) if name == "affect" else 1 / (1 + np.exp(-logit))
    return found


def widths(*, full: bool) -> dict[str, int]:
    if not full:
        return {"au": len(UNITS)}
    return {"au": len(UNITS), "intensity": len(UNITS), "expression": 2, "affect": 2}


def asker(width: int = 3, phrase: int = 5) -> bytes:
    """The sigmoid of faces times a fixed matrix times phrases."""
    matrix = np.random.default_rng(8).normal(size=(width, phrase)).astype(np.float32)
    nodes = [
        helper.make_node("Transpose", ["text"], ["turned"], perm=[1, 0]),
        helper.make_node("MatMul", ["embedding", "matrix"], ["middle"]),
        helper.make_node("MatMul", ["middle", "turned"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["asked"]),
    ]
    inputs = [
        helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", width]),
        helper.make_tensor_value_info("text", TensorProto.FLOAT, ["k", phrase]),
    ]
    outputs = [helper.make_tensor_value_info("asked", TensorProto.FLOAT, ["n", "k"])]
    weights = [numpy_helper.from_array(matrix, "matrix")]
    graph = helper.make_graph(nodes, "ask", inputs, outputs, weights)
    opset = [helper.make_opsetid("", 18)]
    return helper.make_model(graph, opset_imports=opset, ir_version=9).SerializeToString()


def seeing(content: bytes, width: int) -> bytes:
    """The same network with a second input `geometry`, whose first column is `embedding`'s."""
    model = onnx.load_from_string(content)
    model.graph.input.append(
        helper.make_tensor_value_info("geometry", TensorProto.FLOAT, ["n", width])
    )
    model.graph.node.append(
        helper.make_node("Slice", ["geometry", "zero", "one", "one"], ["embedding"])
    )
    model.graph.initializer.append(numpy_helper.from_array(np.array([0], np.int64), "zero"))
    model.graph.initializer.append(numpy_helper.from_array(np.array([1], np.int64), "one"))
    model.graph.output.append(
        helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", 1])
    )
    return model.SerializeToString()


def write(
    folder: Path,
    *,
    full: bool = False,
    content: bytes | None = None,
    files: dict[str, bytes] | None = None,
    **changes,
) -> Path:
    names = widths(full=full)
    described = {
        "name": "tiny",
        "size": SIZE,
        "template": CANONICAL.name,
        "template_digest": CANONICAL.digest,
        "aus": UNITS,
        "thresholds": (0.5,) * len(UNITS),
        "outputs": tuple(names),
        "expressions": EXPRESSIONS if full else (),
        "run_digest": "0" * 64,
        "mien_version": "0",
        "licence": "Apache-2.0",
        "statement": "A test.",
        **changes,
    }
    made = network(names) if content is None else content
    bundles.write(folder, Bundle(**described), made, files=files)
    return folder


def external(content: bytes) -> bytes:
    """The same network with its first weights said to lie in another file."""
    model = onnx.load_from_string(content)
    tensor = model.graph.initializer[2]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "../../etc/passwd"), ("offset", "0")):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    return model.SerializeToString()


def telling(content: bytes) -> bytes:
    """The same network with its mean colour as `embedding`."""
    model = onnx.load_from_string(content)
    model.graph.node.append(helper.make_node("Identity", ["mean"], ["embedding"]))
    model.graph.output.append(
        helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", 3])
    )
    return model.SerializeToString()


def askable(folder: Path, phrases: tuple[str, ...] = ("a wide smile", "eyes shut")) -> Path:
    """A bundle that can be asked, and that knows these phrases."""
    held = io.BytesIO()
    np.savez(held, texts=np.array(phrases), vectors=np.eye(len(phrases), 384, dtype=np.float16))
    files = {"ask.onnx": asker(3, 384), "texts.npz": held.getvalue()}
    return write(
        folder, content=telling(network(widths(full=False))), files=files, embedding=3,
        text="bge-small-int8",
    )  # fmt: skip
