"""Pictures for the report of a reading: faces at given moments, cut from the sources themselves."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import av
import av.container
import av.error
import cv2
import numpy as np

from mien.errors import MienError
from mien.faces.image import read_image
from mien.faces.warp import Image
from mien.predict.clip import Clip, upright
from mien.report import readings as reports
from mien.report.stills import Moment, Still
from mien.study.tables import Readings, load

SIDE: Final = 208
"""Side of a picture, px."""
_MARGIN: Final = 1.35
_NEAR: Final = 1e-3
"""Seconds by which a table's time may miss its frame's: CSV rounds."""
_AHEAD: Final = (0.0, 1.0, 5.0, 25.0)
"""Seconds before a frame from which it is searched for, the least that does is taken."""


def write_report(
    reading: Path | str,
    out: Path | str,
    *,
    pictures: bool = True,
    most: int = reports.MOST_PICTURES,
    keep: float = 0.8,
    rise: float | None = None,
    events: Path | str | None = None,
) -> Path:
    """Write the report of a reading, with pictures from its sources where they are still there.

    A source that has changed since it was read, by its SHA-256 in the provenance, gives none.

    Args:
        reading: folder or file that `mien predict` wrote, in layout `mien`.
        out: the page.
        pictures: cut faces from the sources; False leaves every picture out.
        most: pictures at most.
        keep: share of a unit's threshold that an event must keep.
        rise: as of `mien.report.readings.write`.
        events: also write all events to this CSV file.

    Raises:
        MienError: no reading there, or a number out of range.
    """
    album = Album(load(reading)) if pictures and most > 0 else None
    return reports.write(
        reading, out, stills=album, most=max(most, 0) if pictures else 0, keep=keep, rise=rise,
        events=events,
    )  # fmt: skip


class Album:
    """Cuts faces out of the photos and clips that a table names.

    Args:
        readings: the table; only files named in it are opened.
    """

    def __init__(self, readings: Readings) -> None:
        records = readings.provenance.get("sources", ())
        self._digests = {each.get("source"): each.get("sha256") for each in records}

    def __call__(self, moments: Sequence[Moment]) -> list[Still]:
        """A picture of each moment, (`SIDE`, `SIDE`, 3) RGB; None where it cannot be had."""
        found: dict[Moment, Image] = {}
        for name in dict.fromkeys(moment.source for moment in moments):
            if not self._unchanged(name):
                continue
            mine = [moment for moment in moments if moment.source == name]
            for moment, image in _frames(Path(name), mine):
                found[moment] = face_crop(image, moment.box)
        return [found.get(moment) for moment in moments]

    def _unchanged(self, name: str) -> bool:
        path = Path(name)
        if not path.is_file():
            return False
        known = self._digests.get(name)
        if not known:
            return True
        try:
            with path.open("rb") as handle:
                return hashlib.file_digest(handle, "sha256").hexdigest() == known
        except OSError:
            return False


def face_crop(image: Image, box: Sequence[float], *, side: int = SIDE) -> Image:
    """The square about a box, edges repeated beyond the image, (side, side, 3)."""
    left, top, right, bottom = box
    half = _MARGIN * max(right - left, bottom - top, 1.0) / 2
    scale = side / (2 * half)
    x, y = (left + right) / 2 - half, (top + bottom) / 2 - half
    if scale < 0.5:  # a large face: shrink by areas first, so that nothing flickers
        step = 0.5 / scale
        small = (round(image.shape[1] / step), round(image.shape[0] / step))
        image = np.asarray(cv2.resize(image, small, interpolation=cv2.INTER_AREA), np.uint8)
        x, y, scale = x / step, y / step, 0.5
    matrix = np.array([[scale, 0, -x * scale], [0, scale, -y * scale]], np.float64)
    crop = cv2.warpAffine(image, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, np.uint8)


def _frames(path: Path, moments: Sequence[Moment]) -> Iterator[tuple[Moment, Image]]:
    timed = [moment for moment in moments if moment.time is not None]
    for moment in moments:
        if moment.time is None:
            try:
                yield moment, read_image(path)
            except MienError:
                continue
    if not timed:
        return
    at: dict[float, list[Moment]] = {}
    for moment in timed:
        at.setdefault(float(moment.time or 0.0), []).append(moment)
    try:
        yield from _sought(path, at)
    except (OSError, av.error.FFmpegError, MienError):
        return  # a damaged clip gives the pictures that came before the damage


def _sought(path: Path, at: Mapping[float, Sequence[Moment]]) -> Iterator[tuple[Moment, Image]]:
    """Frames at the given seconds: from the key frame before each, decoded up to it."""
    clip = Clip(path)
    with av.open(str(path), metadata_errors="replace") as container:
        if not container.streams.video:
            return
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for time in sorted(at):
            frame = _at(container, stream, time + clip.origin)
            if frame is not None:
                image = upright(frame, clip.aspect)
                yield from ((moment, image) for moment in at[time])


def _at(
    container: av.container.InputContainer, stream: av.VideoStream, time: float
) -> av.VideoFrame | None:
    """The frame at `time` on the file's clock; None where there is none.

    In a camcorder's stream a search may end behind the key frame; then it begins further ahead.
    """
    for ahead in _AHEAD:
        container.seek(max(0, round((time - _NEAR - ahead) * av.time_base)), backward=True)
        passed = False
        for frame in container.decode(stream):
            if frame.time is None or frame.time < time - _NEAR:
                passed = True
                continue
            if frame.time <= time + _NEAR:
                return None if frame.is_corrupt else frame
            break
        if passed:
            return None
    return None
