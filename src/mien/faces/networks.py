"""The three FaceLandmarker networks (Apache-2.0), run by ONNX Runtime, LiteRT or OpenCV's dnn."""

import importlib
import importlib.util
import tempfile
import threading
import zipfile
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from mien.assets import locate
from mien.errors import MienError
from mien.faces.quiet import without_chatter
from mien.faces.tflite import parse
from mien.faces.translate import translate

RunnerName = Literal["auto", "onnxruntime", "litert", "opencv"]
Array = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Network:
    """One network of the asset: its file and the outputs asked of it, by name."""

    member: str
    outputs: tuple[str, ...]


DETECTOR = Network(member="face_detector.tflite", outputs=("regressors", "classificators"))
LANDMARKS = Network(member="face_landmarks_detector.tflite", outputs=("Identity", "Identity_1"))
BLENDSHAPES = Network(member="face_blendshapes.tflite", outputs=("StatefulPartitionedCall:0",))


class Runner(ABC):
    """Something that runs one network: (1, height, width, 3) or (1, points, 2) in, arrays out.

    Threads may share it.
    """

    name: str
    """`onnxruntime`, `litert` or `opencv`, with the version, as provenance records it."""

    @abstractmethod
    def __call__(self, tensor: Array) -> list[Array]:
        """Outputs in the order of `Network.outputs`, each flattened."""


class ONNXRunner(Runner):
    """ONNX Runtime, which runs the AU net too: always there, and twice as fast as OpenCV."""

    def __init__(self, network: Network, content: bytes) -> None:
        self.name = f"onnxruntime {onnxruntime.__version__}"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            translate(parse(content), network.outputs), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name

    def __call__(self, tensor: Array) -> list[Array]:
        """Outputs in the order of `Network.outputs`, each flattened."""
        found = self._session.run(None, {self._input: tensor})
        return [np.asarray(out, np.float32).reshape(-1) for out in found]


class OpenCVRunner(Runner):
    """`cv2.dnn`: always there too, and the oracle of the other two."""

    def __init__(self, network: Network, content: bytes) -> None:
        self.name = f"opencv {cv2.__version__}"
        self._outputs = list(network.outputs)
        self._alone = threading.Lock()
        # OpenCV 5.0.0 ignores the engine when it reads from memory, hence a file; its new engine
        # returns one output of several, hence the classic one, which 4.x has no name for.
        arguments: tuple[int, ...] = ()
        if hasattr(cv2.dnn, "ENGINE_CLASSIC"):
            arguments = (cv2.dnn.ENGINE_CLASSIC,)
        with tempfile.TemporaryDirectory(prefix="mien-") as folder:
            path = Path(folder) / network.member
            path.write_bytes(content)
            self._net = cv2.dnn.readNetFromTFLite(str(path), *arguments)

    def __call__(self, tensor: Array) -> list[Array]:
        """Outputs in the order of `Network.outputs`, each flattened."""
        blob = np.ascontiguousarray(tensor.transpose(0, 3, 1, 2)) if tensor.ndim == 4 else tensor
        with self._alone:
            self._net.setInput(blob)
            found = self._net.forward(self._outputs)
            return [np.array(out, np.float32).reshape(-1) for out in found]


class LiteRTRunner(Runner):
    """`ai-edge-litert` (the extra `fast`): about as fast, where there is a wheel of it."""

    def __init__(self, network: Network, content: bytes) -> None:
        self.name = f"litert {_litert_version()}"
        module: Any = importlib.import_module("ai_edge_litert.interpreter")
        with without_chatter():
            self._interpreter = module.Interpreter(model_content=content, num_threads=1)
            self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        by_name = {out["name"]: out["index"] for out in self._interpreter.get_output_details()}
        self._outputs = [by_name[name] for name in network.outputs]
        self._alone = threading.Lock()

    def __call__(self, tensor: Array) -> list[Array]:
        """Outputs in the order of `Network.outputs`, each flattened."""
        with self._alone:
            self._interpreter.set_tensor(self._input, tensor)
            self._interpreter.invoke()
            return [self._interpreter.get_tensor(index).reshape(-1) for index in self._outputs]


def litert_installed() -> bool:
    """Whether LiteRT can be imported."""
    return importlib.util.find_spec("ai_edge_litert") is not None


def load(network: Network, *, runner: RunnerName = "auto", cache: Path | None = None) -> Runner:
    """Read one network from the `face-landmarker` asset.

    Args:
        network: which one.
        runner: its name, or `auto`: LiteRT where it is installed, else ONNX Runtime.
        cache: cache of assets; the user's by default.

    Raises:
        MienError: the asset is not fetched or damaged, or the runner is not installed.
    """
    path = locate("face-landmarker", cache=cache)
    try:
        with zipfile.ZipFile(path) as archive:
            content = archive.read(network.member)
    except (zipfile.BadZipFile, KeyError, OSError) as problem:
        raise MienError(
            "the face landmarker cannot be read", remedy="mien assets fetch reader", path=path
        ) from problem
    if runner == "auto":
        runner = "litert" if litert_installed() else "onnxruntime"
    if runner == "litert":
        if not litert_installed():
            remedy = "in the checkout, pip install -c constraints.txt '.[fast]'"
            raise MienError("LiteRT is not installed", remedy=remedy)
        return LiteRTRunner(network, content)
    return OpenCVRunner(network, content) if runner == "opencv" else ONNXRunner(network, content)


def _litert_version() -> str:
    from importlib.metadata import version

    return version("ai-edge-litert")
