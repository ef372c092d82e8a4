"""An exported model on ONNX Runtime: crops in, named arrays out."""

from pathlib import Path

import numpy as np
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import (  # type: ignore[import-untyped]
    Fail,
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
    RuntimeException,
)

from mien import bundle as bundles
from mien.bundle import Bundle
from mien.errors import MienError
from mien.faces.template import CANONICAL
from mien.faces.warp import Image
from mien.predict.reading import Values

_BATCH = 32
_FAILURES = (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf, RuntimeException)
_EXTERNAL = b"\n\x08location\x12"
"""How an ONNX file names a file of weights beside it (field `location` of `external_data`)."""


class Model:
    """The network of a bundle folder.

    Args:
        folder: what `mien export` wrote.
        threads: threads of ONNX Runtime; as many as cores by default.

    Raises:
        MienError: no bundle, another template, weights in other files, or a network that does not
            fit its description.
    """

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        self.bundle: Bundle = bundles.read(folder)
        _check_template(self.bundle, folder)
        path = folder / bundles.MODEL_FILE
        content = path.read_bytes()
        if _EXTERNAL in content:  # it would let a model read any file (CVE-2024-27318)
            raise MienError(
                "the model keeps weights in other files, which is refused",
                remedy="use a bundle that `mien export` wrote",
                path=path,
            )
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        if threads is not None:
            options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except _FAILURES as problem:
            raise MienError(
                "ONNX Runtime cannot load the model",
                remedy="export it again, or upgrade onnxruntime",
                path=path,
            ) from problem
        self._check_names(path)

    def score(self, crops: Image) -> dict[str, Values]:
        """Outputs by name, each (n, columns) float32.

        Args:
            crops: (n, size, size, 3) uint8 RGB canonical crops.
        """
        if len(crops) == 0:
            return {name: np.zeros((0, self._width(name)), np.float32) for name in self.outputs}
        parts = [
            self._session.run(list(self.outputs), {bundles.INPUT: crops[start : start + _BATCH]})
            for start in range(0, len(crops), _BATCH)
        ]
        return {
            name: np.concatenate([np.asarray(part[place], np.float32) for part in parts])
            for place, name in enumerate(self.outputs)
        }

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return self.bundle.outputs

    def _width(self, name: str) -> int:
        if name == "affect":
            return 2
        return len(self.bundle.expressions if name == "expression" else self.bundle.aus)

    def _check_names(self, path: Path) -> None:
        inputs = [entry.name for entry in self._session.get_inputs()]
        outputs = {entry.name for entry in self._session.get_outputs()}
        if inputs != [bundles.INPUT] or not set(self.outputs) <= outputs:
            raise MienError(
                f"the model takes {inputs} and gives {sorted(outputs)}, which is not what "
                f"{bundles.MANIFEST_FILE} says",
                remedy="export it again",
                path=path,
            )
        size = self.bundle.size
        try:
            found = self.score(np.zeros((1, size, size, 3), np.uint8))
        except _FAILURES as problem:
            raise MienError(
                f"the model does not take crops of {size} px", remedy="export it again", path=path
            ) from problem
        for name, values in found.items():
            if values.shape != (1, self._width(name)):
                raise MienError(
                    f"output {name} has {values.shape[1:]} values, not {self._width(name)}",
                    remedy="export it again",
                    path=path,
                )


def _check_template(bundle: Bundle, folder: Path) -> None:
    if bundle.template_digest != CANONICAL.digest:
        same = bundle.template == CANONICAL.name
        raise MienError(
            f"the model was trained on crops of template {bundle.template!r}"
            f"{' with other numbers' if same else ''}; this mien frames faces by "
            f"{CANONICAL.name!r}",
            remedy="use the version of mien that exported it, or export it again",
            path=folder,
        )
