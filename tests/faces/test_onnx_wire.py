"""What is written by hand, read by the `onnx` package."""

import numpy as np
import onnx
import onnx.checker
import onnx.numpy_helper
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.faces import onnx_wire as wire


@given(st.integers(-(2**63), 2**63 - 1), st.floats(width=32, allow_nan=False))
def test_attributes_come_back(whole, real):
    node = onnx.NodeProto.FromString(
        wire.node("Kind", ["a", "é"], ["b"], whole=whole, real=real, many=[whole, 0, -1])
    )
    assert (node.op_type, list(node.input), list(node.output)) == ("Kind", ["a", "é"], ["b"])
    found = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
    assert found == {"whole": whole, "real": np.float32(real), "many": [whole, 0, -1]}


@pytest.mark.parametrize(
    ("content", "dtype"),
    [
        (np.arange(6, dtype=np.int32).reshape(2, 3) - 3, np.int64),
        (np.linspace(-1, 1, 8, dtype=np.float16).reshape(2, 2, 2), np.float32),
        (np.array(6.0), np.float32),
    ],
)
def test_constants_come_back(content, dtype):
    tensor = onnx.TensorProto.FromString(wire.constant("name", content))
    back = onnx.numpy_helper.to_array(tensor)
    assert (tensor.name, back.dtype, back.shape) == ("name", dtype, content.shape)
    np.testing.assert_array_equal(back, content.astype(dtype))


def test_a_model_is_sound():
    content = wire.model(
        [wire.node("Add", ["x", "one"], ["y"])],
        [wire.constant("one", np.ones(3, np.float32))],
        [wire.value("x", (2, 3))],
        [wire.value("y", (2, 3))],
    )
    model = onnx.load_from_string(content)
    onnx.checker.check_model(model, full_check=True)
    assert model.opset_import[0].version == wire.OPSET
    assert [each.dim_value for each in model.graph.input[0].type.tensor_type.shape.dim] == [2, 3]
