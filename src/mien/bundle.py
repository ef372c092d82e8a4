"""The exported model's folder: `model.onnx` beside `bundle.json`, which says what it holds.

The network takes `image`, uint8 (n, size, size, 3), RGB crops framed by the named template, and
normalises them itself; where `Bundle.geometry` names features, also `geometry`, float32
(n, features), a row of which is NaN where it is not known. Outputs, in the order of
`Bundle.outputs`:

- `au`, float32 (n, units): probability of each unit, 0 to 1;
- `intensity` (optional), float32 (n, units): 0 to 5;
- `expression` (optional), float32 (n, classes): probabilities;
- `affect` (optional), float32 (n, 2): valence and arousal, each -1 to 1.

A model that can be asked also gives `embedding`, float32 (n, `Bundle.embedding`), and has a second
network, `ask.onnx`: `embedding` and `text`, float32 (phrases, features) of the sentence encoder
that `Bundle.text` names, become `asked`, float32 (n, phrases): the probability that each phrase
is true of each face.

Formats: 1 has no geometry, no embedding and no further files; 2 may have them.
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

FORMAT: Final = 2
"""Version of `bundle.json` that this code writes."""
KNOWN: Final = (1, 2)
"""Versions that it reads."""
MODEL_FILE: Final = "model.onnx"
"""The network's file in a bundle folder."""
MANIFEST_FILE: Final = "bundle.json"
"""The description's file in a bundle folder."""
ASK_FILE: Final = "ask.onnx"
"""The network that compares faces with phrases, where there is one."""
TEXTS_FILE: Final = "texts.npz"
"""Phrases the model was taught, with their vectors: `texts` (n,) and `vectors` (n, features)."""
INPUT: Final = "image"
"""Name of the network's first input."""
GEOMETRY: Final = "geometry"
"""Name of its second input, where it takes one."""
EMBEDDING: Final = "embedding"
"""Name of the output that phrases are compared with."""
TEXT, ASKED = "text", "asked"
"""Names of the second input and of the output of `ask.onnx`."""
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
    geometry: str = ""
    """Name of the features that the input `geometry` takes (`mien.faces.geometry`); "" for
    pixels alone."""
    embedding: int = 0
    """Width of the output `embedding`; 0 if there is none."""
    text: str = ""
    """Asset of the sentence encoder whose vectors `ask.onnx` takes; "" if it cannot be asked."""
    files: tuple[str, ...] = ()
    """Further files of the folder, each "NAME SHA256"; `write` fills it in."""
    format: int = FORMAT
    """Version of this description."""

    @property
    def can_ask(self) -> bool:
        """Whether any phrase can be put to it."""
        return bool(self.text)

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
        check: also hash `model.onnx` and the further files and compare with the manifest.

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
    if check:
        _check_files(folder, {MODEL_FILE: bundle.model_sha256, **listed(bundle)})
    return bundle


def listed(bundle: Bundle) -> dict[str, str]:
    """SHA-256 of each further file, by name."""
    pairs = (each.partition(" ") for each in bundle.files)
    return {name: sha256 for name, _, sha256 in pairs}


def write(
    path: str | PathLike[str],
    bundle: Bundle,
    model: str | PathLike[str] | bytes,
    *,
    files: Mapping[str, bytes] | None = None,
) -> Bundle:
    """Write a new bundle folder at `path`, whole or not at all.

    Args:
        path: the folder to create.
        bundle: its description; `model_sha256` and `files` are filled in here.
        model: the ONNX file to copy, or its bytes.
        files: further files by name, such as `ask.onnx` or `card.md`.

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
    further = files or {}
    values["files"] = tuple(
        f"{name} {hashlib.sha256(held).hexdigest()}" for name, held in sorted(further.items())
    )
    written = Bundle(**values)
    with atomic.folder(folder) as temporary:
        (temporary / MODEL_FILE).write_bytes(content)
        for name, held in further.items():
            (temporary / name).write_bytes(held)
        text = json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False)
        (temporary / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")
    return written


def digest(path: str | PathLike[str]) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with Path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _check_files(folder: Path, wanted: Mapping[str, str]) -> None:
    for name, sha256 in wanted.items():
        path = folder / name
        if not path.is_file():
            raise MienError(
                f"the bundle has no {name}",
                remedy=f"copy the whole folder, or {_REEXPORT}",
                path=folder,
            )
        if digest(path) != sha256:
            raise MienError(
                f"the file is not the one that {MANIFEST_FILE} describes (SHA-256 differs)",
                remedy=f"copy the bundle again, or {_REEXPORT}",
                path=path,
            )


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
    if type(version) is not int or version not in KNOWN:
        newer = isinstance(version, int) and version > FORMAT
        raise MienError(
            f"bundle format {version!r} is unknown here (this mien reads "
            f"{' and '.join(map(str, KNOWN))})",
            remedy="upgrade mien" if newer else _REEXPORT,
            path=manifest,
        )
    later = set() if version == FORMAT else set(_LATER)
    names = {each.name for each in fields(Bundle)} - later
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


_LATER: Final = ("geometry", "embedding", "text", "files")
"""Fields that came with format 2."""

_TYPES: Final[Mapping[str, tuple[type, type | None]]] = {
    "format": (int, None),
    "size": (int, None),
    "aus": (tuple, int),
    "thresholds": (tuple, float),
    "outputs": (tuple, str),
    "expressions": (tuple, str),
    "embedding": (int, None),
    "files": (tuple, str),
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
        (bundle.format in KNOWN, f"format must be one of {', '.join(map(str, KNOWN))}"),
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
        (bundle.embedding >= 0, "embedding must not be negative"),
        (not bundle.text or bundle.embedding > 0, "text needs an embedding to be compared with"),
        (all(map(_sound_entry, bundle.files)), "files has an entry that is not NAME SHA256"),
    )
    return next((message for holds, message in checks if not holds), None)


def _sound_entry(entry: str) -> bool:
    """A plain file name, a space, and 64 hexadecimal digits."""
    name, _, sha256 = entry.partition(" ")
    plain = bool(name) and name not in {".", ".."} and not set(name) & set("/\\ ")
    return plain and len(sha256) == 64 and set(sha256) <= set("0123456789abcdef")
