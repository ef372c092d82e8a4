"""The parser against what LiteRT says of the same networks."""

import zipfile
from collections import Counter

import numpy as np
import pytest
from ai_edge_litert import interpreter

from mien.assets import locate
from mien.faces import tflite
from mien.faces.networks import BLENDSHAPES, DETECTOR, LANDMARKS


@pytest.fixture(
    scope="module", params=[DETECTOR, LANDMARKS, BLENDSHAPES], ids=lambda one: one.member
)
def content(request, assets_cache):
    with zipfile.ZipFile(locate("face-landmarker", cache=assets_cache)) as archive:
        return archive.read(request.param.member)


def test_every_operation_is_there_in_order(content):
    graph = tflite.parse(content)
    theirs = interpreter.Interpreter(
        model_content=content,
        experimental_op_resolver_type=interpreter.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    told = theirs._get_ops_details()
    assert [one.kind for one in graph.operations] == [one["op_name"] for one in told]
    for ours, other in zip(graph.operations, told, strict=True):
        assert ours.inputs == tuple(other["inputs"])
        assert ours.outputs == tuple(other["outputs"])


def test_tensors_have_names_shapes_and_numbers(content):
    graph = tflite.parse(content)
    theirs = interpreter.Interpreter(model_content=content)
    theirs.allocate_tensors()
    told = {one["index"]: one for one in theirs.get_tensor_details()}
    compared = Counter()
    for place, tensor in enumerate(graph.tensors):
        assert tensor.name == told[place]["name"]
        if tensor.content is not None:
            np.testing.assert_array_equal(tensor.content, theirs.get_tensor(place))
            compared[tensor.content.dtype.name] += 1
    assert compared["float16"] > 40
    assert [graph.tensors[place].name for place in graph.outputs] == [
        one["name"] for one in theirs.get_output_details()
    ]


def test_what_is_not_known_is_said(content, monkeypatch):
    known = {code: name for code, name in tflite._OPERATORS.items() if name != "CONV_2D"}
    monkeypatch.setattr(tflite, "_OPERATORS", known)
    with pytest.raises(ValueError, match="operator 3 is not known"):
        tflite.parse(content)
    monkeypatch.undo()
    monkeypatch.setattr(tflite, "_TYPES", {0: np.dtype("<f4"), 2: np.dtype("<i4")})
    with pytest.raises(ValueError, match="numbers of type 1"):
        tflite.parse(content)
