"""The exported model's folder: `model.onnx` beside `bundle.json`, which says what it holds.

The network takes `image`, uint8 (n, size, size, 3), RGB crops framed by the named template, and
normalises them itself. Outputs, in the order of `Bundle.outputs`:

- `au`, float32 (n, units): probability of each unit, 0 to 1;
- `intensity` (optional), float32 (n, units): 0 to 5;
- `expression` (optional), float32 (n, classes): probabilities;
- `affect` (optional), float32 (n, 2): valence and arousal, each -1 to 1.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from os import PathLike
from pathlib import Path
from typing import Any, Final

from mien import atomic
from mien.errors import MienError

FORMAT: Final = 1
"""Version of `bundle.json` that this code writes and reads."""
MODEL_FILE: Final = "model.onnx"
"""The network's file in a bundle folder."""
MANIFEST_FILE: Final = "bundle.json"
"""The description's file in a bundle folder."""
INPUT: Final = "image"
"""Name of the network's one input."""
OUTPUTS: Final[tuple[str, ...]] = ("au", "intensity", "expression", "affect")
"""Names an output may have."""
_REEXPORT: Final = "export the run again with `mien export RUN`"


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What an exported model is: everything a reader must know to use it."""

    name: str
    """Name of the model, shown to people and written into provenance."""
    size: int
    """Side of the square input crop in pixels."""
    template: str
    """Name of the canonical template that frames the crops."""
    template_digest: str
    """Digest of that template; a reader with another one must refuse."""
    aus: tuple[int, ...]
    """Unit numbers, in the order of the outputs `au` and `intensity`."""
    thresholds: tuple[float, ...]
    """Probability from which each unit counts as present, in the order of `aus`."""
    outputs: tuple[str, ...]
    """Names of the network's outputs, in order."""
    expressions: tuple[str, ...] = ()
    """Class names in the order of the output `expression`; empty if it has none."""
    run_digest: str = ""
    """Digest of the training run that this came from."""
    mien_version: str = ""
    """Version of mien that exported it."""
    licence: str = ""
    """Licence of the weights."""
    statement: str = ""
    """What the model was trained on and what it must not be used for, in plain words."""
    model_sha256: str = ""
    """SHA-256 of `model.onnx`, in hexadecimal; `write` fills it in."""
    format: int = FORMAT
    """Version of this description."""

    def __post_init__(self) -> None:
        """Check that the fields fit together.

        Raises:
            ValueError: they do not; the message says which.
        """
        problem = _problem(self)
        if problem is not None:
            raise ValueError(problem)


def read(path: str | PathLike[str], *, check: bool = True) -> Bundle:
    """Read and validate the bundle folder at `path`.

    Args:
        path: the folder.
        check: also hash `model.onnx` and compare with the manifest.

    Raises:
        MienError: folder or file missing, not JSON, unknown format, fields missing, of the wrong
            type or at odds with each other, or a model file that is not the one described.
    """
    folder = Path(path)
    manifest = folder / MANIFEST_FILE
    bundle = _parse(_load(manifest), manifest)
    model = folder / MODEL_FILE
    if not model.is_file():
        raise MienError(
            f"the bundle has no {MODEL_FILE}",
            remedy=f"copy the whole folder, or {_REEXPORT}",
            path=folder,
        )
    if check and digest(model) != bundle.model_sha256:
        raise MienError(
            f"the file is not the one that {MANIFEST_FILE} describes (SHA-256 differs)",
            remedy=f"copy the bundle again, or {_REEXPORT}",
            path=model,
        )
    return bundle


def write(path: str | PathLike[str], bundle: Bundle, model: str | PathLike[str] | bytes) -> Bundle:
    """Write a new bundle folder at `path`, whole or not at all.

    Args:
        path: the folder to create.
        bundle: its description; `model_sha256` is filled in here.
        model: the ONNX file to copy, or its bytes.

    Returns:
        The description as written.

    Raises:
        MienError: `path` already exists, or `model` is missing.
    """
    folder = Path(path)
    if folder.exists():
        raise MienError(
            "the folder already exists", remedy="choose another name or remove it", path=folder
        )
    content = model if isinstance(model, bytes) else _model_bytes(Path(model))
    values = {each.name: getattr(bundle, each.name) for each in fields(Bundle)}
    values["model_sha256"] = hashlib.sha256(content).hexdigest()
    written = Bundle(**values)
    with atomic.folder(folder) as temporary:
        (temporary / MODEL_FILE).write_bytes(content)
        text = json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False)
        (temporary / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")
    return written


def digest(path: str | PathLike[str]) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with Path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _model_bytes(path: Path) -> bytes:
    if not path.is_file():
        raise MienError("there is no such model file", remedy=_REEXPORT, path=path)
    return path.read_bytes()


def _load(manifest: Path) -> dict[str, Any]:
    if not manifest.is_file():
        raise MienError(
            f"this is no exported model: it has no {MANIFEST_FILE}",
            remedy="give the folder that `mien export` wrote",
            path=manifest.parent,
        )
    try:
        loaded = json.loads(manifest.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise MienError(f"not readable as JSON: {error}", remedy=_REEXPORT, path=manifest) from None
    if not isinstance(loaded, dict):
        raise MienError("not a JSON object", remedy=_REEXPORT, path=manifest)
    return loaded


def _parse(loaded: Mapping[str, Any], manifest: Path) -> Bundle:
    version = loaded.get("format")
    if version != FORMAT:
        newer = isinstance(version, int) and version > FORMAT
        raise MienError(
            f"bundle format {version!r} is unknown here (this mien reads {FORMAT})",
            remedy="upgrade mien" if newer else _REEXPORT,
            path=manifest,
        )
    names = {each.name for each in fields(Bundle)}
    missing = sorted(names - loaded.keys())
    extra = sorted(loaded.keys() - names)
    if missing or extra:
        said = [f"lacks {', '.join(missing)}"] if missing else []
        said += [f"has unknown {', '.join(extra)}"] if extra else []
        raise MienError(" and ".join(said), remedy=_REEXPORT, path=manifest)
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in loaded.items()
    }
    problem = _type_problem(values)
    if problem is not None:
        raise MienError(problem, remedy=_REEXPORT, path=manifest)
    try:
        return Bundle(**values)
    except ValueError as error:
        raise MienError(str(error), remedy=_REEXPORT, path=manifest) from None


_TYPES: Final[Mapping[str, tuple[type, type | None]]] = {
    "format": (int, None),
    "size": (int, None),
    "aus": (tuple, int),
    "thresholds": (tuple, float),
    "outputs": (tuple, str),
    "expressions": (tuple, str),
}


def _type_problem(values: dict[str, Any]) -> str | None:
    """Name the first field of a wrong type; whole thresholds such as 1 become floats."""
    thresholds = values["thresholds"]
    if isinstance(thresholds, tuple):
        values["thresholds"] = tuple(float(t) if type(t) is int else t for t in thresholds)
    for key, value in values.items():
        outer, inner = _TYPES.get(key, (str, None))
        members = value if inner is not None and isinstance(value, tuple) else ()
        if type(value) is not outer or any(type(each) is not inner for each in members):
            return f"field {key} is of the wrong type: {value!r}"
    return None


def _problem(bundle: Bundle) -> str | None:
    """Name the first way in which the fields do not fit together."""
    checks = (
        (bundle.format == FORMAT, f"format must be {FORMAT}"),
        (bundle.size > 0, "size must be positive"),
        (len(bundle.aus) == len(set(bundle.aus)), "aus has duplicates"),
        (len(bundle.thresholds) == len(bundle.aus), "thresholds and aus differ in length"),
        (
            all(math.isfinite(each) and 0 <= each <= 1 for each in bundle.thresholds),
            "thresholds must lie between 0 and 1",
        ),
        (len(bundle.outputs) == len(set(bundle.outputs)), "outputs has duplicates"),
        (set(bundle.outputs) <= set(OUTPUTS), f"outputs may only be {', '.join(OUTPUTS)}"),
        (bool(bundle.outputs), "outputs is empty"),
        (
            bool(bundle.aus) == bool({"au", "intensity"} & set(bundle.outputs)),
            "aus and the outputs au or intensity must come together",
        ),
        (
            bool(bundle.expressions) == ("expression" in bundle.outputs),
            "expressions and the output expression must come together",
        ),
        (
            len(bundle.expressions) == len(set(bundle.expressions)),
            "expressions has duplicates",
        ),
    )
    return next((message for holds, message in checks if not holds), None)
