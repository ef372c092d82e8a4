"""Pictures that show what was read: boxes, landmarks, and bars of action units."""

from fractions import Fraction
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np

from mien.faces.groups import GROUPS
from mien.faces.warp import Image
from mien.facs import ACTION_UNITS
from mien.predict.reading import FaceReading

_LOW, _HIGH = 480, 1080
_TICKS = 60_000
"""Of an annotated clip's clock, a second: exact for 24 to 60 fps and for 29.97."""
_PANEL = 300
_ROW, _NARROW = 17, 11
"""Height of a row of the panel, and the least where there are many, px."""
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_PAPER, _INK, _FAINT = (250, 250, 248), (40, 40, 44), (205, 207, 210)
_COLOURS = ((0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (230, 159, 0))
"""One a face, told apart by the colour-blind too (Okabe and Ito, 2008)."""
_CLOSED = frozenset({"oval", "right_eye", "left_eye", "outer_lip", "inner_lip"})


def draw(image: Image, faces: list[FaceReading], *, note: str = "") -> Image:
    """The image with faces marked, and a panel of bars for the first faces beside it.

    Args:
        image: RGB uint8 (height, width, 3); drawn at 480 to 1080 px of height.
        faces: their readings.
        note: a line at the foot of the panel.

    Returns:
        RGB uint8, of a size that depends on the image's size only.
    """
    scale = min(max(image.shape[0], _LOW), _HIGH) / image.shape[0]
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    canvas = np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)
    for face in faces:
        _mark(canvas, face, scale)
    panel = np.full((canvas.shape[0], _PANEL, 3), _PAPER, np.uint8)
    top = 12
    for face in faces:
        needed = 26 + (17 * len(_named(face)) if face.status == "ok" else 20)
        if top + needed > panel.shape[0] - 24 and face is not faces[0]:
            _write(panel, f"and {len(faces) - faces.index(face)} more", (12, top + 12), 0.42)
            break
        top = _bars(panel, face, top) + 10
    if not faces:
        _write(panel, "no face found", (12, top + 12), 0.5)
    _write(panel, note, (12, panel.shape[0] - 10), 0.4)
    return np.hstack([canvas, panel])


def write_picture(path: Path, image: Image) -> None:
    """Write an annotated picture as PNG.

    Raises:
        OSError: it cannot be written.
    """
    _, content = cv2.imencode(".png", np.ascontiguousarray(image[..., ::-1]))
    path.write_bytes(content.tobytes())


class ClipWriter:
    """Writes annotated frames to an MP4 at their own times; a context manager.

    Args:
        path: the file.
        rate: mean frames a second, for players that ask.
    """

    def __init__(self, path: Path, *, rate: Fraction) -> None:
        import av  # here: pictures need no FFmpeg, which takes a while to load
        import av.codec

        self._path = path
        self._container = av.open(str(path), "w")
        codec = "libx264" if "libx264" in av.codec.codecs_available else "mpeg4"
        self._stream = self._container.add_stream(codec, rate=rate.limit_denominator(1000))
        if not isinstance(self._stream, av.VideoStream):
            raise TypeError(f"{codec} is no video codec")
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = Fraction(1, _TICKS)
        self._coded = av.VideoFrame.from_ndarray
        self._start: float | None = None
        self._last = -1
        self._empty = True

    def add(self, image: Image, *, time: float) -> None:
        """Append one frame, all of one size, at `time` seconds; the first is the clip's start."""
        even = image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2]
        if self._empty:
            self._stream.height, self._stream.width = even.shape[:2]
            self._empty = False
        elif even.shape[:2] != (self._stream.height, self._stream.width):
            size = (self._stream.width, self._stream.height)
            even = np.asarray(cv2.resize(even, size), np.uint8)
        self._start = time if self._start is None else self._start
        frame = self._coded(np.ascontiguousarray(even), format="rgb24")
        frame.time_base = Fraction(1, _TICKS)
        frame.pts = self._last = max(round((time - self._start) * _TICKS), self._last + 1)
        self._container.mux(self._stream.encode(frame))

    def __enter__(self) -> "ClipWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._empty:  # not one frame: FFmpeg would leave a file that no player opens
            self._container.close()
            self._path.unlink(missing_ok=True)
            return
        self._container.mux(self._stream.encode(None))
        self._container.close()


def _mark(canvas: Image, face: FaceReading, scale: float) -> None:
    colour = _COLOURS[face.face % len(_COLOURS)]
    points = np.round(face.landmarks[:, :2] * scale * 16).astype(np.int32)
    for name, members in GROUPS.items():
        if name != "oval":
            line = points[members][:, None]
            cv2.polylines(canvas, [line], name in _CLOSED, colour, 1, cv2.LINE_AA, shift=4)
    left, top, right, bottom = (round(float(value) * scale) for value in face.box)
    cv2.rectangle(canvas, (left, top), (right, bottom), colour, 2, cv2.LINE_AA)
    label = f"{face.face}" if face.status == "ok" else f"{face.face}: {face.status}"
    (width, height), _ = cv2.getTextSize(label, _FONT, 0.5, 1)
    corner = (left, max(top, height + 8))
    cv2.rectangle(
        canvas, (corner[0], corner[1] - height - 8), (left + width + 8, corner[1]), colour, -1
    )
    cv2.putText(
        canvas, label, (left + 4, corner[1] - 5), _FONT, 0.5, (255, 255, 255), 1, cv2.LINE_AA
    )


def _bars(panel: Image, face: FaceReading, top: int) -> int:
    """Draw one face's phrases, units and expressions from `top` down, closer if many; its end."""
    colour = _COLOURS[face.face % len(_COLOURS)]
    _write(panel, f"face {face.face}", (12, top + 13), 0.5, colour)
    top += 26
    if face.status != "ok":
        _write(panel, f"not read: {face.status}", (12, top + 8), 0.42)
        return top + 20
    left, width = 176, _PANEL - 176 - 44
    rows, room = _named(face), panel.shape[0] - 24 - top
    pitch = max(_NARROW, min(_ROW, room // len(rows))) if rows else _ROW
    most = len(rows) if len(rows) * pitch <= room else room // pitch - 1
    bar = pitch - 7
    for name, value in rows[:most]:
        line = top + (bar + 8) // 2
        _write(panel, name[:25], (12, line), 0.36)
        cv2.rectangle(panel, (left, top), (left + width, top + bar), _FAINT, -1)
        filled = round(width * float(np.clip(np.nan_to_num(value), 0, 1)))
        if filled > 0:
            cv2.rectangle(panel, (left, top), (left + filled, top + bar), colour, -1)
        _write(panel, f"{value:.2f}", (left + width + 6, line), 0.36)
        top += pitch
    if most < len(rows):
        _write(panel, f"and {len(rows) - most} more", (12, top + 7), 0.36)
        top += pitch
    return top


def _named(face: FaceReading) -> list[tuple[str, float]]:
    """Phrases, units and expressions with their probabilities."""
    found = list(face.answers.items())
    for unit, value in face.aus.items():
        known = ACTION_UNITS.get(unit)
        found.append((f"AU{unit:02d} {'' if known is None else known.name}", value))
    if face.expression is not None:
        found += zip(face.expressions, map(float, face.expression), strict=True)
    return found


def _write(
    panel: Image, text: str, where: tuple[int, int], size: float,
    colour: tuple[int, int, int] = _INK,
) -> None:  # fmt: skip
    cv2.putText(panel, text, where, _FONT, size, colour, 1, cv2.LINE_AA)
