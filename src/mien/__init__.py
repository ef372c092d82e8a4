"""mien reads faces without reading who they belong to.

`mien.read("photo.jpg")` gives the faces of a photo, `mien.open("video.mp4")` a video's frames.
Nothing heavy is imported before one of them is called, and torch never.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from mien.errors import MienError

if TYPE_CHECKING:
    from mien.predict.photo import Photo
    from mien.predict.reader import open, read  # noqa: A004 - as `PIL.Image.open`
    from mien.predict.reading import FaceReading, FrameReading
    from mien.predict.video import Video

__version__ = "0.1.0.dev0"

__all__ = ["FaceReading", "FrameReading", "MienError", "Photo", "Video", "open", "read"]

_ROOMS = {
    "FaceReading": "mien.predict.reading",
    "FrameReading": "mien.predict.reading",
    "Photo": "mien.predict.photo",
    "Video": "mien.predict.video",
    "open": "mien.predict.reader",
    "read": "mien.predict.reader",
}


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module 'mien' has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
