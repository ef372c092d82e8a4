"""Photos, folders and clips read by an exported model; no torch."""

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
