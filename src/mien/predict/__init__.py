"""Photos, folders and clips read by an exported model; no torch.

Nothing is imported before it is used: the first photo need not wait for what reads clips.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mien.predict.batch import Progress, Summary, predict_paths
    from mien.predict.predictor import Predictor
    from mien.predict.quality import Limits
    from mien.predict.reading import FaceReading, FrameReading, Quality

__all__ = [
    "FaceReading",
    "FrameReading",
    "Limits",
    "Predictor",
    "Progress",
    "Quality",
    "Summary",
    "predict_paths",
]

_FILES = {
    "FaceReading": "reading",
    "FrameReading": "reading",
    "Limits": "quality",
    "Predictor": "predictor",
    "Progress": "batch",
    "Quality": "reading",
    "Summary": "batch",
    "predict_paths": "batch",
}


def __getattr__(name: str) -> object:
    if name not in _FILES:
        raise AttributeError(f"module 'mien.predict' has no attribute {name!r}")
    return getattr(import_module(f"mien.predict.{_FILES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
