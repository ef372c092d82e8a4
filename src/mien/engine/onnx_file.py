"""An exported network as the bytes of a file that says nothing of the machine it was made on."""

from typing import Any

import onnx


def plain_bytes(model: onnx.ModelProto) -> bytes:
    """The network without notes: torch's exporter leaves a stack trace, with paths, at every node.

    Args:
        model: as exported; it is changed.
    """
    for part in (model, *_graphs(model.graph), *model.functions):
        _bare(part)
        for node in getattr(part, "node", ()):
            _bare(node)
    return model.SerializeToString()


def _graphs(graph: onnx.GraphProto) -> list[Any]:
    """A graph, its values and tensors, and the graphs inside its nodes."""
    found: list[Any] = [graph, *graph.value_info, *graph.input, *graph.output, *graph.initializer]
    for node in graph.node:
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                if inner.node:
                    found += _graphs(inner)
    return found


def _bare(part: Any) -> None:  # noqa: ANN401  protocol buffers of several kinds
    part.doc_string = ""
    if hasattr(part, "metadata_props"):
        del part.metadata_props[:]
