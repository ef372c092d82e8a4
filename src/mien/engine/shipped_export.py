"""The shipped model as ONNX: calibration folded in, numbers kept in few bits, phrases beside.

Weights are stored in half precision and widened when a session loads them, so that arithmetic and
speed stay those of float32; or convolutions and products are done in 8 bits, with ranges measured
on pictures. Which is taken is decided by measuring (`shipped_pack`).
"""

import io
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from mien import bundle
from mien.engine.export import quiet
from mien.engine.onnx_file import plain_bytes
from mien.engine.shipped_calibrate import Calibration
from mien.faces import geometry
from mien.losses.similarity import similarity
from mien.methods.averaged_reading import AveragedReading
from mien.methods.labels import TASKS, activation
from mien.methods.text_reader import TextReaderModule

_Shapes = dict[str, dict[int, Any] | None]
_LARGE = 64
"""Numbers from which on a tensor is kept in half precision."""


class Calibrated(nn.Module):
    """Pixels, and shapes where they are read, to calibrated predictions and the embedding.

    Args:
        module: the trained method.
        calibration: of its scores.
    """

    def __init__(self, module: TextReaderModule, calibration: Calibration) -> None:
        super().__init__()
        self.reader = AveragedReading(module.reader())
        self.names = (*module.output_names, bundle.EMBEDDING)
        self.shaped = module.side is not None
        self.temperature = calibration.temperature
        self.register_buffer("scale", torch.tensor(calibration.unit_scale))
        self.register_buffer("shift", torch.tensor(calibration.unit_shift))

    def forward(self, image: Tensor, geometry: Tensor | None = None) -> tuple[Tensor, ...]:
        """Outputs in the order of `names`, of uint8 crops (batch, size, size, 3)."""
        pixels = image.permute(0, 3, 1, 2).float() / 255
        scores, faces = self.reader.score(pixels, geometry)
        found = {}
        for task in TASKS:
            if task not in scores:
                continue
            raw = scores[task]
            if task == "au":
                values = raw * self.get_buffer("scale") + self.get_buffer("shift")
            elif task == "expression":
                values = raw / self.temperature
            else:
                values = raw
            found[task] = activation(task)(values)
        return tuple({**found, bundle.EMBEDDING: faces}[name] for name in self.names)


class Asker(nn.Module):
    """Embeddings and phrases' vectors to the probability that each phrase is true of each face."""

    def __init__(self, module: TextReaderModule, calibration: Calibration) -> None:
        super().__init__()
        self.projection = module.text_projection
        self.register_buffer("centre", module.wordings.centre.detach().clone())
        scale, bias = module.scales["statement"](), module.biases["statement"]
        self.register_buffer("factor", (calibration.asked_scale * scale).detach().clone())
        shift = calibration.asked_scale * bias + calibration.asked_shift
        self.register_buffer("shift", shift.detach().clone())

    def forward(self, embedding: Tensor, text: Tensor) -> Tensor:
        """(face, phrase), 0 to 1."""
        near = nn.functional.normalize(self.projection(text - self.get_buffer("centre")), dim=-1)
        cosine = similarity(embedding, near)
        return (self.get_buffer("factor") * cosine + self.get_buffer("shift")).sigmoid()


def model_onnx(module: TextReaderModule, calibration: Calibration, *, size: int) -> bytes:
    """The network in float32, any number of faces at once."""
    whole = Calibrated(module, calibration).eval()
    example: tuple[Tensor, ...] = (torch.zeros((2, size, size, 3), dtype=torch.uint8),)
    names, many = [bundle.INPUT], torch.export.Dim("n")
    shapes: _Shapes = {"image": {0: many}, "geometry": None}
    if whole.shaped:
        example = (*example, torch.zeros((2, geometry.WIDTH)))
        names, shapes["geometry"] = [*names, bundle.GEOMETRY], {0: many}
    return _exported(whole, example, names, list(whole.names), shapes)


def ask_onnx(module: TextReaderModule, calibration: Calibration) -> bytes:
    """The network that puts phrases to faces."""
    asker = Asker(module, calibration).eval()
    example = (torch.zeros((2, module.method.joint)), torch.zeros((3, module.method.text.width)))
    shapes: _Shapes = {
        "embedding": {0: torch.export.Dim("n")},
        "text": {0: torch.export.Dim("k")},
    }
    names = [bundle.EMBEDDING, bundle.TEXT]
    return _exported(asker, example, names, [bundle.ASKED], shapes)


def _exported(
    module: nn.Module,
    example: tuple[Tensor, ...],
    names: list[str],
    outputs: list[str],
    shapes: _Shapes,
) -> bytes:
    with quiet(), warnings.catch_warnings(), torch.no_grad():
        warnings.filterwarnings("ignore", message=".*axis name.*", category=UserWarning)
        program = torch.onnx.export(
            module,
            example,
            dynamo=True,
            verbose=False,
            input_names=names,
            output_names=outputs,
            dynamic_shapes=shapes,
        )
    assert program is not None
    return plain_bytes(program.model_proto)


def halved(content: bytes) -> bytes:
    """The network with its large tensors stored in half precision and widened at load.

    ONNX Runtime folds the widening when it opens the file, so that nothing is slower for it.
    """
    model = onnx.load_from_string(content)
    graph, widened = model.graph, []
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < _LARGE:
            continue
        if np.abs(values).max(initial=0.0) > 6e4:  # beyond half precision
            continue
        graph.initializer.remove(tensor)
        small = f"{tensor.name}_half"
        graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), small))
        widened.append(helper.make_node("Cast", [small], [tensor.name], to=TensorProto.FLOAT))
    for place, node in enumerate(widened):
        graph.node.insert(place, node)
    return model.SerializeToString()


def eighths(content: bytes, feeds: list[dict[str, npt.NDArray[np.generic]]]) -> bytes:
    """The network with convolutions and products in 8 bits, ranges measured on some pictures.

    Args:
        content: in float32.
        feeds: inputs by name, a batch each.
    """
    from onnxruntime import quantization as q

    class _Feeds(q.CalibrationDataReader):
        def __init__(self) -> None:
            self._left: Iterator[dict[str, npt.NDArray[np.generic]]] = iter(feeds)

        def get_next(self) -> dict[str, npt.NDArray[np.generic]]:
            return next(self._left, {})

    with tempfile.TemporaryDirectory() as folder:
        source, ready, out = (Path(folder) / name for name in ("a.onnx", "b.onnx", "c.onnx"))
        source.write_bytes(content)
        q.quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
        q.quantize_static(
            str(ready),
            str(out),
            _Feeds(),
            quant_format=q.QuantFormat.QDQ,
            per_channel=True,
            op_types_to_quantize=["Conv"],
            extra_options={"ActivationSymmetric": False, "WeightSymmetric": True},
        )
        return out.read_bytes()


def texts_file(phrases: dict[str, npt.NDArray[np.float32]]) -> bytes:
    """`texts.npz`: the phrases the model was taught, as typed, with their vectors."""
    held = io.BytesIO()
    np.savez_compressed(
        held,
        texts=np.array(list(phrases)),
        vectors=np.stack(list(phrases.values())).astype(np.float16),
    )
    return held.getvalue()
