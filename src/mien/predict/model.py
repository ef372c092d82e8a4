"""An exported model on ONNX Runtime: crops in, named arrays out; and phrases put to them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
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
from mien.faces import geometry as geometries
from mien.faces.template import CANONICAL
from mien.faces.warp import Image
from mien.predict.providers import choose
from mien.predict.reading import Values

_BATCH = 32
FAILURES = (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf, RuntimeException)
_EXTERNAL = b"\n\x08location\x12"
"""How an ONNX file names a file of weights beside it (field `location` of `external_data`)."""


class Model:
    """The network of a bundle folder.

    Args:
        folder: what `mien export` wrote.
        threads: threads of ONNX Runtime; as many as cores by default.
        providers: what computes, as of `mien.predict.providers.choose`.

    Raises:
        MienError: no bundle, another template, weights in other files, or a network that does not
            fit its description.
    """

    def __init__(
        self,
        folder: Path,
        *,
        threads: int | None = None,
        providers: Sequence[str] | None = None,
    ) -> None:
        self.bundle: Bundle = bundles.read(folder)
        self.folder = folder
        self._threads = threads
        _check_template(self.bundle, folder)
        path = folder / bundles.MODEL_FILE
        self._session = _session(path, threads=threads, providers=choose(providers))
        self.providers: tuple[str, ...] = tuple(self._session.get_providers())
        self._check_names(path)

    def score(
        self, crops: Image, *, geometry: npt.NDArray[np.floating] | None = None
    ) -> dict[str, Values]:
        """Outputs by name, each (n, columns) float32; with `embedding`, where the model has one.

        Args:
            crops: (n, size, size, 3) uint8 RGB canonical crops.
            geometry: (n, features) as of `mien.faces.geometry.describe`, NaN where not known; what
                a model of pixels alone is not shown.
        """
        if len(crops) == 0:
            return {name: np.zeros((0, self._width(name)), np.float32) for name in self._given}
        fed = {bundles.INPUT: crops, **self._geometry(len(crops), geometry)}
        parts = [
            self._session.run(
                list(self._given), {k: v[start : start + _BATCH] for k, v in fed.items()}
            )
            for start in range(0, len(crops), _BATCH)
        ]
        return {
            name: np.concatenate([np.asarray(part[place], np.float32) for part in parts])
            for place, name in enumerate(self._given)
        }

    def ask(self, embedding: Values, text: Values) -> Values:
        """Probability of each phrase for each face, (n, phrases) float32.

        Args:
            embedding: (n, features) as `score` gives it.
            text: (phrases, features) of the sentence encoder that `bundle.text` names.

        Raises:
            MienError: the model cannot be asked.
        """
        if len(embedding) == 0 or len(text) == 0:
            return np.zeros((len(embedding), len(text)), np.float32)
        fed = {
            bundles.EMBEDDING: np.ascontiguousarray(embedding, np.float32),
            bundles.TEXT: np.ascontiguousarray(text, np.float32),
        }
        return np.asarray(self._asker.run([bundles.ASKED], fed)[0], np.float32)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the readings it gives."""
        return self.bundle.outputs

    @property
    def can_ask(self) -> bool:
        """Whether any phrase can be put to it."""
        return self.bundle.can_ask

    @property
    def wants_geometry(self) -> bool:
        """Whether it reads landmarks beside pixels."""
        return bool(self.bundle.geometry)

    @cached_property
    def known_texts(self) -> dict[str, Values]:
        """Phrases the model was taught, with their vectors; empty where it cannot be asked.

        Raises:
            MienError: the file is damaged.
        """
        if bundles.TEXTS_FILE not in bundles.listed(self.bundle):
            return {}
        path = self.folder / bundles.TEXTS_FILE
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as held:
                texts, vectors = held["texts"].tolist(), held["vectors"].astype(np.float32)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as problem:
            raise MienError(
                f"the phrases cannot be read ({problem})", remedy="export it again", path=path
            ) from problem
        return dict(zip(texts, vectors, strict=True))

    @cached_property
    def _asker(self) -> onnxruntime.InferenceSession:
        if not self.can_ask:
            raise MienError(
                "this model cannot be asked: it has no text side",
                remedy="use the shipped model, or one that `mien train shipped` made",
                path=self.folder,
            )
        return _session(self.folder / bundles.ASK_FILE, threads=self._threads, providers=choose([]))

    @property
    def _given(self) -> tuple[str, ...]:
        extra = (bundles.EMBEDDING,) if self.bundle.embedding else ()
        return (*self.outputs, *extra)

    def _geometry(
        self, count: int, geometry: npt.NDArray[np.floating] | None
    ) -> Mapping[str, npt.NDArray[np.float32]]:
        if not self.wants_geometry:
            return {}
        shape = (count, geometries.WIDTH)
        if geometry is None:
            return {bundles.GEOMETRY: np.full(shape, np.nan, np.float32)}
        if geometry.shape != shape:
            raise ValueError(f"geometry {shape} is needed, got {geometry.shape}")
        return {bundles.GEOMETRY: np.ascontiguousarray(geometry, np.float32)}

    def _width(self, name: str) -> int:
        known = {"affect": 2, "expression": len(self.bundle.expressions)}
        known[bundles.EMBEDDING] = self.bundle.embedding
        return known.get(name, len(self.bundle.aus))

    def _check_names(self, path: Path) -> None:
        inputs = [entry.name for entry in self._session.get_inputs()]
        outputs = {entry.name for entry in self._session.get_outputs()}
        wanted = [bundles.INPUT, *([bundles.GEOMETRY] if self.wants_geometry else [])]
        if inputs != wanted or not set(self._given) <= outputs:
            raise MienError(
                f"the model takes {inputs} and gives {sorted(outputs)}, which is not what "
                f"{bundles.MANIFEST_FILE} says",
                remedy="export it again",
                path=path,
            )
        if self.bundle.geometry not in {"", geometries.NAME}:
            raise MienError(
                f"the model reads geometry {self.bundle.geometry!r}; this mien measures "
                f"{geometries.NAME!r}",
                remedy="use the version of mien that exported it, or export it again",
                path=path,
            )
        size = self.bundle.size
        try:
            found = self.score(np.zeros((1, size, size, 3), np.uint8))
        except FAILURES as problem:
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


def _session(
    path: Path, *, threads: int | None, providers: Sequence[str]
) -> onnxruntime.InferenceSession:
    """A network without files beside it, on ONNX Runtime."""
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
        return onnxruntime.InferenceSession(content, options, providers=list(providers))
    except FAILURES as problem:
        raise MienError(
            "ONNX Runtime cannot load the model",
            remedy="export it again, or upgrade onnxruntime",
            path=path,
        ) from problem


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
