"""What made a table of readings: model, template, assets, versions, settings, sources."""

import hashlib
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mien import __version__
from mien.assets import asset
from mien.faces.template import CANONICAL
from mien.predict.predictor import Predictor
from mien.predict.sources import Source

FILE = "provenance.json"
"""File name in an output folder."""
_PACKAGES = ("av", "numpy", "onnxruntime", "opencv-python-headless", "pyarrow", "ai-edge-litert")


@dataclass(frozen=True, kw_only=True)
class SourceRecord:
    """What became of one photo or clip."""

    source: str
    kind: str
    sha256: str
    """Of the file; empty where it could not be read."""
    frames: int
    """Frames read: 1 for a photo, 0 for a file that could not be read."""
    skipped: int
    """Frames of a clip that were decoded but not read (`every`)."""
    damaged: int
    """Frames that could not be decoded."""
    faces: int
    """Rows with a face."""
    problem: str
    """Why it could not be read, or not to its end; empty if nothing was wrong."""


def describe(
    predictor: Predictor, *, settings: dict[str, Any], sources: list[SourceRecord], rows: int
) -> dict[str, Any]:
    """The content of `provenance.json`."""
    bundle = predictor.model.bundle
    landmarker = asset("face-landmarker")
    return {
        "mien": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": {
            "name": bundle.name,
            "sha256": bundle.model_sha256,
            "run_digest": bundle.run_digest,
            "exported_by": bundle.mien_version,
            "licence": bundle.licence,
            "statement": bundle.statement,
            "size": bundle.size,
            "outputs": list(bundle.outputs),
            "units": list(bundle.aus),
            "thresholds": list(bundle.thresholds),
            "providers": list(predictor.model.providers),
        },
        "template": {"name": CANONICAL.name, "digest": CANONICAL.digest},
        "landmarker": {
            "runner": predictor.landmarker.runner,
            "asset": landmarker.name,
            "sha256": {member.name: member.sha256 for member in landmarker.members},
        },
        "versions": {"python": platform.python_version(), **_versions()},
        "settings": {**settings, "limits": asdict(predictor.limits)},
        "purpose": predictor.purpose,
        "rows": rows,
        "sources": [asdict(record) for record in sources],
    }


def file_digest(source: Source) -> str:
    """sha256 of a source, or an empty string where it cannot be read."""
    try:
        with Path(source.path).open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError:
        return ""


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
