"""The folder of an exported model, read and written whole."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from os import PathLike
from pathlib import Path

from mien import atomic
from mien.bundle.description import MANIFEST_FILE, MODEL_FILE, REEXPORT, Bundle
from mien.bundle.manifest import parse
from mien.errors import MienError


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
    bundle = parse(folder / MANIFEST_FILE)
    model = folder / MODEL_FILE
    if not model.is_file():
        raise MienError(
            f"the bundle has no {MODEL_FILE}",
            remedy=f"copy the whole folder, or {REEXPORT}",
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
                remedy=f"copy the whole folder, or {REEXPORT}",
                path=folder,
            )
        if digest(path) != sha256:
            raise MienError(
                f"the file is not the one that {MANIFEST_FILE} describes (SHA-256 differs)",
                remedy=f"copy the bundle again, or {REEXPORT}",
                path=path,
            )


def _model_bytes(path: Path) -> bytes:
    if not path.is_file():
        raise MienError("there is no such model file", remedy=REEXPORT, path=path)
    return path.read_bytes()
